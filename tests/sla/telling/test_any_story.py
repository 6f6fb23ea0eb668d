"""Whatever happened, what is told of it are sentences, in order, in local time, one for each action."""

import re
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.dossier import Deed
from sla.engine import account_under
from sla.story import Sentence, Story
from sla.telling import story
from sla.timeline import Effect
from tests.sla.builders import Json
from tests.sla.telling.builders import a_dossier
from tests.sla.test_evaluate_properties import some
from tests.sla.test_migration_properties import Moving, moving

ZONE = ZoneInfo("Europe/London")
BEGINS = re.compile(r"(\w{3} \d{1,2} \w{3} \d{4} )?\d\d:\d\d(:\d\d)?( (GMT|BST))?: ")
UNSAID = re.compile(r"None\b|\bTrue\b|\(\)|  |\{|\}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\.\.|: \.|;\.")


def some_deeds(effects: tuple[Effect, ...], random: Random) -> tuple[Deed, ...]:
    """Something that may have come of each action."""
    deeds = []
    for effect in effects:
        outcome = random.choice(["performed", "performed", "dropped", "gave_up", None, "nothing"])
        if outcome == "nothing" or effect.status == "skipped":
            continue
        at = effect.due_at + timedelta(seconds=random.choice([0, 3, 400]))
        attempts = random.choice([0, 1, 12]) if outcome in ("performed", "dropped") else random.choice([1, 2])
        deeds.append(
            Deed(
                key=effect.key,
                kind=effect.action,
                outcome=outcome,
                at=at if outcome else None,
                reason="no longer open" if outcome == "dropped" else None,
                detail=_detail(effect) if outcome == "performed" else {},
                attempts=attempts,
                problem="451 later" if attempts else None,
                attempted_at=at if attempts else None,
            )
        )
        if effect.action == "email" and outcome is None:
            part = f"{effect.key}/to/0123456789abcdef"
            deeds.append(Deed(key=part, kind="email", outcome="performed", at=at, detail={"to": "u-ann"}))
    return tuple(deeds)


def _detail(effect: Effect) -> Json:
    if effect.action == "update":
        return {"set": effect.params["set"]}
    return {"sent": ["u-ann", "u-bob"], "nobody": ["queue"]}


def sentences(whole: Story) -> list[tuple[Sentence, ...]]:
    """All that is said, part by part."""
    return [whole.entry, *(chapter.sentences for chapter in whole.chapters), whole.closing]


@some(300)
@given(moving(), st.integers(0, 1_000_000))
def test_all_that_is_told_are_sentences_in_the_order_of_time(case: Moving, seed: int) -> None:
    timeline = case.as_of()
    deeds = some_deeds(timeline.effects, Random(seed))
    whole = story(a_dossier(case.laws(), case.events, case.now, deeds=deeds), ZONE)
    for part in sentences(whole):
        instants = [one.at for one in part if one.at is not None]
        assert instants == sorted(instants)
        for one in part:
            assert one.text.endswith("."), one.text
            assert not UNSAID.search(one.text), one.text
            assert one.at is None or BEGINS.match(one.text), one.text
    for chapter in whole.chapters:
        assert chapter.verdict[0].isupper()
        assert not UNSAID.search(chapter.verdict), chapter.verdict
    said = " ".join(one.text for part in sentences(whole) for one in part)
    nouns = ("mail", "reassignment", "update", "task", "webhook", "chat message")
    told = sum(
        len(re.findall(rf"the {noun}(?: '[^']*')? of the (?:warning|violation|completion|withdrawn)", said))
        for noun in nouns
    )
    waiting = account_under(case.laws(), case.events, case.now).waiting
    assert told == len(timeline.effects) + len(waiting)


@pytest.mark.parametrize("text", ["it is None.", "set x to True.", "a  b.", "at 2026-03-02T10:00:00Z.", "x ()."])
def test_what_should_not_be_said_would_be_found(text: str) -> None:
    assert UNSAID.search(text)
