"""What fired when, how late, and what came of it: a sentence for each action."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from sla.account import Account, Waiting
from sla.dossier import Deed
from sla.duration import spoken
from sla.story import Act
from sla.telling.acts import Deeds, own_line
from sla.telling.hand import Draft, Hand
from sla.timeline import Effect, TriggerKind


def fates(effects: Sequence[Effect], acts: Sequence[Act], deeds: Deeds, account: Account) -> Iterator[Draft]:
    """A sentence for each action, at the instant at which it was due."""
    for effect, one in zip(effects, acts, strict=True):
        waited = account.waited.get(one.key)
        yield Draft(one.due_at, _RANKS[one.trigger], partial(fate, effect, one, deeds.get(one.key, ()), waited=waited))


def waits(waiting: Sequence[Waiting]) -> Iterator[Draft]:
    """A sentence for each action that waits for its calendar, at the instant at which it was reached."""
    for one in waiting:
        yield Draft(one.reached_at, _RANKS[one.trigger], partial(_waits, one))


_RANKS: Final[Mapping[TriggerKind, int]] = {"warning": 4, "violation": 6, "success": 7, "retracted": 7}


def fate(effect: Effect, one: Act, lines: Sequence[Deed], hand: Hand, *, waited: datetime | None = None) -> str:
    """What became of an action; `waited` is when it was reached, if it had to wait for a calendar then."""
    own = own_line(lines, one.key)
    text = _trigger(one.trigger, one.threshold_s, one.action, effect.params)
    if waited is not None:
        text += f", reached {hand.when(waited)}, had to wait until '{effect.params.get('during')}' opened: it"
    text += f" {_came_of(effect, one, own, lines, hand)}"
    if effect.status == "retracted" and one.outcome in (None, "performed"):
        text += f"; withdrawn: {hand.rewritten(effect.reason or '')}"
    return f"{text}."


def _waits(one: Waiting, hand: Hand) -> str:
    what = _trigger(one.trigger, one.threshold_s, one.action, one.params)
    moot = "" if one.moot is None else f"; it is no longer wanted: {hand.rewritten(one.moot)}"
    return f"{what} was reached, and waits until '{one.during}' opens, {hand.when(one.opens_at)}{moot}."


def _trigger(trigger: TriggerKind, threshold_s: int | None, action: str, params: Mapping[str, Any]) -> str:
    what = _NOUNS.get(action, f"action '{action}'")
    template = params.get("template")
    if template not in (None, "retraction" if trigger == "retracted" else trigger):
        what = f"{what} '{template}'"
    if threshold_s is None:
        return f"the {what} of the {_TRIGGERS[trigger]}"
    return f"the {what} of the {_TRIGGERS[trigger]} at {spoken(threshold_s)} of open time"


_TRIGGERS: Final[Mapping[TriggerKind, str]] = {
    "warning": "warning",
    "violation": "violation",
    "success": "completion",
    "retracted": "withdrawn violation",
}
_NOUNS: Final[Mapping[str, str]] = {
    "email": "mail",
    "reassign": "reassignment",
    "update": "update",
    "task": "task",
    "webhook": "webhook",
    "notify": "chat message",
}


def _came_of(effect: Effect, one: Act, own: Deed | None, lines: Sequence[Deed], hand: Hand) -> str:
    if effect.status == "skipped":
        return f"was skipped: {hand.rewritten(effect.reason or 'no longer wanted')}"
    late = ", late: its time had passed when it came up" if effect.reason == "late" else ""
    if effect.action == "update":
        return f"{_set(effect.params.get('set'), hand)}{late}"  # the walk itself applies it
    if own is None or (own.outcome is None and not own.attempts):
        return f"{_nothing_yet(effect, [line for line in lines if line is not own], late, hand)}"
    if own.outcome == "performed" and own.at is not None:
        return f"{_done(one, own, own.at, lines, hand)}{late}"
    mails = [line for line in lines if line is not own]
    return _undone(own, hand) + (f"; {_accepted(mails, hand)}" if mails and own.outcome is None else "")


def _nothing_yet(effect: Effect, mails: Sequence[Deed], late: str, hand: Hand) -> str:
    """The ledger has nothing of the action itself, at most some of its mails."""
    if effect.status == "retracted":
        return f"was due{late}"
    if effect.moot is not None:
        return f"was due{late}; the ledger has nothing of it, and it is no longer wanted: {effect.moot}"
    return f"is due{late}; {_accepted(mails, hand) if mails else 'the ledger has nothing of it yet'}"


def _undone(own: Deed, hand: Hand) -> str:
    """What was tried, or not wanted, and not done."""
    failed = f"after {_times(own.attempts)}" + (f", the last with: {own.problem}" if own.problem else "")
    if own.outcome == "dropped":
        tried = f", {failed}" if own.attempts else ""
        return f"was dropped{tried}: {hand.rewritten(own.reason or 'no longer wanted')}"
    if own.outcome == "gave_up":
        when = "" if own.at is None else f" at {hand.when(own.at)}"
        tried, so = (f" {failed}", "; ") if own.attempts else (", without an attempt that is known of", ": ")
        why = (own.reason or "").removesuffix(own.problem or "").rstrip(": ")  # what ended it, then the last problem again
        return f"was given up{when}{tried}{so if why else ''}{why}"
    how_often = "once" if own.attempts == 1 else f"{own.attempts} times, the last"
    last = "" if own.attempted_at is None else f" at {hand.when(own.attempted_at)}"
    return f"has failed {how_often}{last}: {own.problem or 'nobody knows why'}; it is tried again"


def _done(one: Act, own: Deed, at: datetime, lines: Sequence[Deed], hand: Hand) -> str:
    mails = [line for line in lines if line is not own and line.at is not None]
    nobody = own.detail.get("nobody")
    missing = f"; nobody is behind {', '.join(map(str, nobody))}" if nobody else ""
    problem = (
        f" ({'the first' if own.attempts == 1 else 'the one before'} failed with: {own.problem})" if own.problem else ""
    )
    if len({line.at for line in mails}) > 1:
        return f"was sent {_by_attempt(mails, own.attempts, at, hand)}{problem}{missing}"
    return f"{_verb(one, own, hand)} {_when(one, at, hand)}, on the {_ordinal(own.attempts + 1)} attempt{problem}{missing}"


def _when(one: Act, at: datetime, hand: Hand) -> str:
    """When it was done, beside when it was due; later news may have moved that (decision 0001: what was done, is done)."""
    if at < one.due_at:
        return f"at {hand.when(at)}, {BEFORE_DUE}"
    return f"at {hand.when(at)}, {spoken(one.late_s)} after it was due" if one.late_s else "on time"


BEFORE_DUE: Final = "before it was due as is known now"
"""Of what was done when it was due by the knowledge of then, but is due later by today's."""


