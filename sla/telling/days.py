"""Sentences about the days that are not like the others of their weekday."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from sla.calendar import BusinessHours
from sla.instants import date_in_words, from_s
from sla.story import Day
from sla.telling.hand import Draft, Hand
from sla.telling.open_time import THE_CLOCKS


def days(hours: BusinessHours, found: Sequence[tuple[int, Day]]) -> Iterator[Draft]:
    """A sentence for each."""
    for at_s, day in found:
        yield Draft(from_s(at_s), 1, partial(_said, hours, day))


def _said(hours: BusinessHours, day: Day, hand: Hand) -> str:
    """The calendar's date is named where the reader's may be another."""
    if day.what.startswith(THE_CLOCKS):
        return f"{day.what}."
    which = "" if hours.timezone == hand.zone.key else f" on {date_in_words(date.fromisoformat(day.on))}"
    return f"'{hours.calendar}' has{which} {day.what}."
