"""What an action is given and what it gives back. No driver, no temporalio (HOUSE, contract 4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from activities.actions.whom import text_of
from activities.ports import Directory, Mailer, Secrets, Tasks, Web
from sla.calendar import BusinessHours
from sla.dispatch import line_of
from sla.evaluation.following import Origins
from sla.events import AnyEvent
from sla.messages import World
from sla.process.model import Action, Milestone, Process
from sla.timeline import Effect, Occurrence, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """A rendered mail template."""

    subject: str
    text: str
    html: str


class Templates(Protocol):
    """Renders texts for people, in a sandbox and within bounds. Raises Permanent for a text that cannot be rendered."""

    def known(self) -> tuple[str, ...]:
        """The names of the mail templates."""
        ...

    def mail(self, name: str, view: Mapping[str, Any]) -> MailText:
        """Render a mail template."""
        ...

    def line(self, source: str, view: Mapping[str, Any]) -> str:
        """Render a line of plain text that a process file spells, such as a mail's subject."""
        ...

    def chat(self, source: str, view: Mapping[str, Any]) -> str:
        """Render a chat message; `&`, `<` and `>` in inserted values are escaped as Slack asks."""
        ...


class Progress(Protocol):
    """Remembers, beyond a retry, which parts of an action the world has accepted (each mail of several)."""

    async def has(self, part: str) -> bool:
        """Whether this part was accepted."""
        ...

    async def add(self, part: str, detail: Mapping[str, Any]) -> None:
        """Note that this part was accepted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The world, as far as actions reach it. `base_url` is the address of this installation, without a final slash."""

    directory: Directory
    tasks: Tasks
    mailer: Mailer
    web: Web
    secrets: Secrets
    templates: Templates
    base_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an action: `detail` for the ledger (JSON), and what it decided about the record, as events."""

    detail: dict[str, Any] = field(default_factory=dict)
    events: tuple[AnyEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContext:
    """The action, the case that it belongs to as of `now`, and the world.

    Process and calendars are those of the law that the action comes from; `origins` are of a record that moved.
    """

    effect: Effect
    now: datetime
    process: Process
    timeline: Timeline
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours
    outside: Outside
    progress: Progress
    origins: Origins = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The action's stable key (SPEC 5)."""
        return self.effect.key

    @property
    def record(self) -> str:
        """The record's id."""
        return self.timeline.record

    @property
    def fields(self) -> Mapping[str, Any]:
        """The record's fields, as of now."""
        return self.timeline.fields

    def text(self, name: str) -> str | None:
        """A field of the record that names somebody or something; None if it is empty or no text."""
        return text_of(self.fields, name)

    @property
    def directory(self) -> Directory:
        """Who there is."""
        return self.outside.directory

    @property
    def line(self) -> Milestone | None:
        """The process's line that the action comes from."""
        return line_of(self.effect, self.process, self.origins)

    @property
    def occurrence(self) -> Occurrence | None:
        """The milestone's occurrence; None if by now it never began (its violation was retracted)."""
        wanted = (self.effect.milestone, self.effect.occurrence)
        return next((o for o in self.timeline.milestones if (o.milestone, o.occurrence) == wanted), None)

    @property
    def hours(self) -> BusinessHours:
        """The milestone's business hours (SPEC 3), for saying times and for days of work."""
        line = self.line
        named = (line.business_hours if line else None) or self.process.business_hours or self.text("business_hours")
        return self.calendars.get(named or "", self.default_hours)

    @property
    def action(self) -> Action | None:
        """The action as the process file spells it."""
        line = self.line
        found = re.search(r"/(warning|violation|success|retracted)(?:-(\d+))?/(\d+)(?:~\d+)?$", self.key)
        if line is None or found is None:
            return None
        position, number = int(found[2] or 1) - 1, int(found[3]) - 1
        groups = {
            "warning": [trigger.actions for trigger in line.warnings],
            "violation": [trigger.actions for trigger in line.violations],
            "success": [line.success],
            "retracted": [line.on_retracted],
        }[found[1]]
        actions = groups[position] if position < len(groups) else ()
        return actions[number] if number < len(actions) else None

    @property
    def link(self) -> str:
        """Where people see the record."""
        return f"{self.outside.base_url}/records/{quote(self.record, safe='')}"


class Kind(Protocol):
    """A kind of action: what each module of this package, one for each kind, consists of."""

    @property
    def KIND(self) -> str:  # noqa: N802
        """Its key in a process file."""
        ...

    @property
    def WORDS(self) -> str:  # noqa: N802
        """What it does, in a line for people."""
        ...

    @property
    def EXAMPLE(self) -> Mapping[str, Any]:  # noqa: N802
        """Parameters that are valid."""
        ...

    @property
    def WORLD(self) -> World:  # noqa: N802
        """The outside world that it needs."""
        ...

    @property
    def Params(self) -> Any:  # noqa: N802
        """Its parameters, a subclass of `Parameters`."""
        ...

    async def perform(self, context: ActionContext, params: Any, /) -> Done:
        """Do it. Raises Transient or Permanent."""
        ...
