"""The marks of a timeline: each its own shape around (0, 0), so that they differ without colour.

On the track: what became of the milestone. Below it: actions, whose shape tells the trigger and whose filling their fate.
"""

from typing import Final, Literal

from sla.story import Act
from sla.timeline import TriggerKind
from starter.pictures.svg import path, tag

MarkKind = Literal["started", "target", "beyond", "violated", "completed", "ended"]
Fate = Literal["done", "late", "pending", "skipped", "dropped", "gave_up", "withdrawn", "called_off"]

MARKS: Final[dict[MarkKind, str]] = {
    "started": path("M5 -9H0V9H5", class_="line"),
    "target": path("M0 -13V11", class_="line") + path("M0 -13.8L10 -10L0 -6.2Z", class_="flag"),
    "beyond": path("M-20 -13V11", class_="line")
    + path("M-20 -13.8L-11 -10L-20 -6.2Z", class_="flag")
    + path("M-15 1H-2M-6 -3L-2 1L-6 5", class_="line"),
    "violated": path("M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", class_="halo")
    + path("M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", class_="cross"),
    "completed": tag("circle", r=7.5, class_="disc") + path("M-3.3 .3L-.9 2.8L3.5 -2.5", class_="check"),
    "ended": path("M-5 -9H0V9H-5", class_="line"),
}
"""What is drawn on the track."""

SPOKEN: Final[dict[MarkKind, str]] = {
    "started": "started", "target": "target", "beyond": "target, far beyond", "violated": "violated",
    "completed": "completed", "ended": "ended, not completed",
}  # fmt: skip

_OUTLINES: Final[dict[TriggerKind | Literal["any"], str]] = {
    "warning": "M0 -5.5L5.7 4.5H-5.7Z",
    "violation": "M0 -6L6 0L0 6L-6 0Z",
    "success": "M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0 -9.2 0Z",
    "retracted": "M-4.3 -4.3H4.3V4.3H-4.3Z",
    "any": "M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0 -9.2 0Z",
}
_FATES: Final[dict[Fate, tuple[str, str]]] = {
    "done": ("solid", ""),
    "late": ("solid", "M-6 -8.6H6"),
    "pending": ("hollow", ""),
    "skipped": ("hollow", "M-6.5 6.5L6.5 -6.5"),
    "dropped": ("hollow", "M-6.5 6.5L6.5 -6.5"),
    "gave_up": ("hollow", "M-6.5 6.5L6.5 -6.5M-6.5 -6.5L6.5 6.5"),
    "withdrawn": ("hollow", "M-7.8 0H7.8"),
    "called_off": ("hollow", "M-6.5 6.5L6.5 -6.5"),
}
"""How a shape is filled, and what is drawn over it."""

TRIGGERS: Final[dict[TriggerKind, str]] = {
    "warning": "warning", "violation": "violation", "success": "success", "retracted": "retraction",
}  # fmt: skip
FATES: Final[dict[Fate, str]] = {
    "done": "done", "late": "done late", "pending": "not done", "skipped": "skipped", "dropped": "dropped",
    "gave_up": "given up", "withdrawn": "done, then withdrawn", "called_off": "withdrawn before it was done",
}  # fmt: skip

LATE_S: Final = 60
"""From so many seconds on, an action was done late: what a mail server takes is nothing to look at."""


def fate_of(act: Act) -> Fate:
    """What came of an action. Withdrawn is what later news came to want no more; what had not been done then never was."""
    if act.outcome == "performed":
        return "withdrawn" if act.status == "retracted" else "late" if (act.late_s or 0) >= LATE_S else "done"
    return act.outcome or _NOT_DONE[act.status]


_NOT_DONE: Final[dict[Literal["due", "skipped", "retracted"], Fate]] = {
    "due": "pending", "skipped": "skipped", "retracted": "called_off",
}  # fmt: skip


def deed(trigger: TriggerKind | Literal["any"], fate: Fate) -> str:
    """The mark of an action; `any` is for the legend."""
    filling, over = _FATES[fate]
    return path(_OUTLINES[trigger], class_=filling) + (path(over, class_="stroke") if over else "")
