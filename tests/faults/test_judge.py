"""The judge of the faults is judged: it says nothing of what is sound, and of each thing that is spoilt what it is."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import deliveries, outcomes
from tests.faults.deliveries import Post
from tests.faults.mailserver import Delivery
from tests.faults.outcomes import Told
from tests.faults.seen import Seen
from tests.faults.sound import (
    ADA,
    CHAT,
    GRACE,
    HOOK,
    RECORD,
    RETRACTION,
    VIOLATION,
    WARNING,
    WATCHERS,
    a_chat,
    a_hook,
    a_line,
    a_mail,
    a_record,
    an_event,
    arrived,
    at,
    completed,
    journal,
    mail_line,
    opened,
    taken_back,
    told,
    with_line,
    without_line,
)

Spoilt = Callable[[Seen], Seen]
OF_ITS_MAILS = (mail_line(VIOLATION, GRACE), mail_line(VIOLATION, WATCHERS))
"""The lines of the mails that a violation sends, beside that of the whole action."""


def overdue() -> Seen:
    """Nobody has completed it, so its violation is still wanted."""
    return a_record(opened())


def not_yet_due() -> Seen:
    """Half an hour before its target."""
    return a_record(opened(), since="09:10", clock="09:30")


def judged(seen: Seen, telling: Told | None = None) -> list[str]:
    """What the judge of outcomes has to say, without the record's name."""
    return [one.removeprefix(f"{RECORD}: ") for one in outcomes.complaints(seen, telling or told(seen))]


class TestSound:
    @pytest.mark.parametrize("make", [a_record, overdue, not_yet_due, taken_back])
    def test_a_sound_record_is_not_complained_of(self, make: Callable[[], Seen]) -> None:
        assert judged(make()) == []
        assert outcomes.lost(make()) == 0

    def test_deadlines_count_when_their_instant_has_come(self) -> None:
        assert outcomes.deadlines(not_yet_due()) == 0
        assert outcomes.deadlines(a_record(opened(), since="09:46", clock="09:50")) == 1, "the warning"
        assert outcomes.deadlines(a_record()) == 3, "the warning, the target, and what the violation has done"

    @pytest.mark.parametrize(
        ("since", "until", "passed"), [("09:00", "09:45", 0), ("09:40", "09:50", 1), ("09:50", "10:01", 2)]
    )
    def test_deadlines_that_passed_in_an_outage_are_those_of_its_time(self, since: str, until: str, passed: int) -> None:
        assert outcomes.deadlines_between(a_record(), at(since), at(until)) == passed


class TestLost:
    def test_a_trigger_that_nobody_acted_upon(self) -> None:
        seen = without_line(overdue(), HOOK)
        assert judged(seen) == [f"{HOOK} was never acted upon"]
        assert outcomes.lost(seen) == 1

    def test_a_trigger_that_is_wanted_and_was_dropped(self) -> None:
        seen = with_line(overdue(), a_line(HOOK, "dropped", "it is no longer wanted"))
        assert judged(seen) == [f"{HOOK} is wanted and was dropped: it is no longer wanted"]
        assert outcomes.lost(seen) == 1

    def test_a_trigger_that_was_dropped_when_nobody_wanted_it_any_more_is_not(self) -> None:
        seen = with_line(a_record(), a_line(HOOK, "dropped", "completed meanwhile"))
        assert judged(seen) == []
        assert outcomes.lost(seen) == 0

    def test_word_of_a_retraction_is_if_somebody_was_told_of_the_violation(self) -> None:
        seen = with_line(taken_back(), a_line(RETRACTION, "dropped", "nobody was told"))
        assert judged(seen) == [f"{RETRACTION} is wanted and was dropped: nobody was told"]
        untold = without_line(seen, *OF_ITS_MAILS)
        for key in (VIOLATION, HOOK):
            untold = with_line(untold, a_line(key, "dropped", "no longer wanted"))
        assert judged(untold) == []
        assert outcomes.lost(untold) == 0


def _occurrence(**changes: Any) -> Spoilt:
    return lambda seen: replace(seen, occurrences=[one.model_copy(update=changes) for one in seen.occurrences])


def _stored(**changes: Any) -> Spoilt:
    return lambda seen: replace(seen, effects={**seen.effects, HOOK: seen.effects[HOOK].model_copy(update=changes)})


