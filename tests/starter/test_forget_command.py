"""`milepost forget`: it shows what it would change, changes it with --yes only, and names nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sla.evidence_errors import RestsOnAName
from starter.setup.views.erasure import ErasureView
from tests.starter.command_line import Ran, milepost
from tests.starter.fake_desk import FakeDesk

FOUND: dict[str, Any] = {
    "places": {"archived_runs": 2, "contacts": 1, "event_log": 1204},
    "records": 3,
    "open_records": 1,
    "still_in_temporal": 2,
    "last_closed_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "stays": ["Another contact, 'c-19', has that name; elsewhere it is taken out for both."],
    "remains": ["Mails that were sent are as they were."],
}


class Erasing(FakeDesk):
    """Forgets whom it is told; remembers what it was asked."""

    def __init__(self, **found: Any) -> None:
        super().__init__()
        self.found = FOUND | found
        self.erasure = self
        self.refusal: RestsOnAName | None = None

    async def forget(self, *, dry_run: bool = False, **asked: Any) -> ErasureView:
        self.asked.append(("rehearse" if dry_run else "forget", asked))
        if self.refusal is not None:
            raise self.refusal
        return ErasureView(erasure=None if dry_run else 7, dry_run=dry_run, **self.found)

    def verbs(self) -> list[str]:
        """What it was asked, in order."""
        return [verb for verb, _ in self.asked]


def asked(desk: Erasing, *options: str) -> Ran:
    return milepost("forget", *options, services=desk.services())


def test_without_yes_it_only_shows_and_says_how_to_do_it() -> None:
    desk = Erasing()
    ran = asked(desk, "--contact", "c-17")
    assert (ran.code, desk.verbs()) == (2, ["rehearse"])
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[:5] == [
        "It would be taken out of",
        "archived_runs 2 rows",
        "contacts 1 row",
        "event_log 1,204 rows",
        "3 records; all of them come to the same figures and verdicts.",
    ]
    assert "Nothing was changed. To do it, which cannot be taken back, say the same with --yes." in ran.err


def test_a_rehearsal_that_was_asked_for_is_fine() -> None:
    desk = Erasing()
    assert (asked(desk, "--contact", "c-17", "--dry-run").code, desk.verbs()) == (0, ["rehearse"])


def test_with_yes_it_does_it_once_and_says_where_it_was_and_what_it_cannot_reach() -> None:
    desk = Erasing()
    ran = asked(desk, "--contact", "c-17", "--address", "jo@x.example", "--also", "Jo", "--also", "Joey", "--yes")
    assert (ran.code, desk.verbs()) == (0, ["forget"]), "decisions wait while it looks: it looks once"
    assert desk.asked[0][1] == {"contact": "c-17", "addresses": ["jo@x.example"], "also": ["Jo", "Joey"]}
    assert "forgotten  3 records; all of them come to the same figures and verdicts. Erasure 7, in the audit log." in ran.out
    assert "event_log 1,204 rows" in " ".join(ran.out.split())
    assert "2 runs; the last that is in the archive closed on 2026-03-02. 1 of the records is open" in ran.out
    assert "Mails that were sent are as they were." in ran.out
    assert "c-19" in ran.out


def test_of_closed_cases_it_says_as_well_that_temporal_still_holds_them() -> None:
    for options in (["--yes"], ["--dry-run"]):
        ran = asked(Erasing(open_records=0, still_in_temporal=1), "--contact", "c-17", *options)
        assert (
            "Temporal holds what these records were told until its retention is over, also of those that are closed"
            in ran.out
        )
        assert "1 run; the last that is in the archive closed on 2026-03-02. What comes" in ran.out


def test_programs_get_one_object() -> None:
    desk = Erasing()
    [found] = asked(desk, "--contact", "c-17", "--yes", "--json").objects
    assert desk.verbs() == ["forget"]
    assert (found["erasure"], found["places"]["event_log"]) == (7, 1204)
    ran = asked(desk, "--contact", "c-17", "--json")
    assert (ran.code, len(ran.objects), ran.objects[0]["dry_run"]) == (2, 1, True)


def test_what_is_nowhere_is_said_to_be() -> None:
    nothing = Erasing(places={}, records=0, stays=[], open_records=0, still_in_temporal=0)
    ran = asked(nothing, "--address", "a@b.example", "--yes")
    assert ran.code == 0
    assert "It is nowhere." in ran.out
    assert "No record is touched" in ran.out
    assert "Temporal" not in ran.out


@pytest.mark.parametrize("options", [["--dry-run", "--yes"]])
def test_contradictions_are_refused(options: list[str]) -> None:
    desk = Erasing()
    ran = asked(desk, "--contact", "c-17", *options)
    assert (ran.code, desk.asked) == (2, [])


def test_a_refusal_is_one_sentence_with_its_code() -> None:
    desk = Erasing()
    desk.refusal = RestsOnAName(record="C-1", reason="the `when` of milestone 'Answer', which looks at 'caller'")
    ran = asked(desk, "--contact", "c-17", "--yes")
    assert (ran.code, ran.out, len(ran.err.strip().splitlines())) == (4, "", 1)
    told = asked(desk, "--contact", "c-17", "--yes", "--json")
    assert json.loads(told.err)["error"]["code"] == "rests_on_a_name"
