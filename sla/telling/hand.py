"""The hand that writes local times: it names a date when it is another than the one before, and the zone never."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sla.instants import date_in_words, to_instant
from sla.process.saying import value_in_words
from sla.story import Sentence
from sla.values import Value

_INSTANT: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


class Hand:
    """Writes the instants of one text, in its order. `on` is the date that the reader has in mind.

    `record` is the one that is told of: the keys of its actions are written without it.
    """

    def __init__(self, zone: ZoneInfo, on: date | None = None, *, record: str = "") -> None:
        self.zone = zone
        self.record = record
        self._on = on

    def when(self, at: datetime) -> str:
        """An instant: `10:00`, or `Mon 2 Mar 2026 10:00` on another day than before; of an hour that comes twice, which."""
        local = at.astimezone(self.zone)
        text = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            text = f"{text} {local.tzname()}"
        if local.date() != self._on:
            self._on = local.date()
            text = f"{date_in_words(self._on)} {text}"
        return text

    def beside(self) -> "Hand":
        """A hand that goes on from here by itself."""
        return Hand(self.zone, self._on, record=self.record)

    def anew(self) -> "Hand":
        """A hand for a text that has no date yet."""
        return Hand(self.zone, record=self.record)

    def key(self, key: str) -> str:
        """An action's key without the record, which may hold anything: `First Response#1/1/violation-1/1`."""
        return key.removeprefix(f"{self.record}/")

    def value(self, value: Value) -> str:
        """A field's value, an instant in local time."""
        return self.rewritten(value_in_words(value))

    def rewritten(self, text: str) -> str:
        """A text of the engine with its instants in local time."""
        return _INSTANT.sub(lambda found: self.when(to_instant(found[0])), text)


Written = Callable[[Hand], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence to be: its times are written when its place is known. At one instant `rank` orders."""

    at: datetime
    rank: int
    write: Written


def written(drafts: Iterable[Draft], hand: Hand) -> tuple[Sentence, ...]:
    """The sentences in the order of time, each with its time in front; what is said in one does not date the next."""
    margin = hand.anew()
    ordered = sorted(drafts, key=lambda one: (one.at, one.rank))
    return tuple(Sentence(at=one.at, text=f"{margin.when(one.at)}: {one.write(margin.beside())}") for one in ordered)
