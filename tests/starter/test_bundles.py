"""Bundles: what is written is read; whatever is changed, cut off, foreign or newer is told from it, in a sentence."""

import gzip
import hashlib
import json
import tracemalloc
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.errors import MilepostError
from sla.evidence_errors import AlteredBundle, NewerBundle, NotABundle, TruncatedBundle
from sla.histories import History, canonical, digest_of, plain, whole
from starter import bundles
from starter.bundles import Bundle, bundle_of, is_bundle, parsed, read_bundle, written
from starter.files import save
from tests.starter.bundled import GOLDEN, ODD, the_bundle, the_dossier
from tests.starter.command_line import EXAMPLES, Ran, milepost
from tests.starter.fake_desk import FakeDesk

DATA = written(the_bundle())
BROKEN = (NotABundle, NewerBundle, TruncatedBundle, AlteredBundle)
HEAD = DATA.index(b"\n") + 1


def resealed(told: dict[str, Any], *, head: str = "milepost-bundle 1") -> bytes:
    """A file whose first line fits what follows, whatever that is."""
    return sealed(gzip.compress(canonical(told).encode(), mtime=0), head=head)


def sealed(inner: bytes, *, head: str = "milepost-bundle 1") -> bytes:
    """The same, of what is compressed already."""
    return f"{head} sha256={hashlib.sha256(inner).hexdigest()}\n".encode() + inner


def told() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(DATA[HEAD:]))
    return content


def with_a_part(path: list[str | int], value: Any, *, engine: str | None = None) -> bytes:
    """A bundle in which one part is another, under digests that fit."""
    content: Any = told()
    if engine is not None:
        content["dossier"]["engine"] = engine
    *above, last = path
    part = content
    for name in above:
        part = part[name]
    part[last] = value
    parts = {name: content[name] for name in ("dossier", "outcome", "histories")}
    return resealed({**content, "digests": bundles._digests(parts)})


def begun(payloads: Any) -> dict[str, Any]:
    """A first event of a workflow that was given this."""
    return {"workflowExecutionStartedEventAttributes": {"input": {"payloads": payloads}}}


def verified(tmp_path: Path, data: bytes, *options: str) -> Ran:
    path = tmp_path / "case.mpb"
    path.write_bytes(data)
    return milepost("verify", path, *options)


class TestWhole:
    def test_what_is_written_is_read(self) -> None:
        bundle = parsed(DATA, source="case.mpb")
        assert written(bundle) == DATA
        assert bundle.dossier.log == the_dossier().log
        assert bundle.dossier.log[0].facts()["fields"]["subject"] == ODD
        assert bundle.dossier.timeline() == the_dossier().timeline()

    def test_the_same_bundle_is_the_same_file(self) -> None:
        assert written(the_bundle()) == DATA
        assert written(parsed(DATA, source="x")) == DATA

    @pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.json")), ids=lambda path: path.stem)
    def test_a_history_is_as_temporal_wrote_it(self, path: Path) -> None:
        history = json.loads(path.read_text("utf-8"))
        assert whole(plain(history)) == history
        assert '"data":"' not in canonical(plain(history)), "every payload can be read"
        assert History(run_id="r", status="completed", history=plain(history)).as_temporal() == history

    @given(st.binary(), st.text())
    def test_a_payload_that_is_no_text_stays_as_it_is(self, data: bytes, name: str) -> None:
        payload = {"metadata": {"encoding": b64encode(name.encode()).decode()}, "data": b64encode(data).decode()}
        assert whole(plain({"payloads": [payload]})) == {"payloads": [payload]}

    def test_a_file_is_a_bundle_by_its_name(self, tmp_path: Path) -> None:
        save(tmp_path / "case.mpb", DATA)
        save(tmp_path / "case.json", DATA)
        assert is_bundle(tmp_path / "case.mpb")
        assert not is_bundle(tmp_path / "case.json")
        assert not is_bundle("C-1042")
        assert written(read_bundle(tmp_path / "case.mpb")) == DATA

    @pytest.mark.parametrize(
        "command", [("what-if", "--process", str(EXAMPLES / "processes/incidents.yaml")), ("explain",), ("case", "show")]
    )
    def test_one_that_is_not_there_is_missed_as_a_file_and_not_as_a_record(self, command: tuple[str, ...]) -> None:
        ran = milepost(*command, "typo.mpb", services=FakeDesk().services())
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("Error: typo.mpb: cannot be read (no such file or directory). ")

    def test_what_a_later_version_adds_is_passed_over(self) -> None:
        content = told()
        content["dossier"]["weather"] = "fine"
        content["digests"]["dossier"] = digest_of(content["dossier"])
        assert written(parsed(resealed(content), source="case.mpb")) == DATA


