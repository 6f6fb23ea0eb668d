"""The audit log as a chain: each line holds the hash of the one before, so that what is altered or missing is found. Pure.

Who can write to the database can make the whole chain anew, hashes and all. That is found only by somebody who kept a
`Head` elsewhere: its line must still have its hash.
"""

import hashlib
import json
import re
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sla.instants import to_text

FIRST: Final = "0" * 64
"""What stands in the first line for the hash of the line before."""

REDACTED: Final = "redacted_lines"
"""Where the line of an erasure has the digests of the lines that it redacted, as they are now, by their numbers.

The hash of such a line goes on telling what it said at first, so that the chain holds; what it says now is vouched for by
the erasure's line, which is in the chain itself.
"""

ERASURE: Final = "erasure.forget"
"""The verb of such a line."""

MOST: Final = 100
"""Breaks that are told; of more, only how many."""

_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}):([0-9a-f]{64})")


def digest_of(line: Mapping[str, Any]) -> str:
    """SHA-256 of a line's canonical JSON, its hash aside: keys sorted, no white space, instants as text."""
    facts = {
        name: to_text(value) if isinstance(value, datetime) else value for name, value in line.items() if name != "hash"
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A line's number and its hash, which stands for all lines up to it. Number 0: there is no line."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """A head as it is printed. Raises ValueError."""
        if (found := _HEAD.fullmatch(text.strip())) is None:
            raise ValueError("a head is written as number:hash, as `verify` prints it")
        return cls(number=int(found[1]), hash=found[2])


NOTHING: Final = Head(number=0, hash=FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Something wrong at a line."""

    number: int
    problem: str


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk along the chain, from the first line to the last. `kept` is a head that was noted down elsewhere."""

    kept: Head | None = None
    at: Head = NOTHING
    lines: int = 0
    broken: int = 0
    redacted: int = 0
    breaks: list[Break] = field(default_factory=list)
    _altered: dict[int, str] = field(default_factory=dict)
    _vouched: dict[int, str] = field(default_factory=dict)

    def follow(self, line: Mapping[str, Any]) -> None:
        """The next line that is there, with all its columns."""
        number = line["number"]
        if number != self.at.number + 1:
            self._missing(self.at.number + 1, number - 1)
        elif line["previous"] != self.at.hash:
            self._tell(number, "does not follow the line before it: one of the two was altered")
        if line["hash"] != (found := digest_of(line)):
            self._altered[number] = found
        elif line["verb"] == ERASURE:
            self._vouched |= {int(one): digest for one, digest in ((line["after"] or {}).get(REDACTED) or {}).items()}
        self.at = Head(number=number, hash=line["hash"])
        self.lines += 1
        if self.kept is not None and number == self.kept.number and line["hash"] != self.kept.hash:
            self._tell(number, "is not the line whose hash was kept: it, or one before it, was altered")

    def end(self, head: Head) -> None:
        """There are no more lines. `head` is the last that was written, as it is kept beside them."""
        for number, digest in self._altered.items():
            if self._vouched.get(number) == digest:
                self.redacted += 1
            else:
                self._tell(number, "was altered: what it says does not fit its hash")
        if head.number > self.at.number:
            self._missing(self.at.number + 1, head.number)
        elif head.number < self.at.number:
            self._tell(head.number + 1, f"was not added by Milepost: the last line that was, is {head.number}")
        elif head.hash != self.at.hash:
            self._tell(self.at.number, "is not the line that was written last: it was altered")
        if self.kept is not None and self.kept.number > max(self.at.number, head.number):
            self._missing(max(self.at.number, head.number) + 1, self.kept.number)

    def _missing(self, first: int, last: int) -> None:
        self._tell(first, "is missing" if first == last else f"and all up to line {last} are missing")

    def _tell(self, number: int, problem: str) -> None:
        self.broken += 1
        if len(self.breaks) < MOST:
            insort(self.breaks, Break(number=number, problem=problem), key=lambda one: one.number)
