"""What is different between two calendars, in words (SPEC 1). Pure.

The order of windows and of holidays means nothing. What a holiday is called changes no open time, and is told, since it is
part of what a version says.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from sla.calendar import BusinessHours
from sla.calendar.rules import Holiday
from sla.calendar.windows import WEEKDAYS, Week, Window
from sla.governance.difference import Difference, of_field

_DAYS: Final[Mapping[str, str]] = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
_LISTED: Final = 4
"""How many holidays a sentence names one by one."""

_Key = tuple[str, Any]
_Windows = list[str] | None


def between_calendars(before: BusinessHours, after: BusinessHours) -> tuple[Difference, ...]:
    """All that is different: the week first, then the holidays."""
    return tuple(_of_calendars(before, after))


def _of_calendars(before: BusinessHours, after: BusinessHours) -> Iterator[Difference]:
    for name in ("calendar", "timezone"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield of_field(name, old, new)
    if isinstance(before.hours, Week) and isinstance(after.hours, Week):
        yield from _weeks(before.hours, after.hours)
    elif type(before.hours) is not type(after.hours):
        told = "Open around the clock now" if after.hours == "always" else "No longer open around the clock"
        yield Difference(what="changed", field="hours", before=_plain(before), after=_plain(after), sentence=told)
    yield from _holidays(before.holidays, after.holidays)


def _plain(hours: BusinessHours) -> Any:
    return hours.model_dump(mode="json")["hours"]


def _weeks(before: Week, after: Week) -> Iterator[Difference]:
    for day in WEEKDAYS:
        old, new = _texts(getattr(before, day)), _texts(getattr(after, day))
        if old == new:
            continue
        if not new:
            told = f"{_DAYS[day]} closed, was open {_joined(old)}"
        else:
            told = f"{_DAYS[day]} open {_joined(new)} instead of {_joined(old) if old else 'closed'}"
        yield Difference(what="changed", field=f"hours.{day}", before=old, after=new, sentence=told)


def _texts(windows: Sequence[Window]) -> list[str]:
    return sorted(str(window) for window in windows)


def _joined(windows: _Windows) -> str:
    return ", ".join(windows or ())


# ---------------------------------------------------------------------- holidays


def _holidays(before: Sequence[Holiday], after: Sequence[Holiday]) -> Iterator[Difference]:
    old, new = {_key(rule): rule for rule in before}, {_key(rule): rule for rule in after}
    yield from _several("removed", [old[key] for key in old if key not in new])
    yield from _several("added", [new[key] for key in new if key not in old])
    kept = [(rule, new[key]) for key, rule in old.items() if key in new]
    for was, now in kept:
        if _hours(was) != _hours(now):
            told = f"Holiday {now}: {_day(_hours(now))} instead of {_day(_hours(was))}"
            yield Difference(what="changed", field="holidays", before=_written(was), after=_written(now), sentence=told)
    yield from _renamed([(was, now) for was, now in kept if _name(was) != _name(now)])


def _renamed(pairs: Sequence[tuple[Holiday, Holiday]]) -> Iterator[Difference]:
    """Holidays that are called otherwise; all at once if there are many, as when a country's dates first get names."""
    if len(pairs) > _LISTED:
        days = sorted(_told(now) for _, now in pairs)
        before, after = [_written(was) for was, _ in pairs], [_written(now) for _, now in pairs]
        told = f"{len(pairs)} holidays are called otherwise, from {days[0]} to {days[-1]}; names change no open time"
        yield Difference(what="changed", field="holidays", before=before, after=after, sentence=told)
        return
    for was, now in pairs:
        called = f"is called {_name(now)}" if _name(now) else "has no name"
        told = f"Holiday {now} {called}, was {f'called {_name(was)}' if _name(was) else 'without a name'}"
        yield Difference(what="changed", field="holidays", before=_written(was), after=_written(now), sentence=told)


def _several(what: Literal["added", "removed"], rules: Sequence[Holiday]) -> Iterator[Difference]:
    if not rules:
        return
    if len(rules) > _LISTED:
        names = sorted(str(rule) for rule in rules)
        told = f"{len(rules)} holidays {what}, from {names[0]} to {names[-1]}"
    else:
        told = f"Holiday{'s' if len(rules) > 1 else ''} {', '.join(map(_told, rules))} {what}"
    written = [_written(rule) for rule in rules]
    before, after = (written, None) if what == "removed" else (None, written)
    yield Difference(what=what, field="holidays", before=before, after=after, sentence=told)


def _key(rule: Holiday) -> _Key:
    return rule.tag, rule.claim()


def _hours(rule: Holiday) -> _Windows:
    """The windows of that day; None if it is closed, an empty list if none starts on it."""
    windows = getattr(rule, "hours", None)
    return None if windows is None else _texts(windows)


def _name(rule: Holiday) -> str | None:
    return getattr(rule, "name", None)


def _told(rule: Holiday) -> str:
    """A holiday with its name and special hours, if it has any: `2026-12-24 (Christmas Eve, open 09:00-12:00)`."""
    more = [*filter(None, [_name(rule)]), *([] if _hours(rule) is None else [_day(_hours(rule))])]
    return f"{rule} ({', '.join(more)})" if more else str(rule)


def _day(windows: _Windows) -> str:
    return "closed" if windows is None else f"open {_joined(windows)}" if windows else "open for last night's shift only"


def _written(rule: Holiday) -> Any:
    return rule.model_dump(mode="json")
