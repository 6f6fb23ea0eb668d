"""A fault that was no trouble is not passed: what each of them checks, with worlds in which nothing happened."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.faults import endpoints
from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.mailserver import MailServer
from tests.faults.poison import ENDLESS, TOO_MUCH
from tests.faults.seen import Seen
from tests.faults.sound import RECORD, WARNING, a_line, a_record, at, with_line
from tests.faults.webserver import WebServer
from tests.faults.world import World

MOODS = [fault for fault in FAULTS if fault.name.startswith(("mail server", "webhook"))]


def named(name: str) -> Fault:
    """A fault of the table."""
    return next(fault for fault in FAULTS if fault.name == name)


def complaints(fault: Fault, seen: Seen, **world: Any) -> list[str]:
    """What a fault has to say of this record, in such a world."""
    return list(fault.check(cast("World", SimpleNamespace(**world)), {RECORD: seen}))


@pytest.mark.parametrize("fault", MOODS, ids=lambda fault: fault.name)
async def test_a_mood_that_nobody_met_is_complained_of(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "UNTIL_MET_S", 0.0)
    world = SimpleNamespace(complaints=[], lasts_s=lambda _part: 0.0, journalled=lambda _what: [])
    async with MailServer() as world.mail, WebServer() as world.web:
        await fault.strike(cast("World", world))
        assert (world.mail.mood, world.web.mood) == ("willing", "willing")
    [words] = world.complaints
    assert words.startswith("nobody met the ")


@pytest.mark.parametrize(("since", "until", "found"), [("09:40", "09:50", 0), ("11:00", "11:30", 1)])
def test_an_outage_in_which_no_deadline_passed_is_complained_of(since: str, until: str, found: int) -> None:
    words = complaints(named("all workers down"), a_record(), outages=[(at(since), at(until))])
    assert [one.partition(" while")[0] for one in words] == ["no deadline passed"] * found


class TestPoison:
    def seen(self, outcome: str, reason: str | None) -> Seen:
        """A record whose warning is made from the endless template."""
        seen = a_record()
        endless = seen.effects[WARNING].model_copy(update={"params": {"to": "owner", "template": ENDLESS}})
        return with_line(replace(seen, effects={**seen.effects, WARNING: endless}), a_line(WARNING, outcome, reason))

    def test_a_template_without_end_is_begun_and_given_up(self) -> None:
        assert complaints(named("poisoned cases"), self.seen("gave_up", f"it cannot be rendered: {TOO_MUCH}")) == []

    @pytest.mark.parametrize(
        ("outcome", "reason"), [("dropped", "the record has left"), ("gave_up", "there is no template")]
    )
    def test_one_that_was_never_begun_is_complained_of(self, outcome: str, reason: str) -> None:
        [words] = complaints(named("poisoned cases"), self.seen(outcome, reason))
        assert words == f"no mail was given up because its template has no end: {[reason]}"

    def test_one_that_was_sent_is_complained_of(self) -> None:
        [words, _] = complaints(named("poisoned cases"), self.seen("performed", None))
        assert words == f"{WARNING} was sent, though its template has no end"
