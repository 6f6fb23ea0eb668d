"""Processes to compare: generated ones, edits of them, and what they mean, reckoned apart from the code under test."""

import contextlib
import copy
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from sla.calendar import BusinessHours
from sla.calendar.windows import Week
from sla.duration import Duration
from sla.process.conditions import Condition
from sla.process.model import Action, Process, Warn
from tests.oracle.generate import PROFILES, case
from tests.sla.calendar.strategies import calendars

Json = dict[str, Any]


def documents() -> st.SearchStrategy[Json]:
    """Processes as their files spell them."""
    return st.builds(_document, st.integers(0, 100_000), st.sampled_from(sorted(PROFILES)))


def _document(seed: int, profile: str) -> Json:
    document = copy.deepcopy(case(seed, profile)[0])
    random = Random(seed)
    if random.random() < 0.5:
        document["description"] = random.choice(("What it is: for", "Für alle, immer", "yes"))
    for line in document["milestones"]:
        if random.random() < 0.4:
            line["description"] = random.choice(("The customer knows", "[soon]", "007"))
        for trigger in line.get("warnings", []):
            if random.random() < 0.3:
                trigger["actions"][0]["description"] = "# why"
    return document


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Process, Process]:
    """A process, and what became of it after up to three edits, of which some mean nothing."""
    before = draw(documents())
    after = copy.deepcopy(before)
    random = Random(draw(st.integers(0, 1_000_000)))
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        _edit(after, random)
    return _valid(before), _valid(after)


def single_edits(document: Json) -> Iterator[tuple[Any, Process]]:
    """Each process that one edit at one place makes of a document, with the key or position of that place."""
    for number in range(len(_places(document))):
        for value in (*OTHERS, _GONE, _TWICE, _SWAPPED):
            after = copy.deepcopy(document)
            holder, key = _places(after)[number]
            if value is _GONE:
                del holder[key]
            elif isinstance(holder, list) and value in (_TWICE, _SWAPPED):
                holder.insert(0, holder[key] if value is _TWICE else holder.pop(key))
            elif value in (_TWICE, _SWAPPED):
                continue
            else:
                holder[key] = value
            with contextlib.suppress(ValidationError):
                yield key, Process.model_validate(after)


_GONE, _TWICE, _SWAPPED = "(gone)", "(twice)", "(swapped)"
OTHERS: tuple[Any, ...] = (
    "45m", "1h", "60m", "1bd", "75%", "75 %", "80%", "P1", "Closed", "criteria", "process", "resume", "restart", "cancel",
    "leave_open", "sequential", "case", "1", 1, 1.0, True, False, [], {}, {"status": "Closed"}, {"status": 1},
    {"status": True}, {"email": {"to": "owner"}}, {"milestone": "Other", "within": "1h"}, {"at": "10%"}, {"after": "9h"},
    {"by": "tier", "values": {}, "default": "1h"},
)  # fmt: skip


