"""All about one case, as a page that fits a terminal of 80 columns and makes use of more."""

import shlex
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text

from sla.timeline import Occurrence, numbered
from starter.cli.case_actions import deed, outcome_of
from starter.cli.fitting import Col, Cut, Fitting, Way, stacked, up_to, whole, words
from starter.cli.words import NOTHING, length, status, when
from starter.views import AsOfView, CaseFile, ChoiceView, DeedView, EffectView, TaskView

Instants = Callable[[str], str]
"""How an instant in words is set: on one line (`str`), or its time below its date (`stacked`)."""


def case_page(found: CaseFile, zone: ZoneInfo) -> RenderableType:
    """All about one case."""
    record, timeline = found.record, found.timeline
    closed = " [dim](closed)[/]" if record.out else ""
    parts: list[RenderableType] = [
        f"[bold]{escape(record.record)}[/]  {status(record.status)}{closed}  {_text(record.subject)}",
        f"[dim]{escape(record.process)} v{record.version} · opened {when(record.opened_at, zone)} · times in {zone}[/]",
        f"account {_text(record.account)} · owner {_text(record.owner)} · queue {_text(record.queue)} "
        f"· priority {_text(record.priority)}",
        *_entitlement(found.entitlement),
        *_then(found.as_of, zone),
        "",
    ]
    if timeline.milestones:
        parts += [_milestones(timeline.milestones, zone), ""]
    if found.effects:
        parts += [_actions(found.effects, zone), "", *_retries(record.record, found.effects)]
    if found.tasks:
        parts += [_tasks(found.tasks, zone), ""]
    if found.as_of is not None:
        parts += [_besides(one, zone) for one in found.as_of.performed_besides]
    parts += [f"note: {escape(note)}" for note in timeline.notes]
    parts.append(f"next: {when(timeline.next_wakeup, zone)}")
    return Group(*parts)


def _entitlement(choice: ChoiceView | None) -> list[str]:
    """The promise that the record is held to, and how it was chosen; nothing where nothing is promised."""
    if choice is None:
        return []
    return [f"entitlement {_text(choice.chosen)} [dim]({escape(choice.why)})[/]"]


def _then(then: AsOfView | None, zone: ZoneInfo) -> list[str]:
    """As of when the case is shown, and by whose knowledge; nothing if it is as of now."""
    if then is None:
        return []
    known = when(then.known_at, zone) if then.known_at != then.at else "then"
    after = "" if then.last_event is None else f", just after event {escape(then.last_event)}"
    more = " (late news counts as on time)" if then.at < then.known_at else ""
    counted = f"{then.events} of {then.of_events} events"
    return [f"[bold yellow]as of {when(then.at, zone)}[/]{after}, by what was known {known}{more} · {counted}"]


def _besides(deed: DeedView, zone: ZoneInfo) -> str:
    done = f"{escape(deed.action or 'an action')} was performed at {when(deed.performed_at, zone)}"
    return f"note: {done}, which by this knowledge was not due: {escape(deed.key)}"


def _text(value: object) -> str:
    return NOTHING if value is None else escape(str(value))


# ---------------------------------------------------------------------- milestones


def _milestones(milestones: Sequence[Occurrence], zone: ZoneInfo) -> Fitting:
    """With a column for each figure; else with the figures in one, and the start only where there is room for it."""
    return Fitting(
        _figures_apart(milestones, zone),
        _figures_together(milestones, zone, started=True, texts=whole),
        _figures_together(milestones, zone, started=True, texts=words),
        _figures_together(milestones, zone, started=False, texts=words),
    )