def _row(**changes: Any) -> Spoilt:
    return lambda seen: replace(seen, row={**seen.row, **changes})


def _facts(change: Callable[[list[Any]], list[Any]]) -> Spoilt:
    return lambda seen: replace(seen, facts=change(list(seen.facts)))


def _another_action(seen: Seen) -> Seen:
    other = seen.effects[HOOK].model_copy(update={"key": f"{HOOK}0"})
    return replace(seen, effects={**seen.effects, other.key: other})


def _unlisted(seen: Seen) -> Seen:
    return with_line(seen, a_line(f"{HOOK}0"))


def _later(seen: Seen) -> Seen:
    """As if its view had been made half an hour before the target, and nobody had looked since."""
    return replace(not_yet_due(), now=seen.now)


SPOILT: dict[str, tuple[Spoilt, str]] = {
    "an occurrence of another status": (_occurrence(status="met"), "its occurrences are not .*status='met'"),
    "no occurrence at all": (lambda seen: replace(seen, occurrences=()), "its occurrences are not those of its log: 0 / 1"),
    "an action of another status": (_stored(status="skipped"), f"the store has the action {HOOK} as .*status='skipped'"),
    "an action that no log knows": (_another_action, f"its log does not know the action {HOOK}0"),
    "another status": (_row(status="compliant"), "the store has status compliant, its log violated_closed"),
    "a wake-up that nobody needs": (_row(next_wakeup=at("13:00")), "the store has next_wakeup .* 13:00.*, its log None"),
    "other fields": (_row(fields={}), r"the store has fields {}, its log {.*'owner': 'ada'.*}"),
    "a record that has left": (_row(out=True), "the store has out True, its log False"),
    "a record that was never decided": (_row(as_of=None), "it was never decided"),
    "a deadline that passed unseen": (_later, "its view of .* has been overtaken unnoticed"),
    "actions that fell due unseen": (_later, "actions have fallen due unnoticed"),
    "an action done and not listed": (_unlisted, f"{HOOK}0 was performed, and the view does not list it"),
    "an action given up": (lambda seen: with_line(seen, a_line(HOOK, "gave_up", "410")), f"{HOOK} was given up: 410"),
    "a missing fact": (_facts(lambda facts: facts[:-1]), r"the facts of First Response #1 end with \(None, True, True\)"),
    "a gap in the facts": (_facts(lambda facts: [{**facts[0], "number": 2}, *facts[1:]]), "numbered 2 where 1 was due"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), SPOILT.values(), ids=SPOILT)
def test_what_does_not_agree_with_the_log_is_complained_of(spoil: Spoilt, words: str) -> None:
    assert any(re.search(words, one) for one in judged(spoil(a_record()), told(a_record())))


class TestLog:
    def test_an_event_that_was_acknowledged_must_be_there_and_a_refused_one_need_not(self) -> None:
        both = told(a_record())
        alone = overdue()
        assert judged(alone, both) == ["the event completed was acknowledged and is not in its log"]
        assert judged(alone, replace(both, refused={"completed"})) == []

    def test_an_event_that_nobody_told_must_not_be_there(self) -> None:
        assert judged(a_record(), told(overdue())) == ["nobody told the event completed of its log"]

    def test_an_event_is_there_once(self) -> None:
        seen = a_record()
        assert judged(replace(seen, log=[*seen.log, seen.log[-1]])) == ["its log has an event twice"]

    def test_an_event_happened_when_it_was_told_to_have(self) -> None:
        [first, *_] = judged(a_record(opened(), completed("10:29")), told(a_record()))
        assert first == f"the event completed happened at {at('10:30')}, not at {at('10:29')}"

    def test_what_an_action_has_decided_is_an_event_too(self) -> None:
        decided = {**a_line(HOOK).detail, "events": [{}]}
        seen = with_line(a_record(), replace(a_line(HOOK), detail=decided))
        assert judged(seen) == [f"the event {HOOK} was acknowledged and is not in its log"]
        told_of_it = a_record(opened(), completed(), an_event("noted", "10:40", id=HOOK, kind="hooked"))
        seen = with_line(told_of_it, replace(a_line(HOOK), detail=decided))
        assert judged(seen, told(a_record())) == []


