"""What a check of `milepost doctor` has to say."""

from typing import Literal, NamedTuple

from starter.views import View

Verdict = Literal["ok", "warning", "failed", "not_checked"]


class Finding(View):
    """One line of the doctor's. A remedy's first line is a sentence; those after it are commands, as they can be typed."""

    check: str
    verdict: Verdict
    found: str
    remedy: str | None = None


class Told(NamedTuple):
    """What a check found, before it is put beside its name."""

    verdict: Verdict
    found: str
    remedy: str | None = None


def ok(found: str) -> Told:
    """All is well."""
    return Told("ok", found)


def warning(found: str, remedy: str, *commands: str) -> Told:
    """It works, and something is to be seen to."""
    return Told("warning", found, "\n".join((remedy, *commands)))


def failed(found: str, remedy: str, *commands: str) -> Told:
    """It does not work as it is."""
    return Told("failed", found, "\n".join((remedy, *commands)))


def not_checked(found: str) -> Told:
    """Nobody knows, and why."""
    return Told("not_checked", found)


def some(names: list[str], count: int | None = None) -> str:
    """Names in a sentence: `C-1, C-2 and 3 more`."""
    more = (len(names) if count is None else count) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def counted(count: int, one: str, several: str | None = None) -> str:
    """`1 record`, `2 records`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