def _figures_apart(milestones: Sequence[Occurrence], zone: ZoneInfo) -> Way:
    figures = [Col(heading, justify="right") for heading in ("Limit", "Used", "Stopped", "Overdue")]
    columns = [Col("Milestone"), Col("Status", words), Col("Started"), Col("Target"), Col("Completed"), *figures]
    rows = [
        [
            *_title(one),
            *(when(at, zone) for at in (one.started_at, one.target_at, one.completed_at)),
            *(length(seconds) for seconds in (one.limit_s, one.actual_s, one.stopped_s, one.overdue_s)),
        ]
        for one in milestones
    ]
    return Way(columns, rows)


def _figures_together(milestones: Sequence[Occurrence], zone: ZoneInfo, *, started: bool, texts: Cut) -> Way:
    first = 0 if started else 1
    instants = [Col(heading) for heading in ("Started", "Target", "Completed")[first:]]
    rows = [
        [
            *_title(one),
            *(stacked(when(at, zone)) for at in (one.started_at, one.target_at, one.completed_at)[first:]),
            "\n".join(_clock(one)),
        ]
        for one in milestones
    ]
    return Way([Col("Milestone", texts), Col("Status", texts), *instants, Col("Clock", None, least=22)], rows)


def _clock(one: Occurrence) -> list[str]:
    """The figures that there are: `49 min 48 s of 1 h`, `20 min stopped`, `9 min overdue`."""
    used = length(one.limit_s) if one.actual_s is None else f"{length(one.actual_s)} of {length(one.limit_s)}"
    more = ((one.stopped_s, "stopped"), (one.overdue_s, "overdue"))
    return [used, *(f"{length(seconds)} {word}" for seconds, word in more if seconds)]


def _title(one: Occurrence) -> tuple[str, str]:
    retracted = " (violation retracted)" if one.retracted else ""
    return escape(numbered(one.milestone, one.occurrence)), status(one.status) + retracted


# ---------------------------------------------------------------------- actions and tasks


def _actions(views: Sequence[EffectView], zone: ZoneInfo) -> Fitting:
    roomy = (Col("Due"), Col("Milestone"), Col("Trigger"), Col("Action", None, least=30), Col("Outcome", None, least=30))
    tight = (Col("Due"), Col("Milestone", words), Col("Trigger"), Col("Action", up_to(20)), Col("Outcome", None))
    return Fitting(
        Way(roomy, [_action(view, zone, str) for view in views]),
        Way(tight, [_action(view, zone, stacked) for view in views]),
    )


def _action(view: EffectView, zone: ZoneInfo, instants: Instants) -> Sequence[str]:
    effect = view.effect
    word, more = outcome_of(view, zone, beside=effect.due_at)
    name = numbered(effect.milestone, effect.occurrence)
    due = instants(when(effect.due_at, zone))
    return due, escape(name), effect.trigger, escape(deed(effect)), status(word) + escape(more)


def _retries(record: str, views: Sequence[EffectView]) -> list[RenderableType]:
    """The commands by which what was given up is tried again: never broken, so that they can be copied."""
    keys = [view.effect.key for view in views if view.outcome == "gave_up"]
    if not keys:
        return []
    commands = (f"  milepost case retry {shlex.quote(record)} {shlex.quote(key)}" for key in keys)
    lines = [Text(command, no_wrap=True, overflow="ignore") for command in commands]
    return ["Given up; when the cause is mended, have it tried again:", *lines, ""]


def _tasks(tasks: Sequence[TaskView], zone: ZoneInfo) -> Fitting:
    return Fitting(
        Way((Col("Task", None, least=30), Col("For"), *_TASK_TIMES), [_task(task, zone, str) for task in tasks]),
        Way((Col("Task", None), Col("For", up_to(20)), *_TASK_TIMES), [_task(task, zone, stacked) for task in tasks]),
    )


_TASK_TIMES = (Col("Due"), Col("Opened"))


def _task(task: TaskView, zone: ZoneInfo, instants: Instants) -> Sequence[str]:
    moments = (instants(when(at, zone)) for at in (task.due_at, task.opened_at))
    return escape(task.subject), escape(", ".join(task.to)), *moments
