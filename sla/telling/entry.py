"""How the record came under its process, and its way through it: the first and the last sentences of a story."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from sla.account import Account, Passage
from sla.dossier import ChoiceKept, Dossier
from sla.entitlements.choosing import ProcessBy
from sla.events import Opened
from sla.opening import counts_from
from sla.process.saying import value_in_words
from sla.story import Sentence
from sla.telling.acts import Deeds, act, own_line
from sla.telling.because import in_brackets, who
from sla.telling.fates import fate, waits
from sla.telling.hand import Draft, Hand, Written, written

_SHOWN = ("type", "account", "contact", "asset", "product", "contract", "priority", "queue", "owner")
"""The fields of an opening that say whose and what it was, as far as it has them."""


def entry(dossier: Dossier, account: Account, hand: Hand) -> tuple[Sentence, ...]:
    """How the record came under its process and version."""
    zone = Sentence(at=None, text=f"Times are those of {hand.zone.key}.")
    opened = account.opened
    if opened is None:
        return (zone, Sentence(at=None, text=_not_opened(dossier, account, hand.beside())))
    since = counts_from(opened)
    drafts = [Draft(since, 0, partial(_opened, opened, since)), Draft(since, 2, partial(_held_to, dossier))]
    if dossier.choice is not None:  # its `at` may lie ahead: it is as of when the record says that it opens
        drafts.append(Draft(min(dossier.choice.at, since), 1, partial(_chosen, dossier.choice)))
    drafts += [Draft(one.at, 3, partial(_passage, one)) for one in account.passages if one.what == "started"][:1]
    return (zone, *written(drafts, hand))


def _not_opened(dossier: Dossier, account: Account, hand: Hand) -> str:
    """Nothing is known of the record, or only that it is to be opened: clocks differ, and events may lie a little ahead."""
    as_of = account.timeline.as_of
    refused = {one.event for one in account.timeline.refused}
    told = (one for one in dossier.log if isinstance(one, Opened) and one.recorded_at <= as_of and one.id not in refused)
    announced = next(told, None)
    if announced is None:
        return f"As of {hand.when(as_of)} no opening of the record was known."
    return (
        f"As of {hand.when(as_of)} the record is only announced: it opens {hand.when(announced.at)} (event {announced.id})."
    )


def _opened(event: Opened, since: datetime, hand: Hand) -> str:
    fields = [f"{name} {value_in_words(event.fields[name])}" for name in _SHOWN if event.fields.get(name) is not None]
    told = f": {', '.join(fields)}" if fields else ""
    late = f"; learned {hand.when(event.recorded_at)}" if event.recorded_at > since else ""
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
    if dossier.choice is None:
        by = _NOTHING_PROMISED
    else:
        by = "" if dossier.choice.process_by is None else _PROCESS_BY[dossier.choice.process_by]
    return f"it is held to version {ref.version} of '{ref.process}'{by}{calendars}."


_PROCESS_BY: Final[Mapping[ProcessBy, str]] = {
    "named": ", the process that its opening named",
    "promised": ", the process that this entitlement promises",
    "only": ", the only process that there was, since neither its opening nor the entitlement named one",
}

_NOTHING_PROMISED: Final = ", named at its opening or the only one that there was, for nothing was promised to it"
"""Nothing is kept of the choice where there was nothing to choose from (`starter.placing`)."""


# ---------------------------------------------------------------------- the way


def closing(account: Account, deeds: Deeds, hand: Hand) -> tuple[Sentence, ...]:
    """The record's way after it entered; actions for what present knowledge does not know; notes and refusals."""
    first = next((one for one in account.passages if one.what == "started"), None)
    drafts = [Draft(one.at, 0, partial(_passage, one)) for one in account.passages if one is not first]
    names = {told.name for told in account.occurrences}
    for effect in account.timeline.effects:
        if (effect.milestone, effect.occurrence) not in names:
            waited = account.waited.get(effect.key)
            write = partial(fate, effect, act(effect, deeds), deeds.get(effect.key, ()), waited=waited)
            drafts.append(Draft(effect.due_at, 1, partial(_of_none, effect.milestone, effect.occurrence, write)))
    for one in account.waiting:
        if one.of not in names:
            drafts += (Draft(draft.at, 1, partial(_of_none, *one.of, draft.write)) for draft in waits([one]))
    return (*written(drafts, hand), *_besides(account, hand), *_unknown(account, deeds, hand))


def _of_none(milestone: str, occurrence: int, write: Written, hand: Hand) -> str:
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