def _valid(document: Json) -> Process:
    try:
        return Process.model_validate(document)
    except ValidationError:
        assume(condition=False)
        raise


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Everything that a document holds: the mapping or list, and the key or position in it."""
    keys: list[Any] = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    return [place for key in keys for place in [(data, key), *_places(data[key])]]


def _edit(document: Json, random: Random) -> None:
    holder, key = random.choice(_places(document))
    value = holder[key]
    match random.choice(("change", "change", "remove", "repeat", "swap", "respell", "reorder")):
        case "change":
            holder[key] = _other(value, random)
        case "remove":
            del holder[key]
        case "repeat" if isinstance(holder, list):
            holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(value))
        case "swap" if isinstance(holder, list):
            other = random.randrange(len(holder))
            holder[key], holder[other] = holder[other], holder[key]
        case "respell":
            holder[key] = _respelt(value)
        case "reorder" if isinstance(holder, dict):
            items = list(holder.items())
            random.shuffle(items)
            holder.clear()
            holder.update(items)


def _other(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str) and random.random() < 0.5:
        return f"{value}2"
    return copy.deepcopy(random.choice(OTHERS))


def _respelt(value: Any) -> Any:
    """The same, written otherwise, where there is another way."""
    if isinstance(value, str) and value.endswith("h") and value[:-1].isdigit():
        return f"{60 * int(value[:-1])}m"
    if isinstance(value, str) and value.endswith("%"):
        return value.replace("%", " %") if " " not in value else value.replace(" ", "")
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ---------------------------------------------------------------------- what a definition means


def meaning(value: Any) -> Any:
    """What compares equal exactly where two definitions mean the same."""
    for kind, of_kind in _MEANINGS:
        if isinstance(value, kind):
            return of_kind(value)
    return value


def _of_warning(value: Warn) -> Any:
    share = None if value.at is None else Fraction(value.at.replace("%", "").strip())
    return ("warn", share, meaning(value.before), meaning(value.actions))


def _of_calendar(value: BusinessHours) -> Any:
    return (value.calendar, value.timezone, meaning(value.hours), sorted(map(_of_holiday, value.holidays)))


def _of_holiday(rule: Any) -> str:
    written = rule.model_dump(mode="json")
    data = {"date": written} if isinstance(written, str) else written
    return repr(sorted((key, sorted(said) if key == "hours" else said) for key, said in data.items()))


_MEANINGS: list[tuple[Any, Any]] = [
    (Duration, lambda value: ("for", value.seconds, value.business_days)),
    (Condition, lambda value: meaning(value.source)),
    (Action, lambda value: ("do", value.kind, meaning(value.params), value.description or None)),
    (Warn, _of_warning),
    (Week, lambda value: [sorted(str(window) for window in day) for day in value.days()]),
    (BusinessHours, _of_calendar),
    (BaseModel, lambda value: {name: meaning(getattr(value, name)) for name in type(value).model_fields}),
    (dict, lambda value: {key: meaning(item) for key, item in value.items()}),
    (list | tuple, lambda value: [meaning(item) for item in value]),
    (bool, lambda value: ("bool", value)),
]


@st.composite
def calendar_pairs(draw: st.DrawFn) -> tuple[BusinessHours, BusinessHours]:
    """A calendar, and another or the same after up to two edits."""
    before, _ = draw(calendars())
    after = copy.deepcopy(before)
    random = Random(draw(st.integers(0, 1_000_000)))
    for _ in range(random.choice((0, 1, 1, 2))):
        _edit_calendar(after, random)
    if random.random() < 0.2:
        after, _ = draw(calendars())
    try:
        return BusinessHours.model_validate(before), BusinessHours.model_validate(after)
    except ValidationError:
        assume(condition=False)
        raise


def _edit_calendar(document: Json, random: Random) -> None:
    match random.choice(("zone", "name", "always", "week", "shuffle", "drop", "add", "call")):
        case "zone":
            document["timezone"] = random.choice(("UTC", "Europe/Paris"))
        case "name":
            document["calendar"] = random.choice(("drawn", "other"))
        case "always":
            document["hours"] = random.choice(("always", {"mon": ["09:00-17:00"]}))
        case "week" if isinstance(document["hours"], dict):
            day = random.choice(list(document["hours"]))
            windows = document["hours"][day]
            document["hours"][day] = random.choice((windows[::-1], windows[:-1], windows))
        case "shuffle":
            random.shuffle(document["holidays"])
        case "drop" if document["holidays"]:
            document["holidays"].pop()
        case "call" if document["holidays"]:
            place = random.randrange(len(document["holidays"]))
            written = document["holidays"][place]
            entry = {"date": written} if isinstance(written, str) else {k: v for k, v in written.items() if k != "name"}
            name = random.choice(({}, {"name": "Easter"}, {"name": "Passover"}))
            document["holidays"][place] = entry if "country" in entry else entry | name
        case "add":
            document["holidays"].append(random.choice(("2041-05-01", "--05-02", {"country": "DE"}, {"country": "FR"})))
