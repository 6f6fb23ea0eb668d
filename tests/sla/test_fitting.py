"""What Temporal is shown fits what it takes, whatever it is made of; what fits is shown whole."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from temporalio.contrib.pydantic import pydantic_data_converter

from runtime.encryption import Codec
from runtime.keys import KeyRing, new_key
from sla.fitting import SUMMARY_BYTES, activity_id, keyword, summary
from sla.messages import CaseView, ProcessRef, search_attributes
from sla.process.model import Process
from tests.activities.builders import Scene, at, opened

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=400)
SEALING = Codec(KeyRing([new_key(b"k" * 32, "k" * 32)]))
"""Under a key with the longest name that a key may have."""


@given(TEXTS)
@example("x" * 400)
@example("\U0001f680" * 400)
@example('"\\' * 200)
async def test_a_summary_fits_even_when_it_is_encrypted(text: str) -> None:
    [payload] = pydantic_data_converter.payload_converter.to_payloads([summary(text)])
    [sealed] = await SEALING.encode([payload])
    assert sealed.ByteSize() <= 400


@given(TEXTS)
@example("x" * 400)
@example("\U0001f680" * 400)
def test_a_search_attribute_is_within_what_databases_keep_and_the_server_takes(text: str) -> None:
    assert len(keyword(text)) <= 255
    assert len(json.dumps(keyword(text)).encode()) <= 2_048


@pytest.mark.parametrize("text", ["", "helios", "Ärzte für Zürich", "target of First Response, Resolution"])
def test_what_fits_is_shown_whole(text: str) -> None:
    assert (summary(text), keyword(text), activity_id(text)) == (text, text, text)


def test_what_is_cut_says_so_and_is_cut_no_shorter_than_it_must_be() -> None:
    assert keyword("x" * 256) == "x" * 254 + "…"
    assert summary("C-1042 · " + "ü" * 200) == "C-1042 · " + "ü" * 92 + "…"


def test_ids_that_had_to_be_cut_are_still_told_apart() -> None:
    record = "\U0001f680" * 200
    ids = [activity_id(f"{record}/{'é' * 120}#1/1/violation-1/{number}") for number in (1, 2)]
    assert len(set(ids)) == 2
    assert max(len(one.encode()) for one in ids) <= 1_000


def test_an_id_of_a_thousand_bytes_is_left_as_it_is() -> None:
    assert activity_id("x" * 1_000) == "x" * 1_000
    assert activity_id("x" * 1_001) != "x" * 1_001


def test_of_an_account_search_has_as_much_as_it_takes() -> None:
    ref, view = ProcessRef(process="Premium", version=1, revision=1), CaseView(status="compliant", account="h" * 300)
    assert search_attributes(ref, view)["SlaAccount"] == "h" * 254 + "…"
    assert view.account == "h" * 300


async def test_what_a_timer_waits_for_is_cut_however_many_milestones_that_are() -> None:
    milestones = [{"milestone": f"{number} " + "早" * 110, "within": "1h"} for number in range(10)]
    scene = Scene(process=Process.model_validate({"process": "P", "milestones": milestones}), events=[opened()])
    decided = await scene.decider.decide(scene.question("09:10"))
    assert decided.next_wakeup == at("10:00")
    assert decided.wakeup_for.startswith("target of 0 早")
    assert len(json.dumps(decided.wakeup_for, ensure_ascii=False).encode()) <= SUMMARY_BYTES
