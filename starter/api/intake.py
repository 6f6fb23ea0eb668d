"""Bulk intake: events as JSON Lines, each answered by a line of its own; what is wrong with one stops none of the others.

Events of one record are told in their order, records beside each other, while the rest is still being read. The answers are
sent when all is done: a client need not read while it writes. An event's id counts once, so that whoever got no answer sends
all of it again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from pydantic import BaseModel

from sla.api_errors import TooLarge
from sla.errors import MilepostError
from sla.events import read_event
from sla.instants import to_instant
from sla.timeline import RollUp
from starter.answers import answer_for
from starter.api.problems import REMEDIES
from starter.desk import Desk
from starter.event_lines import read_json

logger = structlog.get_logger(__name__)

_SOME_TIME = "2026-01-01T00:00:00Z"
"""Stands for an `at` that is not given, which is now, while the rest is read."""

Outcome = Literal["accepted", "duplicate", "sent", "refused", "failed"]


class LineProblem(BaseModel):
    """Why an event was not taken."""

    code: str
    status: int
    detail: str
    remedy: str | None = None


_DEFECT = LineProblem(code="defect", status=500, detail="This is a defect of Milepost, not of your event.")


class LineAnswer(BaseModel):
    """What came of a line. `failed`: a service was not there; send it again."""

    line: int
    outcome: Outcome
    record: str | None = None
    event: str | None = None
    status: RollUp | None = None
    problem: LineProblem | None = None


class Summary(BaseModel):
    """The last line: how many came to what."""

    lines: int
    outcomes: dict[Outcome, int]


@dataclass(kw_only=True)
class Intake:
    """One request. `wait`: for what each event does; else it is only sent on its way."""

    desk: Desk
    process: str | None
    wait: bool
    parallel: int
    line_max_bytes: int
    max_bytes: int
    answers: list[LineAnswer] = field(default_factory=list)
    _latest: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, parts: AsyncIterator[bytes]) -> None:
        """Take all lines of a body. When it is interrupted, what is under way is too."""
        free = asyncio.Semaphore(self.parallel)
        try:
            async for number, raw in self._lines(parts):
                try:
                    event = self._read(raw, number)
                except MilepostError as error:
                    self.answers.append(_refused(number, error))
                    continue
                await free.acquire()
                self._begin(number, event, free)
            await asyncio.gather(*self._under_way)
        finally:
            for task in self._under_way:
                task.cancel()
        self.answers.sort(key=lambda answer: answer.line)

    def summary(self) -> Summary:
        """How many came to what."""
        return Summary(lines=len(self.answers), outcomes=dict(Counter(answer.outcome for answer in self.answers)))

    def _begin(self, number: int, event: dict[str, Any], free: asyncio.Semaphore) -> None:
        record = event["record"]
        task = asyncio.create_task(self._told(number, event, self._latest.get(record)))
        self._latest[record] = task
        self._under_way.add(task)

        def ended(_: object) -> None:
            free.release()
            self._under_way.discard(task)
            if self._latest.get(record) is task:
                del self._latest[record]

        task.add_done_callback(ended)

    async def _lines(self, parts: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
        """The lines with their numbers, from 1, but for blank ones; those beyond the limit are refused, and not read."""
        rest, size, number = bytearray(), 0, 0
        async for part in parts:
            size += len(part)
            if size > self.max_bytes:
                self.answers.append(_refused(number + 1, too_large(self.max_bytes, f"From line {number + 1} on: the body")))
                return
            *ends, begun = part.split(b"\n")
            for end in ends:
                number += 1
                line = bytes(rest) + end
                rest.clear()
                if line.strip():
                    yield number, line
            rest += begun
        if rest.strip():
            yield number + 1, bytes(rest)

    def _read(self, raw: bytes, number: int) -> dict[str, Any]:
        where = f"line {number}"
        if len(raw) > self.line_max_bytes:
            raise TooLarge(what=f"Line {number}", limit=self.line_max_bytes, setting="MILEPOST_HTTP_BODY_MAX_BYTES")
        data = read_json(raw, where)
        read_event({"at": _SOME_TIME, **data} if isinstance(data, dict) else data, where=where)
        event: dict[str, Any] = data
        return event

    async def _told(self, number: int, event: dict[str, Any], before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            answer = await self._tell(number, event)
        except MilepostError as error:
            answer = _refused(number, error)
        except Exception:
            logger.exception("line_failed", record=event["record"])
            answer = LineAnswer(line=number, outcome="failed", problem=_DEFECT)
        self.answers.append(answer.model_copy(update={"record": event["record"], "event": event["id"]}))

    async def _tell(self, number: int, event: dict[str, Any]) -> LineAnswer:
        if event["type"] == "opened":
            at = to_instant(event["at"]) if "at" in event else None
            fields, event_id = event.get("fields"), event["id"]
            reception = await self.desk.open(
                record=event["record"], process=self.process, fields=fields, at=at, event_id=event_id
            )
        elif self.wait:
            reception = await self.desk.report(event)
        else:
            await self.desk.tell(event)
            return LineAnswer(line=number, outcome="sent")
        outcome: Outcome = "duplicate" if reception.duplicate else "accepted"
        return LineAnswer(line=number, outcome=outcome, status=reception.status)


def too_large(limit: int, what: str = "The body") -> TooLarge:
    """The refusal of more than an intake may have."""
    return TooLarge(what=what, limit=limit, setting="MILEPOST_HTTP_INTAKE_MAX_BYTES")


def _refused(number: int, error: MilepostError) -> LineAnswer:
    status = answer_for(error).status
    problem = LineProblem(code=error.code, status=status, detail=str(error), remedy=REMEDIES.get(error.code))
    return LineAnswer(line=number, outcome="failed" if status >= 500 else "refused", problem=problem)
