"""Milestones that cannot do what they are for: never apply, never complete, never run. Only what is certain is told."""

from collections.abc import Iterator

from sla.governance.finding import Seen
from sla.governance.reading import Line, Reading
from sla.governance.satisfiable import can_fail, can_hold, satisfiable
from sla.governance.spelling import spelled
from sla.process.conditions import Node


def never_applies(reading: Reading) -> Iterator[Seen]:
    """Lines whose `when` contradicts itself, or leaves nothing to them of what earlier lines of the milestone take."""
    for version in reading.written:
        earlier: dict[str, list[Line]] = {}
        for line in reading.lines_of(version):
            before = earlier.setdefault(line.milestone.milestone, [])
            if reason := _why_never(line, before):
                yield Seen(
                    subject=line.subject,
                    sentence=f"'{line.title}' of '{version.name}' can never apply: {reason}.",
                    remedy="Mend its `when`, put it before the others, or remove the line.",
                    names=line.names,
                )
            before.append(line)


def _why_never(line: Line, before: list[Line]) -> str | None:
    when = line.milestone.when
    if not can_hold(_node(line)):
        return f"its condition contradicts itself ({spelled(when)})"
    taken = [(one.milestone.when.node, False) for one in before if one.milestone.when is not None]
    if any(one.milestone.when is None for one in before):
        return "an earlier line of the milestone applies always, and the first that fits is taken"
    if taken and not satisfiable(*([(when.node, True)] if when else []), *taken):
        return "whenever its condition holds, that of an earlier line holds too, and the first that fits is taken"
    return None


def _node(line: Line) -> Node | None:
    return line.milestone.when.node if line.milestone.when else None


def never_completes(reading: Reading) -> Iterator[Seen]:
    """Lines whose `complete_when` contradicts itself."""
    for line in reading.lines:
        complete = line.milestone.complete_when
        if complete is not None and not can_hold(complete.node):
            yield Seen(
                subject=line.subject,
                sentence=f"'{line.title}' of '{line.version.name}' can never complete by itself: "
                f"its condition contradicts itself ({spelled(complete)}).",
                remedy="Mend its `complete_when`, or remove it if somebody reports the completion.",
                names=line.names,
            )


def never_runs(reading: Reading) -> Iterator[Seen]:
    """Lines whose clock is always stopped: no warning and no violation can ever come."""
    for line in reading.lines:
        stops = [stop.node for stop in (line.milestone.stop_when, line.version.process.stop_when) if stop is not None]
        # What begins with its condition counts only while that holds; else also the time before it held.
        when = _node(line) if line.milestone.start == "criteria" else None
        held = [] if when is None else [(when, True)]
        if stops and can_hold(when) and not satisfiable(*held, *((stop, False) for stop in stops)):
            always = " while it applies" if when is not None and all(can_fail(stop) for stop in stops) else ""
            yield Seen(
                subject=line.subject,
                sentence=f"The clock of '{line.title}' of '{line.version.name}' always stands still{always}: "
                "what stops it always holds, so that it is never warned of and never violated.",
                remedy="Mend `stop_when`, of the milestone or of the process.",
                names=line.names,
            )
