"""Records: list them, open them, tell them news, look at one."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Body as FromBody
from fastapi import Header, Query, Response
from pydantic import Field

from sla.instants import ToldInstant
from sla.messages import Reception
from sla.timeline import RollUp, Timeline
from starter.api.asking import AskedDesk, Shared, asks, routes
from starter.api.bodies import DIGITS, Flag, History, Limit, News, Opening, Place, RecordId, Retry, Word
from starter.api.streaming import EVENT_STREAM, SENT, changes
from starter.views import CaseFile, RecordPage, View
from store.pages import Order

router = routes("Records", "/records")


Seconds = Annotated[int, Field(ge=1, le=86_400), DIGITS]


class Sent(View):
    """News that is on its way; what it does is not waited for."""

    record: str
    event: str
    outcome: Literal["sent"] = "sent"


class Asked(View):
    """An action that will be tried again."""

    record: str
    key: str
    outcome: Literal["asked"] = "asked"


class NotTaken(View):
    """An event of a history that was refused."""

    event: str
    reason: str


class TakenOver(View):
    """What came of a history."""

    record: str
    events: int = Field(description="how many were told")
    refused: list[NotTaken]


@router.get("", **asks("records.list", "records.read"))
async def list_(
    desk: AskedDesk,
    *,
    status: Annotated[RollUp | None, Query(examples=["at_risk"])] = None,
    process: Annotated[Word | None, Query()] = None,
    account: Annotated[Word | None, Query()] = None,
    owner: Annotated[Word | None, Query()] = None,
    queue: Annotated[Word | None, Query()] = None,
    open: Annotated[Flag | None, Query(description="only those that are open, or only the others")] = None,  # noqa: A002
    sort: Annotated[Order, Query(description="with `-`, the latest first; records without a deadline are last")] = (
        "next_deadline"
    ),
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[Word | None, Query(max_length=2000, description="`next` of the page before")] = None,
) -> RecordPage:
    """Records that match all filters, a page at a time."""
    return await desk.list(
        status=status,
        process=process,
        account=account,
        owner=owner,
        queue=queue,
        is_open=None if open is None else open == "true",
        sort=sort,
        limit=limit,
        cursor=cursor,
    )


@router.post(
    "", status_code=HTTPStatus.CREATED, responses={200: {"model": Reception}}, **asks("records.open", "records.write")
)
async def open_(desk: AskedDesk, opening: Opening, response: Response) -> Reception:
    """Open a record. Opening it again is the same record, answered with 200."""
    reception = await desk.open(
        record=opening.record,
        process=opening.process,
        fields=dict(opening.fields),
        at=opening.at,
        event_id=opening.event_id,
    )
    if reception.duplicate:
        response.status_code = HTTPStatus.OK
    return reception


@router.get("/{record}", **asks("records.show", "records.read"))
async def show(
    desk: AskedDesk,
    record: RecordId,
    *,
    at: Annotated[ToldInstant | None, Query(description="as it was then, by all that is known now")] = None,
    known_at: Annotated[ToldInstant | None, Query(description="by what was known then; late news differs")] = None,
    event: Annotated[Place | None, Query(description="just after so many of its events had been learned")] = None,
) -> CaseFile:
    """All about a record, now or as it was: milestones, actions and how they went, tasks."""
    return await desk.show(record, at=at, known_at=known_at, event=event)


@router.get("/{record}/timeline", **asks("records.timeline", "records.read"))
async def timeline(desk: AskedDesk, record: RecordId) -> Timeline:
    """The record's milestones and actions as of now, as `milepost simulate` prints them."""
    return (await desk.show(record)).timeline


@router.get(
    "/{record}/stream",
    response_class=Response,
    responses={200: {"content": {EVENT_STREAM: {"schema": SENT}}}},
    **asks("records.watch", "records.read"),
)
async def stream(
    desk: AskedDesk,
    shared: Shared,
    record: RecordId,
    seconds: Annotated[Seconds | None, Query(description="end it after so long")] = None,
    last_event_id: Annotated[str | None, Header(description="sent by browsers that come back")] = None,
) -> Response:
    """The timeline as server-sent events: now, and whenever it changes. A comment every 15 s says that it goes on."""
    most = shared.settings.http_stream_max_s
    return await changes(desk, record, seconds=min(seconds or most, most), seen=last_event_id, stopping=shared.stopping)


@router.post("/{record}/events", responses={202: {"model": Sent}}, **asks("records.report", "records.write"))
async def report(
    desk: AskedDesk,
    record: RecordId,
    news: Annotated[News, FromBody()],
    response: Response,
    wait: Annotated[Flag, Query(description="false: answer 202 at once, and do not wait for what it does")] = "true",
) -> Reception | Sent:
    """Tell a record what happened, and get what it did to the milestones."""
    line: dict[str, Any] = news.line(record)
    if wait == "true":
        return await desk.report(line)
    await desk.tell(line)
    response.status_code = HTTPStatus.ACCEPTED
    return Sent(record=record, event=news.id)


@router.post("/{record}/history", **asks("records.take_over", "records.write"))
async def take_over(desk: AskedDesk, record: RecordId, history: History) -> TakenOver:
    """Open a record with all that happened to it so far, known at once: nothing is acted upon as if it were news."""
    refused = await desk.take_over([event.line(record) for event in history.events], process=history.process)
    told = [NotTaken(event=one.facts["event"], reason=one.facts["reason"]) for one in refused]
    return TakenOver(record=record, events=len(history.events), refused=told)


@router.post("/{record}/actions/retry", status_code=HTTPStatus.ACCEPTED, **asks("records.retry", "records.write"))
async def retry(desk: AskedDesk, record: RecordId, action: Retry) -> Asked:
    """Have an action tried again that was given up."""
    await desk.retry(record, action.key)
    return Asked(record=record, key=action.key)
