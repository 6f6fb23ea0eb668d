"""Warnings that come never, not for all, or when there is nothing left to warn of."""

from collections.abc import Iterator

from sla.duration import Duration
from sla.governance import shapes
from sla.governance.finding import Seen, some
from sla.governance.reading import Line, Reading
from sla.process.model import Warn


def never(reading: Reading) -> Iterator[Seen]:
    """Warnings that would come before the start, whatever the limit."""
    for line, place, warning, early in _early(reading):
        if len(early) == len(list(line.milestone.limits())):
            yield _seen(
                line,
                f"Warning {place} of '{line.title}' of '{line.version.name}' can never fire: "
                f"{_spelled(warning)} leaves nothing of the limit.",
                "Warn later, or by a share of the limit (`at: 75%`).",
            )


def not_for_all(reading: Reading) -> Iterator[Seen]:
    """Warnings that would come before the start for some values of the field that the limit depends on."""
    for line, place, warning, early in _early(reading):
        if early and len(early) < len(list(line.milestone.limits())):
            yield _seen(
                line,
                f"Warning {place} of '{line.title}' of '{line.version.name}' does not fire for {some(early)}: "
                f"{_spelled(warning)} leaves nothing of that limit.",
                "Warn by a share of the limit (`at: 75%`), which fits every limit.",
            )


def too_late(reading: Reading) -> Iterator[Seen]:
    """Warnings at the target itself: what they warn of has happened when they are read."""
    for line in reading.lines:
        for place, warning in enumerate(line.milestone.warnings, 1):
            nothing = warning.before is not None and not (warning.before.seconds or warning.before.business_days)
            if nothing or (warning.at is not None and float(warning.at.rstrip("% ")) == 100):
                yield _seen(
                    line,
                    f"Warning {place} of '{line.title}' of '{line.version.name}' comes with the target itself "
                    f"({_spelled(warning)}), too late to act.",
                    "Warn earlier, or make it a violation.",
                )


def _early(reading: Reading) -> Iterator[tuple[Line, int, Warn, tuple[str, ...]]]:
    """Each warning `before` the target, and the limits that it is no part of; none of them is certain of business days."""
    for line in reading.lines:
        for place, warning in enumerate(line.milestone.warnings, 1):
            if warning.before is not None:
                before = shapes.length_of(warning.before, line.hours)
                limits = ((path, shapes.length_of(limit, line.hours)) for path, limit in line.milestone.limits())
                early = [path for path, limit in limits if limit[0] <= before[0] and limit[1] <= before[1]]
                yield line, place, warning, tuple(_value(line, path) for path in early)


def _value(line: Line, path: str) -> str:
    """The value of the field that a limit is for: `P1` for `within.values.P1`."""
    if isinstance(line.milestone.within, Duration):
        return "its limit"
    kind, _, key = path.removeprefix("within.").partition(".")
    return f"{line.milestone.within.by} {key}" if kind == "values" else "all other values"


def _spelled(warning: Warn) -> str:
    return f"at: {warning.at}" if warning.before is None else f"before: {warning.before}"


def _seen(line: Line, sentence: str, remedy: str) -> Seen:
    return Seen(subject=line.subject, sentence=sentence, remedy=remedy, names=line.names)
