"""How the record came under its process, and its way through it: the first and the last sentences of a story."""

from collections.abc import Iterator
from functools import partial

from sla.account import Account, Passage
from sla.dossier import ChoiceKept, Dossier
from sla.events import Opened
from sla.process.saying import value_in_words
from sla.story import Sentence
from sla.telling.acts import Deeds, act, own_line
from sla.telling.because import in_brackets, who
from sla.telling.fates import fate
from sla.telling.hand import Draft, Hand, written

_SHOWN = ("type", "account", "contact", "asset", "product", "contract", "priority", "queue", "owner")
"""The fields of an opening that say whose and what it was, as far as it has them."""


def entry(dossier: Dossier, account: Account, hand: Hand) -> tuple[Sentence, ...]:
    """How the record came under its process and version."""
    drafts: list[Draft] = []
    opened = account.opened
    if opened is not None:
        drafts = [Draft(opened.at, 0, partial(_opened, opened)), Draft(opened.at, 2, partial(_held_to, dossier))]
    if dossier.choice is not None:
        drafts.append(Draft(dossier.choice.at, 1, partial(_chosen, dossier.choice)))
    drafts += [Draft(one.at, 3, partial(_passage, one)) for one in account.passages if one.what == "started"][:1]
    zone = Sentence(at=None, text=f"Times are those of {hand.zone.key}.")
    if opened is None:
        as_of = hand.beside().when(account.timeline.as_of)
        return (zone, Sentence(at=None, text=f"As of {as_of} no opening of the record was known."))
    return (zone, *written(drafts, hand.zone))


def _opened(event: Opened, hand: Hand) -> str:
    fields = [f"{name} {value_in_words(event.fields[name])}" for name in _SHOWN if event.fields.get(name) is not None]
    told = f": {', '.join(fields)}" if fields else ""
    late = f"; learned {hand.when(event.recorded_at)}" if event.recorded_at > event.at else ""
    return f"the record was opened (event {event.id}){told}{late}."


def _chosen(choice: ChoiceKept, hand: Hand) -> str:
    del hand
    what = "no entitlement was chosen" if choice.chosen is None else f"the entitlement '{choice.chosen}' was chosen"
    lost = "; ".join(f"'{name}': {why}" for name, why in choice.rejected.items())
    return f"{what}: {choice.why}.{f' Not chosen: {lost}.' if lost else ''}"


def _held_to(dossier: Dossier, hand: Hand) -> str:
    del hand
    ref = dossier.opened_under
    calendars = f", with the calendars of revision {ref.revision}" if ref.revision else ""
    held = f"it is held to version {ref.version} of '{ref.process}'{calendars}"
    if dossier.choice is not None and dossier.choice.chosen is not None:
        return f"opened under the entitlement '{dossier.choice.chosen}', {held}."
    return f"{held}."


# ---------------------------------------------------------------------- the way


def closing(account: Account, deeds: Deeds, hand: Hand) -> tuple[Sentence, ...]:
    """The record's way after it entered; actions for what present knowledge does not know; notes and refusals."""
    first = next((one for one in account.passages if one.what == "started"), None)
    drafts = [Draft(one.at, 0, partial(_passage, one)) for one in account.passages if one is not first]
    names = {told.name for told in account.occurrences}
    for effect in account.timeline.effects:
        if (effect.milestone, effect.occurrence) not in names:
            write = partial(fate, effect, act(effect, deeds), deeds.get(effect.key, ()))
            drafts.append(Draft(effect.due_at, 1, partial(_of_none, effect.milestone, effect.occurrence, write)))
    return (*written(drafts, hand.zone), *_besides(account, hand), *_unknown(account, deeds, hand))


def _of_none(milestone: str, occurrence: int, write: partial[str], hand: Hand) -> str:
    return f"for {milestone} #{occurrence}, which never began as is known now: {write(hand)}"


def _besides(account: Account, hand: Hand) -> Iterator[Sentence]:
    for note in account.timeline.notes:
        yield Sentence(at=None, text=f"{hand.beside().rewritten(note)}.")
    for refusal in account.timeline.refused:
        yield Sentence(at=None, text=f"Event {refusal.event} was refused: {hand.beside().rewritten(refusal.reason)}.")


def _unknown(account: Account, deeds: Deeds, hand: Hand) -> Iterator[Sentence]:
    """What the ledger has of actions that the outcome, as it is evaluated now, never came to."""
    known = {effect.key for effect in account.timeline.effects}
    for key, lines in deeds.items():
        if key not in known:
            own = own_line(lines, key) or lines[0]
            when = "" if own.at is None else f" at {hand.beside().when(own.at)}"
            came = (own.outcome or "tried").replace("_", " ")
            yield Sentence(at=None, text=f"The ledger has '{key}', which this outcome does not come to: {came}{when}.")


def _passage(one: Passage, hand: Hand) -> str:
    if one.what == "started":
        return f"the process started, for its start field {one.detail} had come{in_brackets(one.causes, hand)}."
    if one.what == "left":
        condition = "" if one.detail is None else f": {one.detail}"
        return f"the record left the process{condition}{in_brackets(one.causes, hand)}."
    if one.what == "returned":
        return f"the record came back{in_brackets(one.causes, hand)}; {_RETURNS[one.detail or 'resume']}."
    to = "another version" if one.to is None else f"version {one.to.version} of '{one.to.process}'"
    return f"the record moved to {to}, by {' and '.join(who(cause, hand) for cause in one.causes)}."


_RETURNS = {
    "resume": "its milestones resume, and the time in between counts as stopped",
    "restart": "the process restarts, and what was before does not count",
    "new_cycle": "a new cycle begins, and what was before stays on record",
}


def closed_at(account: Account) -> Passage | None:
    """The passage by which the record is out now; None while it is in."""
    if not account.timeline.out:
        return None
    return next((one for one in reversed(account.passages) if one.what == "left"), None)
