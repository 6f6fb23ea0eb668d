"""How far another clock is from this machine's, when it is only known between two bounds."""

from datetime import timedelta

from sla.evaluation.admission import AHEAD_S
from starter.checkups.findings import Told, failed, ok, warning

NOTICED = timedelta(seconds=1)
REFUSED = timedelta(seconds=AHEAD_S)
"""News this far ahead is refused (SPEC 2), so clocks that differ by more cannot work together."""

_REMEDY = "Have a time service (NTP) set the clocks of all machines."


def judged(*, least: timedelta, most: timedelta, whose: str) -> Told:
    """The other clock is ahead of ours by `least` at least and `most` at most; below zero is behind."""
    off = max(least, -most, timedelta(0))
    if off > REFUSED:
        return failed(f"{_by(least, most, whose)}; an event more than {AHEAD_S // 60} minutes ahead is refused", _REMEDY)
    if off > NOTICED:
        return warning(_by(least, most, whose), _REMEDY)
    apart = max(most, -least)
    if apart <= NOTICED:
        return ok(f"{whose} and ours agree to within a second")
    return ok(f"{whose} and ours may agree; they are not more than {_seconds(apart)} apart")


def _by(least: timedelta, most: timedelta, whose: str) -> str:
    if least > timedelta(0):
        return f"{whose} is ahead of ours by {_seconds(least)} or more" if most - least > NOTICED else _ahead(most, whose)
    behind = f"{whose} is behind ours by {_seconds(-most)}"
    return f"{behind} or more" if most - least > NOTICED else behind


def _ahead(most: timedelta, whose: str) -> str:
    return f"{whose} is ahead of ours by {_seconds(most)}"


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():,.0f} s"