class TestBroken:
    def test_every_single_changed_byte_is_detected(self) -> None:
        for position in range(len(DATA)):
            changed = bytearray(DATA)
            changed[position] ^= 1 << (position % 8)
            with pytest.raises(BROKEN):
                parsed(bytes(changed), source="case.mpb")

    @settings(max_examples=500, deadline=None)
    @given(position=st.integers(0, len(DATA) - 1), value=st.integers(1, 255))
    def test_whatever_a_byte_is_changed_to(self, position: int, value: int) -> None:
        changed = bytearray(DATA)
        changed[position] ^= value
        with pytest.raises(BROKEN):
            parsed(bytes(changed), source="case.mpb")

    @settings(max_examples=300, deadline=None)
    @given(length=st.integers(1, len(DATA) - 1))
    def test_wherever_it_is_cut_off_its_end_is_missed(self, length: int) -> None:
        with pytest.raises(TruncatedBundle, match=r"^case.mpb: the end of this bundle is missing\."):
            parsed(DATA[:length], source="case.mpb")

    @settings(max_examples=200, deadline=None)
    @given(more=st.binary(min_size=1))
    def test_what_is_put_behind_it_is_detected(self, more: bytes) -> None:
        with pytest.raises(AlteredBundle):
            parsed(DATA + more, source="case.mpb")

    @settings(max_examples=300, deadline=None)
    @given(data=st.binary())
    def test_anything_else_is_no_bundle(self, data: bytes) -> None:
        with pytest.raises((NotABundle, TruncatedBundle)):
            parsed(data, source="case.mpb")

    @pytest.mark.parametrize("part", ["dossier", "outcome", "histories"])
    def test_a_part_that_was_exchanged_under_a_new_first_line_is_detected(self, part: str) -> None:
        content = told()
        content[part] = {"status": "compliant"} if part != "histories" else []
        with pytest.raises(AlteredBundle, match="a part of it has not the digest"):
            parsed(resealed(content), source="case.mpb")

    @pytest.mark.parametrize("content", [[], 7, {}, {"format": 2}, {"format": 1}, {"format": 1, "digests": {}}])
    def test_what_is_sealed_and_is_no_bundle_inside(self, content: Any) -> None:
        with pytest.raises(AlteredBundle):
            parsed(resealed(content), source="case.mpb")

    def test_a_dossier_that_cannot_be_read_is_a_sentence(self) -> None:
        with pytest.raises(
            AlteredBundle, match=r"written \(dossier\.log\.0: Input tag 'abducted' found using 'type'"
        ) as told:
            parsed(with_a_part(["dossier", "log"], [{"type": "abducted"}]), source="case.mpb")
        assert "\n" not in str(told.value)

    @pytest.mark.parametrize(
        "more", [(["dossier", "log", 0, "type"], "abducted"), (["histories", 0, "status"], "elsewhere")]
    )
    @pytest.mark.parametrize(
        ("engine", "words"),
        [
            (
                "99.1.0",
                "this bundle is of Milepost 99.1.0; this Milepost reads those of .* and before. Read it with a later",
            ),
            (version("milepost"), "Do not rely on it"),
            ("of my own", "Do not rely on it"),
        ],
    )
    def test_one_of_a_later_release_with_more_in_it_is_not_called_altered(
        self, more: tuple[list[str | int], Any], engine: str, words: str
    ) -> None:
        with pytest.raises((AlteredBundle, NewerBundle), match=words):
            parsed(with_a_part(*more, engine=engine), source="case.mpb")

    @pytest.mark.parametrize("process", [{"weather": "fine"}, {"milestones": []}])
    def test_nor_is_one_of_whose_processes_this_release_knows_too_little(self, process: dict[str, Any]) -> None:
        told_more = told()["dossier"]["laws"][0]["process"] | process
        data = with_a_part(["dossier", "laws", 0, "process"], told_more, engine="99.1.0")
        with pytest.raises(NewerBundle):
            parsed(data, source="case.mpb")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (["dossier", "laws"], []),
            (["outcome", "milestones"], 7),
            (["outcome", "milestones", 0], "Answer"),
            (["outcome", "effects"], [{}]),
            (["outcome", "status"], 7),
            (["histories", 0, "history", "events"], 7),
            (["histories", 0, "history", "events"], ["opened"]),
            (["histories", 0, "history"], {}),
            (["dossier", "engine"], None),
        ],
        ids=str,
    )
    def test_what_no_bundle_has_is_no_defect_of_milepost(self, tmp_path: Path, path: list[str | int], value: Any) -> None:
        ran = verified(tmp_path, with_a_part(path, value), "--json")
        assert (ran.code, ran.error["code"]) == (2, "altered_bundle")

    @pytest.mark.parametrize("first", [{}, {"workflowExecutionStartedEventAttributes": 7}, *map(begun, [7, [], [{}], [7]])])
    def test_a_history_that_is_none_of_a_workflow_is_none_of_another_record(self, tmp_path: Path, first: Any) -> None:
        ran = verified(tmp_path, with_a_part(["histories", 0, "history", "events", 0], first))
        assert ran.code == 6
        assert "The history of run run-0 is not the one that was stored." in ran.out
        assert "another record" not in ran.out
        replayed = milepost("replay", tmp_path / "case.mpb", "--json")
        assert replayed.objects[0]["verdict"] == "skipped"

    @pytest.mark.parametrize(
        "odd", [b'{"format":1,"dossier":NaN}', b'{"format":1,"dossier":1e999}', b'{"a":"\\ud800"}', b"[" * 10**5]
    )
    def test_what_is_no_json_is_no_bundle(self, odd: bytes) -> None:
        with pytest.raises(AlteredBundle, match="it holds something else"):
            parsed(sealed(gzip.compress(odd, mtime=0)), source="case.mpb")

    def test_a_small_file_does_not_fill_the_memory(self) -> None:
        inner = gzip.compress(b" " * 2**26, mtime=0)
        assert len(inner) < 2**17
        tracemalloc.start()
        try:
            with pytest.raises(AlteredBundle, match="it holds something else"):
                parsed(sealed(inner), source="case.mpb")
            assert tracemalloc.get_traced_memory()[1] < 2**26
        finally:
            tracemalloc.stop()


