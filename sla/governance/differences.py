"""What is different between two processes, or two calendars, in words (SPEC 3). Pure.

`First Response tightened from 1h to 45m; Resolution's 75 % warning removed`. There is no difference exactly between
definitions that mean the same: `60m` is `1h`, `75 %` is `75%`, the keys of a mapping have no order. The order of
milestones, triggers and actions does mean something.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from sla.duration import Duration
from sla.governance.calendar_differences import between_calendars
from sla.governance.difference import Difference, equals, in_words, of_field, plain, said, same
from sla.governance.pairing import Pairing, pair
from sla.governance.trigger_differences import between_triggers
from sla.process.model import Limit, LimitTable, Milestone, Process

__all__ = ["Difference", "between_calendars", "between_processes", "in_words"]

_OF_PROCESS: Final = (
    "process", "applies_to", "description", "business_hours", "start_at", "exit_when", "on_exit", "on_reopen", "stop_when",
)  # fmt: skip
_OF_LINE: Final = (
    "description", "when", "start", "recurrence", "business_hours", "stop_when", "complete_when",
)  # fmt: skip


def between_processes(before: Process, after: Process) -> tuple[Difference, ...]:
    """All that is different, in the order of the later one."""
    return tuple(_of_processes(before, after))


def _of_processes(before: Process, after: Process) -> Iterator[Difference]:
    for name in _OF_PROCESS:
        old, new = getattr(before, name), getattr(after, name)
        if not equals(old, new):
            yield of_field(name, old, new)
    found = pair(before.milestones, after.milestones, _same_line, _same_milestone, _same_but_for_its_name)
    pairs = {two: one for one, two in found.pairs}
    for two, line in enumerate(after.milestones):
        if two in pairs:
            yield from _between_lines(before.milestones[pairs[two]], line, _called(after, two), f"milestones[{two}].")
        else:
            told = f"{_called(after, two)} added, within {_limit_text(line.within)}"
            yield Difference(
                what="added", milestone=line.milestone, field=f"milestones[{two}]", after=plain(line), sentence=told
            )
    for one in found.removed:
        line = before.milestones[one]
        yield Difference(
            what="removed", milestone=line.milestone, field=f"milestones[{one}]", before=plain(line),
            sentence=f"{_called(before, one)} removed",
        )  # fmt: skip
    yield from _order(before, after, found)


def _order(before: Process, after: Process, found: Pairing[Milestone]) -> Iterator[Difference]:
    if not found.in_order:
        old = [_called(before, position) for position in range(len(before.milestones))]
        new = [_called(after, position) for position in range(len(after.milestones))]
        told = f"The milestones stand in another order: {', '.join(new)}"
        yield Difference(what="reordered", field="milestones", before=old, after=new, sentence=told)


def _same_milestone(one: Milestone, two: Milestone) -> bool:
    return one.milestone == two.milestone


def _same_line(one: Milestone, two: Milestone) -> bool:
    return _same_milestone(one, two) and equals(one.when, two.when)


def _same_but_for_its_name(one: Milestone, two: Milestone) -> bool:
    return not any(_between_lines(one.model_copy(update={"milestone": two.milestone}), two, "", ""))


def _called(process: Process, position: int) -> str:
    """What sentences call a line: its milestone, and its condition where the milestone has several lines."""
    line = process.milestones[position]
    if sum(one.milestone == line.milestone for one in process.milestones) == 1:
        return line.milestone
    return f"{line.milestone} ({'otherwise' if line.when is None else said(line.when.source)})"


# ---------------------------------------------------------------------- one line


def _between_lines(before: Milestone, after: Milestone, name: str, path: str) -> Iterator[Difference]:
    if before.milestone != after.milestone:
        yield Difference(
            what="changed", milestone=before.milestone, field=f"{path}milestone", before=before.milestone,
            after=after.milestone, sentence=f"{before.milestone} renamed to {after.milestone}",
        )  # fmt: skip
    yield from _limits(before.within, after.within, name, f"{path}within", before.milestone)
    for field in _OF_LINE:
        old, new = getattr(before, field), getattr(after, field)
        if not equals(old, new):
            yield of_field(field, old, new, path=path, milestone=name).model_copy(update={"milestone": before.milestone})
    yield from between_triggers(before, after, name, path)


def _limits(before: Limit, after: Limit, name: str, path: str, milestone: str) -> Iterator[Difference]:
    if isinstance(before, Duration) and isinstance(after, Duration):
        yield from _one_limit(before, after, name, "", path=path, milestone=milestone)
    elif isinstance(before, LimitTable) and isinstance(after, LimitTable) and before.by == after.by:
        yield from _tables(before, after, name, path, milestone)
    elif not same(plain(before), plain(after)):
        told = f"{name}'s limit changed from {_limit_text(before)} to {_limit_text(after)}"
        yield Difference(
            what="changed", milestone=milestone, field=path, before=plain(before), after=plain(after), sentence=told
        )


def _tables(before: LimitTable, after: LimitTable, name: str, path: str, milestone: str) -> Iterator[Difference]:
    for key in {**before.values, **after.values}:
        which = f" for {before.by} {key}"
        old, new = before.values.get(key), after.values.get(key)
        if old is not None and new is not None:
            yield from _one_limit(old, new, name, which, path=f"{path}.values.{key}", milestone=milestone)
        else:
            what: Literal["added", "removed"] = "added" if old is None else "removed"
            told = f"{name}'s limit of {old or new}{which} {what}"
            yield Difference(
                what=what, milestone=milestone, field=f"{path}.values.{key}", before=plain(old), after=plain(new),
                sentence=told,
            )  # fmt: skip
    yield from _one_limit(before.default, after.default, name, " by default", path=f"{path}.default", milestone=milestone)


def _one_limit(
    before: Duration, after: Duration, name: str, which: str, *, path: str, milestone: str
) -> Iterator[Difference]:
    if before == after:
        return
    what = _direction(before, after)
    told = f"{name} {what} from {before} to {after}{which}"
    if what == "changed":
        told = f"{name}'s limit{which} changed from {before} to {after}"
    yield Difference(what=what, milestone=milestone, field=path, before=before.text, after=after.text, sentence=told)


def _direction(before: Duration, after: Duration) -> Literal["tightened", "relaxed", "changed"]:
    """What a change of a limit means; without a calendar, business days and hours do not compare."""
    if after.seconds <= before.seconds and after.business_days <= before.business_days:
        return "tightened"
    if after.seconds >= before.seconds and after.business_days >= before.business_days:
        return "relaxed"
    return "changed"


def _limit_text(limit: Limit) -> str:
    if isinstance(limit, Duration):
        return limit.text
    values: Mapping[str, Duration] = limit.values
    listed = ", ".join(f"{key} {value}" for key, value in values.items())
    return f"{limit.default} by default ({limit.by}: {listed})" if listed else f"{limit.default} by default ({limit.by})"
