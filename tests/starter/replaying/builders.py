"""Golden histories and what replays them, for the tests of this folder."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowRunner

from runtime.converter import converter
from sla.histories import JsonObject, plain
from starter.replaying.laws import of_laws
from starter.replaying.reading import parsed
from starter.replaying.results import Replayed
from starter.replaying.session import Replays, quiet_runtime
from tests.workflows.golden import HISTORIES, laws_under
from tests.workflows.world import PROCESS

NO_BEGINNING = "it does not begin with the event WorkflowExecutionStarted"
FILES = sorted(HISTORIES.glob("*.json"))


def golden(story: str) -> Path:
    """The history of a story."""
    return next(path for path in FILES if path.stem.endswith(f"-{story}"))


def events_of(story: str) -> list[dict[str, Any]]:
    """Its events."""
    events: list[dict[str, Any]] = json.loads(golden(story).read_text("utf-8"))["events"]
    return events


def history_of(story: str) -> JsonObject:
    """It in the readable spelling, as it is kept in the archive."""
    told: JsonObject = plain(json.loads(golden(story).read_text("utf-8")))
    return told


@asynccontextmanager
async def replays(runner: WorkflowRunner | None = None, *, patience_s: float = 60) -> AsyncIterator[Replays]:
    """Replays within the block; changes of the workflow can be seen outside the sandbox only."""
    async with Replays(converter(None), quiet_runtime(), runner=runner, patience_s=patience_s) as replaying:
        yield replaying


async def replayed(story: str, *, sandboxed: bool = True) -> Replayed:
    """What comes of a golden history under the definitions of its day."""
    path = golden(story)
    async with replays(None if sandboxed else UnsandboxedWorkflowRunner()) as replaying:
        return await replaying.replay(parsed(path.read_bytes(), path.name), of_laws(laws_under(path)))


def sentences(found: Replayed) -> list[str]:
    """All that is decided otherwise."""
    return [sentence for decision in found.differing for sentence in decision.sentences]


def premium(directory: Path, **milestone: Any) -> Path:
    """A file with the process that most golden histories follow, or one that differs from it."""
    data: dict[str, Any] = yaml.safe_load(PROCESS)
    data["milestones"][0] |= milestone
    path = directory / "premium.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    return path


def damaged(directory: Path) -> Mapping[str, tuple[Path, str]]:
    """Files that are no history of a case: each with what is to be said of it."""
    events = events_of("all-met")
    migration = (HISTORIES / "migrations" / "0.1.0-moved.json").read_text("utf-8")
    contents: dict[str, tuple[str | bytes, str]] = {
        "truncated": (golden("all-met").read_text("utf-8")[:5000], "it is not JSON, or its end is missing"),
        "empty": ("", "it is not JSON, or its end is missing"),
        "binary": (b"\x1f\x8b\x00\xff", "it is not text"),
        "other-json": ('{"a": 1}', "it is JSON, but no history"),
        "a-list": ("[1, 2]", "it is JSON, but no history"),
        "another-workflow": (migration, "it is of the workflow 'MoveRecords'; only cases ('SlaCase') are replayed"),
        "without-beginning": (
            json.dumps({"events": events[3:]}),
            "it does not begin with the event WorkflowExecutionStarted",
        ),
        "without-an-event": (json.dumps({"events": [*events[:7], *events[8:]]}), "event 8 is missing: after 7 comes 9"),
        "no-events": ('{"events": []}', NO_BEGINNING),
        "other-events": ('{"events": [{"eventId": "x"}]}', "its events are not as Temporal writes them"),
        "events-of-text": ('{"events": ["x"]}', "its events are not as Temporal writes them"),
        "nested": ('{"events": ' + "[" * 100_000, "it is not JSON, or its end is missing"),
    }
    found = {}
    for name, (content, said) in contents.items():
        path = directory / f"{name}.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found[name] = (path, said)
    return found
