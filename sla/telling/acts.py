"""The actions of an occurrence, and what came of each: from the timeline's effects and the ledger's lines."""

from collections.abc import Iterator, Mapping, Sequence

from sla.dossier import Deed
from sla.duration import spoken
from sla.story import Act
from sla.telling.hand import Draft, Hand, Written
from sla.timeline import Effect

PART = "/to/"
"""Between an action's key and that of one of its several mails."""

Deeds = Mapping[str, Sequence[Deed]]
"""What the ledger has, by the action's key; the action's own line first, if it has one."""


def by_action(deeds: Sequence[Deed]) -> Deeds:
    """The ledger's lines sorted by what action they belong to."""
    found: dict[str, list[Deed]] = {}
    for deed in sorted(deeds, key=lambda one: PART in one.key):
        found.setdefault(deed.key.partition(PART)[0], []).append(deed)
    return found


def act(effect: Effect, deeds: Deeds) -> Act:
    """An action and what came of it."""
    lines = deeds.get(effect.key, ())
    own = next((line for line in lines if line.key == effect.key), None)
    done_at = own.at if own is not None and own.outcome == "performed" else None
    return Act(
        key=effect.key,
        trigger=effect.trigger,
        threshold_s=effect.threshold,
        action=effect.action,
        due_at=effect.due_at,
        done_at=done_at,
        late_s=None if done_at is None else max(0, int((done_at - effect.due_at).total_seconds())),
        status=effect.status,
        outcome=None if own is None else own.outcome,
        reason=effect.reason if own is None or own.reason is None else own.reason,
        to=tuple(_reached(own, lines)),
        attempts=0 if own is None else own.attempts,
    )


def _reached(own: Deed | None, lines: Sequence[Deed]) -> Iterator[str]:
    """Whom it reached, as the ledger names them: people by id, no addresses but those the process file has."""
    detail = {} if own is None else own.detail
    named = detail.get("sent") or detail.get("chosen") or detail.get("queue") or detail.get("to") or detail.get("host")
    if named is not None:
        yield from named if isinstance(named, list) else [str(named)]
        return
    yield from (str(line.detail["to"]) for line in lines if PART in line.key and "to" in line.detail)


# ---------------------------------------------------------------------- sentences


def drafts(effects: Sequence[Effect], acts: Sequence[Act], limit_s: int) -> Iterator[Draft]:
    """A sentence for each action, at the instant at which it was due."""
    for effect, one in zip(effects, acts, strict=True):
        yield Draft(one.due_at, 5, _sentence(effect, one, limit_s))


def _sentence(effect: Effect, one: Act, limit_s: int) -> Written:
    def write(hand: Hand) -> str:
        return f"the {_trigger(one, limit_s)} {one.action}: {_fate(effect, one, hand)}."

    return write


def _trigger(one: Act, limit_s: int) -> str:
    if one.trigger == "retracted":
        return "retraction's"
    return f"{one.trigger}'s"


def _fate(effect: Effect, one: Act, hand: Hand) -> str:
    if effect.status == "skipped":
        return f"skipped, {hand.rewritten(effect.reason or '')}"
    if one.outcome == "performed":
        done = f"done, {spoken(one.late_s or 0)} after it was due" if one.late_s else "done on time"
        return f"{done}{' to ' + ', '.join(one.to) if one.to else ''}"
    return one.outcome or effect.status
