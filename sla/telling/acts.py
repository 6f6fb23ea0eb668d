"""The actions of an occurrence, and what came of each: the timeline's effects beside the ledger's lines."""

from collections.abc import Iterator, Mapping, Sequence

from sla.dossier import Deed
from sla.story import Act
from sla.timeline import Effect

PART = "/to/"
"""Between an action's key and that of one of its several mails."""

Deeds = Mapping[str, Sequence[Deed]]
"""What the ledger has, by the action's key: the line of the action itself, then those of its several mails."""


def by_action(deeds: Sequence[Deed]) -> Deeds:
    """The ledger's lines sorted by what action they belong to."""
    found: dict[str, list[Deed]] = {}
    for deed in sorted(deeds, key=lambda one: PART in one.key):
        found.setdefault(action_of(deed.key), []).append(deed)
    return found


def action_of(key: str) -> str:
    """The key of the action that a line of the ledger belongs to. A record's id may hold anything, so its end counts."""
    head, part, tail = key.rpartition(PART)
    return head if part and "/" not in tail and head.count("/") >= _STEPS else key


_STEPS = 4  # record/milestone#occurrence/line/trigger/action


def own_line(lines: Sequence[Deed], key: str) -> Deed | None:
    """The line of the action itself."""
    return next((line for line in lines if line.key == key), None)


def act(effect: Effect, deeds: Deeds) -> Act:
    """An action and what came of it. An `update` is done by the evaluation itself (SPEC 4), also if it is withdrawn."""
    lines = deeds.get(effect.key, ())
    own = own_line(lines, effect.key)
    if own is None and effect.action == "update" and effect.status != "skipped":
        own = Deed(key=effect.key, kind="update", outcome="performed", at=effect.due_at)
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
        reason=effect.reason or (None if own is None else own.reason),
        to=tuple(_reached(own, lines)),
        attempts=0 if own is None else own.attempts,
    )


def _reached(own: Deed | None, lines: Sequence[Deed]) -> Iterator[str]:
    """Whom it reached, as the ledger names them: people by id, an address where the process file has one."""
    detail = {} if own is None or own.outcome != "performed" else own.detail
    for name in ("sent", "chosen", "queue", "to", "host"):
        if named := detail.get(name):
            yield from map(str, named if isinstance(named, list) else [named])
            return
    yield from (str(line.detail["to"]) for line in lines if line is not own and "to" in line.detail)
