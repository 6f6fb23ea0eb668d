"""Whole cases on a real server, ours and the hand-written ones side by side, for their histories.

Two stories. All met: the limits are hours, and three milestones are completed, one after the other. All violated: the
limits are seconds, and every warning and violation comes about. Both are closed at the end, and run to their end. Ours are
told through the Desk, as by any door; the others get the same events by the same update.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHistory
from temporalio.common import WorkflowIDConflictPolicy

from bench.baselines.case import MILESTONES, BareInput
from bench.baselines.least import LeastCase
from bench.baselines.plain import PlainCase
from bench.baselines.working import working
from bench.contract import FIELDS, definitions
from bench.rows import Scale
from runtime.logs import configure
from runtime.settings import Settings
from sla import messages
from sla.events import AnyEvent, read_event
from sla.messages import News, ProcessRef, Reception
from starter.desk import Desk, open_desk
from workers.services import embedded

HOUR_S = 3600
OURS, LEAST, SHOWN, PLAIN = "Milepost", "the least", "least and shown", "plain design"
DESIGNS = (OURS, LEAST, SHOWN, PLAIN)
"""Ours; a bare workflow; the same with our search attributes; one timer for each trigger and a record of each event."""

STORIES = {"all met": [4 * HOUR_S, 8 * HOUR_S, 12 * HOUR_S], "all violated": [8, 16, 24]}
"""By name, with the three limits in seconds."""

ACTIONS = {"all met": 0, "all violated": 9}
"""How many actions a case of each story performs; what came otherwise is not compared."""

BARE = "compared"
"""The prefix of the bare cases' task queues: as long as ours, for it stands in many events."""

PAUSE_S = 1.5
"""Between two pieces of news: long enough that they are not taken up together."""

STAGGER_S = 3.0
"""Between two rounds: the cases of one must not hold up those of the next."""

LOOK_S = 0.5
PATIENCE_S = 60.0

Tell = Callable[[dict[str, Any]], Awaitable[object]]
Histories = Mapping[tuple[str, str], list[WorkflowHistory]]
"""The histories of several cases, by story and design."""


@dataclass(frozen=True, kw_only=True)
class _Stage:
    client: Client
    desk: Desk
    refs: dict[str, ProcessRef]


async def histories(scale: Scale) -> Histories:
    """Play each story in each design, several times. Raises RuntimeError for a case that did something else."""
    parts = [(story, design) for story in STORIES for design in DESIGNS]
    async with _stage() as stage, asyncio.TaskGroup() as playing:
        rounds = []
        for number in range(scale.pick(short=1, full=5)):
            _say(f"round {number + 1}: {len(parts)} cases")
            rounds.append([playing.create_task(_play(stage, *part, number)) for part in parts])
            await asyncio.sleep(STAGGER_S)
    return {part: [one[index].result() for one in rounds] for index, part in enumerate(parts)}


@asynccontextmanager
async def _stage() -> AsyncIterator[_Stage]:
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as kept:
        settings = Settings(
            data_dir=Path(kept), temporal_port=0, mail_port=0, graceful_shutdown_s=5, log_level="error", metrics_port=0
        )
        with configure(settings, sys.stderr):
            async with embedded(settings, ui=False) as service:

                async def connected() -> Client:
                    return service.client

                async with open_desk(service.settings, connected, _now) as desk, working(service.client, BARE):
                    refs = {story: await _publish(desk, story) for story in STORIES}
                    yield _Stage(client=service.client, desk=desk, refs=refs)


async def _publish(desk: Desk, story: str) -> ProcessRef:
    name = f"Bench, {story}"
    await desk.apply(definitions(name, STORIES[story]))
    return ProcessRef(process=name, version=1, revision=1)


# ---------------------------------------------------------------------- playing


async def _play(stage: _Stage, story: str, design: str, number: int) -> WorkflowHistory:
    """One case from its opening to the end of its workflow."""
    record = f"C-{DESIGNS.index(design)}{list(STORIES).index(story)}{number:02d}"
    if design == OURS:
        workflow, tell = messages.workflow_id(record), await _open_ours(stage, record, stage.refs[story])
    else:
        workflow, tell = f"sla-bare/{record}", await _open_bare(stage, record, story, design)
    if story == "all met":
        for milestone in MILESTONES:
            await asyncio.sleep(PAUSE_S)
            await tell({"record": record, "id": f"done-{milestone[:2]}", "type": "completed", "milestone": milestone})
    handle = stage.client.get_workflow_handle(workflow)
    async with asyncio.timeout(max(STORIES[story]) + PATIENCE_S):
        # Only its history tells that; to fetch it leaves no trace in it.
        while performed_actions(await handle.fetch_history()) < ACTIONS[story]:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
    await asyncio.sleep(PAUSE_S)
    await tell({"record": record, "id": "closed", "type": "closed"})
    async with asyncio.timeout(PATIENCE_S):
        await handle.result()
    history = await handle.fetch_history()
    performed = performed_actions(history)
    if performed != ACTIONS[story]:
        raise RuntimeError(f"{design}, {story}: {performed} actions were performed, not {ACTIONS[story]}")
    return history


async def _open_ours(stage: _Stage, record: str, ref: ProcessRef) -> Tell:
    await stage.desk.open(record=record, process=ref.process, fields=FIELDS)
    return stage.desk.report


async def _open_bare(stage: _Stage, record: str, story: str, design: str) -> Tell:
    case = BareInput(record=record, ref=stage.refs[story], limits_s=STORIES[story], shown=design == SHOWN)
    workflow = f"sla-bare/{record}"
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        PlainCase.run if design == PLAIN else LeastCase.run,
        case,
        id=workflow,
        task_queue=messages.task_queue(BARE, "cases"),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    opened = {"record": record, "id": "opened", "type": "opened", "fields": {"type": "case"} | FIELDS}
    await stage.client.execute_update_with_start_workflow(
        messages.REPORT, _news(opened), start_workflow_operation=start, result_type=Reception
    )
    handle = stage.client.get_workflow_handle(workflow)

    async def tell(data: dict[str, Any]) -> object:
        return await handle.execute_update(messages.REPORT, _news(data), result_type=Reception)

    return tell


def _news(data: dict[str, Any]) -> News:
    """Stamped as the Desk does."""
    now = _now().replace(microsecond=0).isoformat()
    event: Any = read_event({"at": now, **data, "recorded_at": now}, where="the bench")
    checked: AnyEvent = event
    return News(event=checked)


def _now() -> datetime:
    return datetime.now(UTC)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------- looking


def size(history: WorkflowHistory) -> int:
    """Bytes of all events, as the server keeps and sends them: serialized protocol buffers."""
    return sum(event.ByteSize() for event in history.events)


def kinds(history: WorkflowHistory) -> dict[str, int]:
    """How many events of each type, the most frequent first."""
    found = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower() for event in history.events)
    return dict(found.most_common())


def performed_actions(history: WorkflowHistory) -> int:
    """How many actions were performed, whatever else ran as an activity."""
    actions = {
        event.event_id
        for event in history.events
        if event.activity_task_scheduled_event_attributes.activity_type.name.startswith(messages.ACTION_PREFIX)
    }
    ended = (event.activity_task_completed_event_attributes.scheduled_event_id for event in history.events)
    return sum(event in actions for event in ended)
