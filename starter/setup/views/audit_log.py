"""The audit log, as the doors show it."""

from typing import Any

from sla.instants import Instant
from starter.views import View


class AuditLine(View):
    """Who (through which door) changed what, when, from what to what."""

    number: int
    at: Instant
    who: str
    door: str
    verb: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None
    hash: str


class AuditPage(View):
    """Lines, the latest first. `next` is what to give as `before` for the page that follows; None: there is none."""

    lines: list[AuditLine]
    next: int | None


class AuditBreak(View):
    """Something wrong at a line."""

    number: int
    problem: str


class AuditVerdict(View):
    """What came of a verification. `head` stands for all lines there were; whoever keeps it can prove that none was changed.

    `broken` counts all breaks; at most 100 of them are in `breaks`. `redacted` lines say less than they did: an
    erasure, which has a line of its own, took names out of them.
    """

    sound: bool
    lines: int
    head: str
    broken: int
    redacted: int = 0
    breaks: list[AuditBreak]