def _verb(one: Act, own: Deed, hand: Hand) -> str:
    to = ", ".join(one.to)
    if one.action == "task" and to:
        due = f", due {hand.rewritten(str(own.detail['due_at']))}" if own.detail.get("due_at") else ""
        return f"was opened for {to} ('{own.detail.get('subject', '')}'{due})"
    if own.detail.get("role"):
        duty = "of those on duty" if own.detail.get("on_duty") else "since nobody was on duty, of all"
        how = _CHOSEN.get(str(own.detail.get("by")), "chosen")
        to = f"{to} ({how} {duty} with the role '{own.detail['role']}')"
    return f"{_VERBS.get(one.action, 'was performed for')} {to}" if to else "was performed"


_CHOSEN: Final[Mapping[str, str]] = {
    "least_loaded": "who owned the fewest open records",
    "round_robin": "whose turn it was",
}


def _set(values: object, hand: Hand) -> str:
    """What an update set."""
    told = [f"{name} to {hand.value(value)}" for name, value in values.items()] if isinstance(values, dict) else []
    return f"set {', '.join(told)}" if told else "set nothing"


_VERBS: Final[Mapping[str, str]] = {
    "email": "was sent to",
    "reassign": "gave the record to",
    "task": "was opened for",
    "webhook": "was delivered to",
    "notify": "was posted to",
}


def _by_time(mails: Sequence[Deed], hand: Hand) -> str:
    """`to u-ann at 09:45:02, to u-bob at 09:50:07`."""
    return ", ".join(f"to {', '.join(to)} at {hand.when(at)}" for at, to in _at_once(mails))


def _by_attempt(mails: Sequence[Deed], failed: int, done_at: datetime, hand: Hand) -> str:
    """The same with the attempt of each, as far as it is known. All mails of one have its instant; the last is at `done_at`.

    An attempt that was lost with its worker is not among those that failed; that it was there is seen by its mails.
    """
    sent = _at_once(mails)
    instants = sorted({*(at for at, _ in sent), done_at})
    attempts = max(failed + 1, len(instants))
    numbers = {at: f"the {_ordinal(number)}" for number, at in enumerate(instants, 1)} if attempts == len(instants) else {}
    numbers[done_at] = f"the {_ordinal(attempts)}"
    return ", ".join(f"to {', '.join(to)} at {hand.when(at)} on {numbers.get(at, 'an earlier')} attempt" for at, to in sent)


def _at_once(mails: Sequence[Deed]) -> list[tuple[datetime, list[str]]]:
    """Whom they reached at which instant, in order."""
    known = sorted((line.at, str(line.detail.get("to", "somebody"))) for line in mails if line.at is not None)
    return [(at, [to for _, to in group]) for at, group in groupby(known, key=lambda one: one[0])]


def _accepted(mails: Sequence[Deed], hand: Hand) -> str:
    return f"so far it was sent {_by_time(mails, hand)}"


def _times(attempts: int) -> str:
    return f"{attempts} failed attempt{'' if attempts == 1 else 's'}"


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if number <= len(words):
        return words[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
