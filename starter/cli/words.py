"""Instants, figures and statuses as people read them on a terminal."""

from datetime import datetime, tzinfo

from sla.duration import spoken

NOTHING = "–"

STYLES = {
    "met": "green", "compliant": "green", "performed": "green", "created": "green",
    "met_late": "yellow", "at_risk": "yellow", "stopped": "yellow", "changed": "yellow", "retracted": "yellow",
    "overdue": "bold red", "missed": "red", "violated_open": "bold red", "violated_closed": "red", "gave_up": "bold red",
    "cancelled": "dim", "waiting": "dim", "skipped": "dim", "unchanged": "dim", "dropped": "dim",
}  # fmt: skip
"""How a status looks; others look plain. The words themselves say all that the colours do."""


def when(at: datetime | None, zone: tzinfo) -> str:
    """An instant in local time, with its weekday: `Mon 2026-03-02 15:30`; seconds where there are any."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    return f"{local:%a %Y-%m-%d %H:%M:%S}" if local.second else f"{local:%a %Y-%m-%d %H:%M}"


def length(seconds: int | None) -> str:
    """A figure: `1 h 30 min`; a dash for none."""
    return NOTHING if not seconds else spoken(seconds)


def counted(number: int, noun: str) -> str:
    """`1 run`, `1,204 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def status(word: str) -> str:
    """A status with its look, as rich markup."""
    style, plain = STYLES.get(word), word.replace("_", " ")
    return f"[{style}]{plain}[/]" if style else plain


def share(part: int, whole: int) -> str:
    """A share in per cent, to one decimal; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else NOTHING