class TestVerify:
    def test_a_whole_bundle_is_told_as_such(self, tmp_path: Path) -> None:
        ran = verified(tmp_path, DATA)
        assert (ran.code, ran.err) == (0, "")
        assert hashlib.sha256(DATA).hexdigest() in ran.out
        assert "Record C-1042 as of 2026-03-02T12:00:00Z, by Milepost 0.1.0; 2 runs with " in ran.out
        assert "Recorded outcome: violated closed. Milepost 0.1.0 finds the same from its events." in ran.out

    def test_for_programs(self, tmp_path: Path) -> None:
        [answer] = verified(tmp_path, DATA, "--json").objects
        assert answer["sound"] is True
        assert (answer["record"], answer["status"], answer["runs"]) == ("C-1042", "violated_closed", 2)
        assert answer["problems"] == answer["differences"] == []

    @pytest.mark.parametrize(
        ("data", "code", "words"),
        [
            (b"", "not_a_bundle", "it is empty"),
            (b"PK\x03\x04 something else", "not_a_bundle", "it does not begin as one"),
            (DATA[:-1], "truncated_bundle", "the end of this bundle is missing"),
            (DATA[:-9] + b"?" + DATA[-8:], "altered_bundle", "is not as it was written"),
            (resealed({}, head="milepost-bundle 2"), "newer_bundle", "is of format 2; this Milepost reads format 1"),
        ],
    )
    def test_what_is_none_is_refused_in_one_sentence(self, tmp_path: Path, data: bytes, code: str, words: str) -> None:
        ran = verified(tmp_path, data)
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err
        assert len(ran.err.splitlines()) == 1
        assert verified(tmp_path, data, "--json").error["code"] == code

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        ran = milepost("verify", tmp_path / "none.mpb")
        assert (ran.code, len(ran.err.splitlines())) == (2, 1)

    def test_another_outcome_is_told_in_sentences(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        outcome = json.loads(json.dumps(bundle.outcome))
        outcome["status"] = "compliant"
        outcome["milestones"][0] |= {"status": "met", "violated": False, "overdue_s": 0}
        ran = verified(tmp_path, written(bundle.model_copy(update={"outcome": outcome})))
        assert ran.code == 6
        said = " ".join(ran.out.split())
        assert "Recorded outcome: compliant. Milepost 0.1.0 does not find the same:" in said
        assert "The record: status is recorded as compliant, and this version finds violated_closed." in said
        assert "Answer #1: status is recorded as met, and this version finds met_late." in said
        assert "Answer #1: overdue is recorded as 0 s, and this version finds 3600 s." in said

    def test_a_history_that_was_exchanged_is_told(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        first, second = bundle.runs
        forged = bundle.model_copy(update={"runs": (first, second.model_copy(update={"history": {"events": []}}))})
        ran = verified(tmp_path, written(forged))
        assert ran.code == 6
        assert "The history of run run-1 is not the one that was stored." in ran.out

    def test_the_history_of_another_record_is_told(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        events = [one.model_copy(update={"record": "C-7"}) for one in bundle.dossier.log]
        dossier = the_dossier(record="C-7", log=tuple(events))
        ran = verified(tmp_path, written(bundle_of(dossier, list(bundle.runs))))
        assert ran.code == 6
        assert "The history of run run-0 is that of another record, C-1042." in ran.out

    def test_a_run_that_is_missing_between_others_is_told(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        ran = verified(tmp_path, written(bundle.model_copy(update={"runs": bundle.runs[:1]})))
        assert ran.code == 6
        assert "Run run-0 is continued by run run-1, which is not here." in ran.out

    def test_other_definitions_than_were_followed_are_told(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        [law] = bundle.dossier.laws
        longer = law.process.model_copy(update={"description": "two hours, as ever"})
        dossier = the_dossier(laws=(law.model_copy(update={"process": longer}),))
        ran = verified(tmp_path, written(bundle.model_copy(update={"dossier": dossier})))
        assert ran.code == 6
        assert "The process of Support v1 is not as it was when run run-0 was stored." in ran.out

    def test_what_was_redacted_is_whole_and_said(self, tmp_path: Path) -> None:
        bundle = the_bundle()
        less = {"events": [{"eventId": "1"}]}
        first, second = bundle.runs
        changed = first.model_copy(
            update={"history": less, "digest": digest_of(less), "redacted_at": bundle.dossier.taken_at}
        )
        ran = verified(tmp_path, written(bundle.model_copy(update={"runs": (changed, second)})))
        assert ran.code == 0
        assert "(1 redacted)" in ran.out
        silently = changed.model_copy(update={"redacted_at": None})
        ran = verified(tmp_path, written(bundle.model_copy(update={"runs": (silently, second)})))
        assert ran.code == 6
        assert "The history of run run-0 was changed, and nobody redacted it." in ran.out

    def test_a_place_that_cannot_be_written_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(MilepostError, match="cannot be written"):
            save(tmp_path / "none" / "case.mpb", DATA)


def test_a_bundle_with_nothing_in_it_is_a_bundle() -> None:
    bundle = Bundle(dossier=the_dossier(), outcome=the_dossier().timeline().model_dump(mode="json"))
    assert written(parsed(written(bundle), source="x")) == written(bundle)
