"""Several promises side by side: `First Response.within=30m,45m,1h` to so many processes that differ in this alone. Pure.

A path is a milestone's name and one of the fields that it has, as its file spells them; where a milestone has several lines,
`Name[2]` is the second. Lists count from 1, as in the keys of actions (SPEC 5): `warnings[1].at` is the first warning's.
`within` of a table by itself is all of it: one limit for everybody, or with `80%,100%` each of its limits, so much longer.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from sla.duration import Duration
from sla.evidence_errors import InvalidSweep
from sla.process.model import PERCENT, Process
from sla.wording import problems_of

MOST: Final = 20
"""Values at once; beyond, nobody compares them by eye."""

_FORM: Final = "write it as 'First Response.within=30m,45m,1h'"
_PLAIN: Final = ("business_hours", "recurrence", "start")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One of the processes. `size` is what the value amounts to, in the unit of the sweep; None where that has none."""

    label: str
    process: Process
    size: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What is swept, and the processes in the order of the values given.

    `unit` is that of their sizes: seconds, if all are durations, or per cent, if all are shares; else None.
    """

    path: str
    milestone: str
    promises: tuple[Promise, ...]
    unit: str | None


def sweep(process: Process, asked: str) -> Sweep:
    """The processes of a sweep. Raises InvalidSweep, one sentence that says what is there or how it is written."""
    path, separator, listed = asked.partition("=")
    if not separator or not path.strip() or not listed.strip():
        raise InvalidSweep(sweep=asked, problem=f"is no path with values; {_FORM}")
    values = list(dict.fromkeys(value.strip() for value in listed.split(",")))
    if "" in values or len(values) > MOST:
        why = "has a value that is empty" if "" in values else f"has {len(values)} values, and {MOST} are compared at most"
        raise InvalidSweep(sweep=asked, problem=f"{why}; {_FORM}")
    milestone, place = _find(process, path.strip(), asked)
    unit, sizes = _sizes(values)
    promises = tuple(
        Promise(label=value, process=_process(process, place, value, asked), size=size)
        for value, size in zip(values, sizes, strict=True)
    )
    return Sweep(path=path.strip(), milestone=milestone, promises=promises, unit=unit)


# ---------------------------------------------------------------------- paths


def _find(process: Process, path: str, asked: str) -> tuple[str, Place]:
    """The milestone, and where in the process's data the value stands."""
    named = _lines(process)
    prefixes = sorted((prefix for prefix in named if path == prefix or path.startswith(f"{prefix}.")), key=len)
    if not prefixes:
        raise InvalidSweep(sweep=asked, problem=f"names no milestone of '{process.process}'; it has: {', '.join(named)}")
    prefix = prefixes[-1]
    position = named[prefix]
    fields = dict(_fields(process, position))
    if (place := fields.get(path[len(prefix) + 1 :])) is None:
        problem = f"names no field of '{prefix}' that can be swept; it has: {', '.join(fields)}"
        raise InvalidSweep(sweep=asked, problem=problem)
    return process.milestones[position].milestone, ("milestones", position, *place)


def _lines(process: Process) -> dict[str, int]:
    """What the lines are called: by the milestone's name, and with a number where it has several."""
    names = [line.milestone for line in process.milestones]
    called: dict[str, int] = {}
    for position, name in enumerate(names):
        number = names[: position + 1].count(name)
        called[name if names.count(name) == 1 else f"{name}[{number}]"] = position
    return called


def _fields(process: Process, position: int) -> Iterator[tuple[str, Place]]:
    """The paths that a line has, with their places."""
    line = process.milestones[position]
    yield "within", ("within",)
    for spelt, _ in line.limits():
        if spelt != "within":
            _, kind, key = [*spelt.split(".", 2), ""][:3]
            yield spelt, ("within", kind, key) if key else ("within", kind)
    for number, warning in enumerate(line.warnings):
        field = "at" if warning.at is not None else "before"
        yield f"warnings[{number + 1}].{field}", ("warnings", number, field)
    for number in range(len(line.violations)):
        yield f"violations[{number + 1}].after", ("violations", number, "after")
    yield from ((name, (name,)) for name in _PLAIN)


# ---------------------------------------------------------------------- values


def _process(process: Process, place: Place, value: str, asked: str) -> Process:
    data = deepcopy(process.model_dump(mode="json", exclude_none=True))
    *way, last = place
    there: Any = data
    for step in way:
        there = there[step]
    share = PERCENT.fullmatch(value) if place[2] == "within" else None
    try:
        there[last] = _scaled(there[last], Decimal(share[1])) if share else value
        return Process.model_validate(data)
    except ValidationError as error:
        first = problems_of(Process, error, data)[0]
        raise InvalidSweep(sweep=asked, problem=f"makes no process of '{value}': {first.text}") from None
    except ValueError as error:
        raise InvalidSweep(sweep=asked, problem=f"makes no process of '{value}': {error}") from None


def _scaled(limit: Any, percent: Decimal) -> Any:
    """A limit, or each of a table's, so many per cent as long."""
    if isinstance(limit, dict):
        values = {key: _scaled(value, percent) for key, value in limit["values"].items()}
        return {**limit, "values": values, "default": _scaled(limit["default"], percent)}
    duration = Duration.parse(limit)
    if duration.business_days:
        raise ValueError(f"{limit} is in business days, which have no parts; give limits such as 12h instead")
    return f"{int(duration.seconds * percent / 100)}s"


def _sizes(values: Sequence[str]) -> tuple[str | None, Sequence[float | None]]:
    """The unit that all values have, and what they amount to in it; a share and a duration have none in common."""
    shares = [PERCENT.fullmatch(value) for value in values]
    if all(shares):
        return "%", [float(share[1]) for share in shares if share]
    seconds = [_seconds(value) for value in values]
    return ("s", seconds) if None not in seconds else (None, [None] * len(values))


def _seconds(value: str) -> float | None:
    try:
        duration = Duration.parse(value)
    except ValueError:
        return None
    return None if duration.business_days else float(duration.seconds)
