"""What became of the cases: promised, recorded and evaluated side by side, and a sentence for every broken promise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table

from sla.timeline import Effect, Occurrence, Timeline, numbered
from starter.cli.words import status
from workers.demo.picture import PADDING
from workers.demo.scaling import Scale
from workers.demo.stories import Promise, Story, instant
from workers.demo.watching import Seen

_UNDONE = {None: "not performed", "gave_up": "given up", "dropped": "dropped"}
_RETRACTED = " (retracted)"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One case at its end: `case` as the store has it, `timeline` as `evaluate` has it from the log alone."""

    story: Story
    case: Seen
    timeline: Timeline
    broken: Sequence[str] = field(default=())


def judge(
    story: Story, case: Seen, timeline: Timeline, *, start: datetime, scale: Scale, seniors: frozenset[str]
) -> Verdict:
    """Hold a case against its log and its story."""
    broken = [
        *_not_as_evaluated(case, timeline),
        *_not_as_promised(story, timeline, start, scale),
        *_not_as_acted(story, timeline),
        *_not_performed(case),
    ]
    if case.stored is None or not case.stored.out:
        broken.append("it is not closed")
    if story.senior and (owner := _owner(case)) not in seniors:
        broken.append(f"its owner is {owner}, who is no senior agent")
    told = [f"{story.record} {story.title}: {what}." for what in broken]
    return Verdict(story=story, case=case, timeline=timeline, broken=told)


def _owner(case: Seen) -> str:
    return (case.stored.owner if case.stored is not None else None) or "nobody"


def _not_as_evaluated(case: Seen, timeline: Timeline) -> Iterator[str]:
    """Where the store differs from `evaluate`, field by field."""
    if case.stored is not None and case.stored.status != timeline.status:
        yield f"recorded as {case.stored.status}, evaluated as {timeline.status}"
    recorded, evaluated = _by_number(case.occurrences), _by_number(timeline.milestones)
    for key in sorted(recorded.keys() | evaluated.keys()):
        one, other = recorded.get(key), evaluated.get(key)
        if one is None or other is None:
            yield f"{numbered(*key)} is only {'evaluated' if one is None else 'recorded'}"
            continue
        for name in Occurrence.model_fields:
            if (has := getattr(one, name)) != (should := getattr(other, name)):
                yield f"{numbered(*key)}: {name} is recorded as {has}, evaluated as {should}"
    stored = {state.effect.key: _essence(state.effect) for state in case.effects}
    reached = {effect.key: _essence(effect) for effect in timeline.effects}
    for action in sorted(stored.keys() | reached.keys()):
        if stored.get(action) != reached.get(action):
            yield f"action {action} is recorded as {stored.get(action)}, evaluated as {reached.get(action)}"


def _by_number(occurrences: Sequence[Occurrence]) -> dict[tuple[str, int], Occurrence]:
    return {(one.milestone, one.occurrence): one for one in occurrences}


def _essence(effect: Effect) -> tuple[str, str]:
    return effect.status, f"due {effect.due_at:%H:%M:%S}"


def _not_as_promised(story: Story, timeline: Timeline, start: datetime, scale: Scale) -> Iterator[str]:
    found = _by_number(timeline.milestones)
    if set(found) != {(name, 1) for name in story.promises}:
        yield f"its milestones are {', '.join(numbered(*key) for key in found)}"
    for name, promise in story.promises.items():
        one = found.get((name, 1))
        if one is None:
            continue
        has = (one.status, one.violated, one.retracted)
        if has != (promise.status, promise.violated, promise.retracted):
            yield f"{name} was promised as {_plainly(promise)}, and is {_plainly(one)}"
        if one.completed_at is not None and one.completed_at != (due := instant(start, promise.at, scale)):
            yield f"{name} was completed at {due:%H:%M:%S}, but counts as completed at {one.completed_at:%H:%M:%S}"


def acts(timeline: Timeline) -> Counter[str]:
    """What was to be done: how often each action of each milestone's triggers."""
    wanted = (effect for effect in timeline.effects if effect.status != "skipped")
    return Counter(f"{effect.milestone}: {effect.trigger} {effect.action}" for effect in wanted)


def _not_as_acted(story: Story, timeline: Timeline) -> Iterator[str]:
    found, promised = acts(timeline), Counter(story.acts)
    for act in sorted(found.keys() | promised.keys()):
        if found[act] != promised[act]:
            yield f"{act} was promised {promised[act]}×, and is due {found[act]}×"


def _not_performed(case: Seen) -> Iterator[str]:
    for state in case.effects:
        if state.effect.status == "skipped":
            continue
        if state.line is None or state.line.outcome != "performed":
            yield f"action {state.effect.key} was {_UNDONE[None if state.line is None else state.line.outcome]}"
        if state.attempts:
            yield f"action {state.effect.key} failed {state.attempts} times: {state.problem}"


# ---------------------------------------------------------------------- the table


def in_words(one: Occurrence | Promise) -> str:
    """A milestone's end: its status, and whether a violation was taken back."""
    return f"{status(one.status)}{_RETRACTED if one.retracted else ''}"


def _plainly(one: Occurrence | Promise) -> str:
    """The same without any look."""
    return f"{one.status.replace('_', ' ')}{_RETRACTED if one.retracted else ''}"


def show_outcomes(screen: Console, verdicts: Sequence[Verdict]) -> None:
    """Show a line for each case with its actions, and one for each of its milestones."""
    table = Table("Case", "Promised", "Recorded", "evaluate(log)", "", box=box.SIMPLE_HEAD, padding=PADDING)
    for verdict in verdicts:
        _add(table, verdict)
    screen.print(table)


def _add(table: Table, verdict: Verdict) -> None:
    done = sum(1 for state in verdict.case.effects if state.line is not None and state.line.outcome == "performed")
    due, promised = acts(verdict.timeline).total(), len(verdict.story.acts)
    owner = f"[dim], owner {_owner(verdict.case)}[/]" if verdict.story.senior else ""
    label = f"[bold]{verdict.story.record} {verdict.story.title}[/]"
    table.add_row(label, _actions(promised), _actions(done) + owner, _actions(due), _mark(held=done == due == promised))
    recorded, evaluated = _by_number(verdict.case.occurrences), _by_number(verdict.timeline.milestones)
    for name, promise in verdict.story.promises.items():
        one, other = recorded.get((name, 1)), evaluated.get((name, 1))
        held = one == other and other is not None and in_words(other) == in_words(promise)
        table.add_row(f"  {name}", in_words(promise), _took(one), _took(other), _mark(held=held))


def _actions(count: int) -> str:
    return f"[dim]{count} action{'' if count == 1 else 's'}[/]"


def _took(one: Occurrence | None) -> str:
    if one is None:
        return "[red]nothing[/]"
    return in_words(one) if one.actual_s is None else f"{in_words(one)}, {one.actual_s} s"


def _mark(*, held: bool) -> str:
    return "[green]✓[/]" if held else "[bold red]✗[/]"
