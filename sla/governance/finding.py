"""What an audit has to say, and what it may be asked. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""From what must be mended to what is good to know."""

Kind = Literal["process", "milestone", "calendar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to see to. `subject` is `<kind>/<name>`; `names` are all the processes that it concerns, or the calendar.

    A remedy's first line is a sentence; those after it are commands, as they can be typed.
    """

    severity: Severity
    code: str
    subject: str
    sentence: str
    remedy: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a rule found; its code and severity are the rule's."""

    subject: str
    sentence: str
    remedy: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an audit asks. `conventions` are regular expressions that whole names must match; a kind without one is free."""

    near_percent: int = 10
    """How far two limits may be apart to be called near, in per cent of the longer; 0 to 99."""
    idle_days: int = 90
    """After how many days without a case a process is called idle."""
    holidays_days: int = 60
    """How many days ahead of a calendar's last holiday it is named."""
    conventions: Mapping[Kind, str] = field(default_factory=dict)


def some(names: tuple[str, ...], most: int = 5) -> str:
    """Names in a sentence: `A and B`; `A, B and 3 more`."""
    shown, more = names[:most], len(names) - most
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1] if shown else "")))


def quoted(names: tuple[str, ...], most: int = 5) -> str:
    """The same, each name in quotation marks."""
    return some(tuple(f"'{name}'" for name in names), most)
