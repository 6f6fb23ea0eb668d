"""The process as read from its dict, and what the reference evaluator remembers of one case.

Readings chosen:
- A table key is the text of the field's value; a boolean is `true`/`false`, 4.0 is `4`, an absent field or a list
  takes the default.
- Business hours that name an unknown calendar are an error of the test case, not a ruling.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.oracle.hours import Hours, duration_s, share_s

Json = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """One action of a trigger; positions count from 1."""

    position: int
    kind: str
    params: Json


@dataclass(frozen=True)
class Trigger:
    """A warning or violation trigger, `success` or `retracted`; positions count from 1."""

    kind: str
    position: int
    spec: Json
    actions: tuple[Action, ...]

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.position}" if self.kind in ("warning", "violation") else self.kind

    def threshold(self, limit: int, hours: Hours) -> int | None:
        """Consumed seconds at which it fires; None for success and retracted."""
        if self.kind == "warning":
            if "at" in self.spec:
                return share_s(str(self.spec["at"]), limit)
            return limit - duration_s(str(self.spec["before"]), hours)
        if self.kind == "violation":
            return limit + duration_s(str(self.spec.get("after", "0s")), hours)
        return None


@dataclass(frozen=True)
class Line:
    """One entry of `milestones`; `number` is its position among the lines of its milestone."""

    milestone: str
    number: int
    document: Json
    warnings: tuple[Trigger, ...]
    violations: tuple[Trigger, ...]
    success: Trigger
    retracted: Trigger

    @property
    def when(self) -> Json | None:
        return self.document.get("when")

    @property
    def by_process(self) -> bool:
        return str(self.document.get("start", "process")) == "process"

    @property
    def recurrence(self) -> str:
        return str(self.document.get("recurrence", "none"))

    @property
    def complete_when(self) -> Json | None:
        return self.document.get("complete_when")

    def dynamic(self) -> bool:
        return isinstance(self.document["within"], dict)

    def limit(self, fields: Json, hours: Hours) -> int:
        """The limit in open seconds for these fields."""
        within = self.document["within"]
        if isinstance(within, dict):
            values = {_key(key): value for key, value in within["values"].items()}
            within = values.get(_key(fields.get(within["by"])), within["default"])
        return duration_s(str(within), hours)


def _key(value: Any) -> str | None:
    if value is None or isinstance(value, list):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _actions(documents: list[Json] | None) -> tuple[Action, ...]:
    actions = []
    for position, document in enumerate(documents or [], start=1):
        kind = next(key for key in document if key != "description")
        actions.append(Action(position, kind, dict(document[kind])))
    return tuple(actions)


def _triggers(kind: str, documents: list[Json] | None) -> tuple[Trigger, ...]:
    return tuple(
        Trigger(kind, position, document, _actions(document.get("actions")))
        for position, document in enumerate(documents or [], start=1)
    )


def read_lines(process: Json) -> list[list[Line]]:
    """The lines of each milestone, milestones in order of first appearance."""
    groups: dict[str, list[Line]] = {}
    for document in process["milestones"]:
        lines = groups.setdefault(str(document["milestone"]), [])
        lines.append(
            Line(
                milestone=str(document["milestone"]),
                number=len(lines) + 1,
                document=document,
                warnings=_triggers("warning", document.get("warnings")),
                violations=_triggers("violation", document.get("violations")),
                success=Trigger("success", 0, {}, _actions(document.get("success"))),
                retracted=Trigger("retracted", 0, {}, _actions(document.get("on_retracted"))),
            )
        )
    return list(groups.values())


@dataclass(eq=False)
class Occurrence:
    """One occurrence of a milestone; instants are epoch seconds."""

    group: int
    number: int
    cycle: int
    line: Line
    hours: Hours
    limit: int
    start: int
    base: int  # from where a `start: process` line counts that takes over from this one
    born: int  # the instant at which it came to be
    events_from: int  # events from here on can complete it
    end: int | None = None
    ended_by: str | None = None
    completed_at: int | None = None
    violated_at: int | None = None
    target: int | None = None  # the target shown
    fired: set[str] = field(default_factory=set)
    must_turn_anew: bool = False
    history: list[tuple[int, bool, bool]] = field(default_factory=list)  # (instant, open, violated)

    @property
    def open(self) -> bool:
        return self.end is None

    @property
    def violated(self) -> bool:
        return self.violated_at is not None

    def was(self, at: int) -> tuple[bool, bool]:
        """(open, violated) as of an instant."""
        state = (False, False)
        for instant, is_open, violated in self.history:
            if instant <= at:
                state = (is_open, violated)
        return state


@dataclass(eq=False)
class Firing:
    """One action that a projection of the case wants performed, or skips."""

    occurrence: Occurrence
    line: Line
    trigger: Trigger
    action: Action
    threshold: int | None
    due_at: int
    fired_at: int
    skipped: str | None
    order: int

    def key(self, record: str) -> str:
        where = f"{self.line.milestone}#{self.occurrence.number}/{self.line.number}"
        return f"{record}/{where}/{self.trigger.name}/{self.action.position}"
