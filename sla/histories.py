"""Workflow histories as they are kept: a value for each run, and a spelling that people and programs can read.

Temporal spells payloads in base 64. Here what is text is told as text, `{"as": {"encoding": "json/plain"}, "text": "…"}`,
so that it can be read, compresses well, and names in it can be found. `whole` makes Temporal's spelling of it again.
"""

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel

from sla.dossier import Kept, LawKept
from sla.instants import Instant
from sla.messages import CaseInput, ProcessRef

RunStatus = Literal[
    "running", "completed", "continued_as_new", "failed", "canceled", "terminated", "timed_out", "paused", "lost"
]
"""How a run stands, in Temporal's words; lost: Temporal had forgotten it before it was stored."""

JsonObject = dict[str, Any]


class RunSeen(Kept):
    """What Temporal knows of a run at this moment."""

    status: RunStatus
    events: int
    began_us: int = 0
    started_at: Instant | None = None
    closed_at: Instant | None = None


class LawDigest(Kept):
    """A law that a record followed, by the digests of its process and of the calendars that it can have met."""

    ref: ProcessRef
    process: str
    calendars: dict[str, str]
    default_hours: str

    def differs_from(self, other: "LawDigest") -> list[str]:
        """What is different about the other, by name; a calendar that only one of them met is not."""
        both = self.calendars.keys() & other.calendars.keys()
        return [
            *(["the process"] if self.process != other.process else []),
            *(f"calendar '{name}'" for name in sorted(both) if self.calendars[name] != other.calendars[name]),
            *(["the default hours"] if self.default_hours != other.default_hours else []),
        ]


class RunKept(Kept):
    """One run of a record's workflow: what is known about it, without its history.

    `digest` is that of the history as it is kept now, `original_digest` as it was when it was stored: they differ once names
    have been taken out of it. `engine` is the version of Milepost that stored it. Without `archived_at` it has not been
    stored, and was read from Temporal. `began_us`, microseconds of Temporal's clock, puts runs in order.
    """

    run_id: str
    status: RunStatus
    began_us: int = 0
    started_at: Instant | None = None
    closed_at: Instant | None = None
    continues: str | None = None
    continued_by: str | None = None
    events: int = 0
    definitions: tuple[LawDigest, ...] = ()
    engine: str = ""
    archived_at: Instant | None = None
    redacted_at: Instant | None = None
    digest: str = ""
    original_digest: str = ""


class History(RunKept):
    """A run with its history, `{"events": […]}`, in the readable spelling; None if it is lost."""

    history: JsonObject | None = None

    def as_temporal(self) -> JsonObject | None:
        """The history as Temporal writes it as JSON: what its Replayer and its pages read."""
        return None if self.history is None else whole(self.history)


def canonical(value: Any) -> str:
    """The one text of a JSON value: no spaces, ASCII, keys in the order that they have. What digests are made of.

    Read and written again it is the same. Keys are not sorted: the order in a definition is seen in sentences.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value's canonical text, in hexadecimal digits."""
    return sha256(canonical(value).encode()).hexdigest()


def begun_with(first: JsonObject) -> CaseInput | None:
    """What the run was begun with, out of its first event; None if that cannot be read."""
    try:
        [payload] = first["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
        return CaseInput.model_validate_json(payload["text"])
    except (KeyError, TypeError, ValueError):
        return None


def law_digest(law: LawKept) -> LawDigest:
    """The digests of a law."""
    return LawDigest(
        ref=law.ref,
        process=_digest(law.process),
        calendars={name: _digest(hours) for name, hours in law.calendars.items()},
        default_hours=_digest(law.default_hours),
    )


def _digest(definition: BaseModel) -> str:
    """Of what a definition says. What has its default is left out, so that a later version's new fields change nothing."""
    told = definition.model_dump(mode="json", exclude_defaults=True)
    return sha256(json.dumps(told, sort_keys=True, allow_nan=False).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A part of a history as Temporal spells it, in the readable spelling. What is no text stays as it is."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    return _as_text(value) or {name: plain(one) for name, one in value.items()}


def whole(value: Any) -> Any:
    """The opposite of `plain`."""
    if isinstance(value, list):
        return [whole(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _is_text(value):
        metadata = {name: _to_base64(word) for name, word in value["as"].items()}
        return {"metadata": metadata, "data": _to_base64(value["text"])}
    return {name: whole(one) for name, one in value.items()}


def _is_text(value: JsonObject) -> bool:
    if value.keys() != {"as", "text"} or not isinstance(value["as"], dict):
        return False
    return all(isinstance(word, str) for word in (value["text"], *value["as"].values()))


def _as_text(value: JsonObject) -> JsonObject | None:
    """A payload as text; None if this is no payload, or none of text."""
    if value.keys() != {"metadata", "data"} or "encoding" not in (metadata := value["metadata"]):
        return None
    try:
        told = {"as": {name: _from_base64(word) for name, word in metadata.items()}, "text": _from_base64(value["data"])}
    except ValueError:
        return None
    return told


def _from_base64(word: str) -> str:
    return b64decode(word, validate=True).decode()


def _to_base64(text: str) -> str:
    return b64encode(text.encode()).decode()