class TestActions:
    def test_what_was_given_up_may_be_where_the_other_side_says_never(self) -> None:
        seen = with_line(a_record(), a_line(HOOK, "gave_up", "410"))
        assert judged(seen, told(seen, gives_up=True)) == []

    def test_what_is_skipped_is_not_to_be_done(self) -> None:
        seen = a_record(opened(learned="10:10"))
        assert seen.now.effects[0].status == "skipped"
        assert judged(seen) == []
        [words] = judged(with_line(seen, a_line(WARNING)))
        assert words == f"{WARNING} was performed though it was skipped ({seen.now.effects[0].reason})"


class TestDeliveries:
    def judge(self, *taken: Delivery, seen: Seen | None = None) -> Post:
        return deliveries.judge({RECORD: seen or a_record()}, taken, journal())

    def complaints(self, *taken: Delivery, repeats: bool = True) -> list[str]:
        return deliveries.complaints(self.judge(*taken), repeats=repeats)

    def test_all_that_was_performed_has_arrived_once(self) -> None:
        assert self.complaints(*arrived(), repeats=False) == []
        assert self.judge(*arrived()).repeated == 0

    @pytest.mark.parametrize("place", range(5))
    def test_what_was_performed_and_never_arrived_is_missed(self, place: int) -> None:
        taken = arrived()
        missing = (WARNING, *OF_ITS_MAILS, HOOK, CHAT)[place]
        del taken[place]
        assert self.complaints(*taken) == [f"{missing} was performed and never arrived"]

    def test_a_repetition_before_the_ledger_knew_is_counted_and_excused_where_one_may_be(self) -> None:
        again = [*arrived(), a_mail(WARNING, ADA, 1.05)]
        assert self.judge(*again).repeated == 1
        assert self.complaints(*again) == []
        assert self.complaints(*again, repeats=False) == ["1 deliveries were repetitions, and nothing here excuses one"]

    @pytest.mark.parametrize(
        ("again", "line"),
        [
            (a_mail(WARNING, ADA, 1.5), WARNING),
            (a_mail(VIOLATION, GRACE, 9.0), mail_line(VIOLATION, GRACE)),
            (a_hook(HOOK, 9.0), HOOK),
            (a_chat(9.0), CHAT),
        ],
        ids=["mail", "one mail of several", "webhook", "chat"],
    )
    def test_a_repetition_after_the_ledger_knew_is_never_excused(self, again: Delivery, line: str) -> None:
        assert self.judge(*arrived(), again).repeated == 1
        assert self.complaints(*arrived(), again) == [f"{line} went out again after the ledger had it as performed"]

    def test_of_messages_of_equal_text_any_may_have_repeated_until_the_last_of_them_is_in_the_ledger(self) -> None:
        seen, again = a_record(), f"{CHAT}~2"
        seen = replace(seen, effects={**seen.effects, again: seen.effects[CHAT].model_copy(update={"key": again})})
        seen = with_line(seen, replace(a_line(CHAT), key=again))
        stood = [*journal(), {"key": again, "at": 8.1, "outcome": "performed"}]
        twice = [*arrived(), a_chat(7.0), a_chat(8.0)]
        post = deliveries.judge({RECORD: seen}, twice, stood)
        assert (post.repeated, post.unexcused) == (1, [])
        assert deliveries.judge({RECORD: seen}, [*twice, a_chat(9.0)], stood).unexcused == [again]

    def test_a_stranger_is_told_of_unless_somebody_died_who_may_have_sent_it(self) -> None:
        strangers = [a_mail(f"{WARNING}~2", ADA, 9.0), a_hook("F-2/Resolution#1/1/success/1", 9.0)]
        found = self.complaints(*arrived(), *strangers, repeats=False)
        assert sorted(found) == sorted(
            f"{deliveries.identity(one)} arrived, and no action of any log has sent it" for one in strangers
        )
        assert self.complaints(*arrived(), *strangers) == []

    def test_what_the_other_side_took_of_an_action_that_was_dropped_is_no_stranger(self) -> None:
        dropped = with_line(a_record(), a_line(HOOK, "dropped", "completed meanwhile"))
        assert deliveries.complaints(self.judge(*arrived(), seen=dropped), repeats=False) == []

    def test_what_was_given_up_and_tried_again_has_stood_since_it_was_performed(self) -> None:
        given_up = {"key": HOOK, "at": 3.5, "outcome": "gave_up"}
        post = deliveries.judge({RECORD: a_record()}, arrived(), [given_up, *journal()])
        assert deliveries.complaints(post, repeats=False) == []
