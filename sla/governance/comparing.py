"""Several processes side by side: a row for each property of each milestone, a column for each process. Pure."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sla.governance import shapes
from sla.governance.reading import titled
from sla.governance.spelling import actions_text, limit_text, spelled
from sla.process.model import Milestone, Process, Warn


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One property. `milestone` None: of the process. A value is None where a process has no such milestone.

    `differs` looks at what values mean: 60m does not differ from 1h.
    """

    milestone: str | None
    property: str
    values: tuple[str | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Processes side by side, in the order in which they were named."""

    processes: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def differing(self) -> tuple[Row, ...]:
        """The rows in which they differ."""
        return tuple(row for row in self.rows if row.differs)


class _OfProcess(NamedTuple):
    name: str
    text: Callable[[Process], str]
    means: Callable[[Process], Hashable]


class _OfLine(NamedTuple):
    name: str
    text: Callable[[Milestone], str]
    means: Callable[[Milestone], Hashable]


def _of_process(name: str, text: Callable[[Process], str]) -> _OfProcess:
    return _OfProcess(name, text, text)


def _of_line(name: str, text: Callable[[Milestone], str]) -> _OfLine:
    return _OfLine(name, text, text)


def _warnings(line: Milestone) -> str:
    return "\n".join(f"{one.at or f'{one.before} before'}{_then(actions_text(one.actions))}" for one in line.warnings)


def _violations(line: Milestone) -> str:
    return "\n".join(f"{one.after} after{_then(actions_text(one.actions))}" for one in line.violations)


def _then(actions: str) -> str:
    return ":\n" + actions if actions else ""


_PROCESS: Final = (
    _of_process("applies to", lambda process: process.applies_to),
    _of_process("business hours", lambda process: process.business_hours or ""),
    _of_process("starts at", lambda process: process.start_at),
    _OfProcess("stops when", lambda process: spelled(process.stop_when), lambda p: shapes.condition(p.stop_when)),
    _OfProcess("exits when", lambda process: spelled(process.exit_when), lambda p: shapes.condition(p.exit_when)),
    _of_process("at exit", lambda process: process.on_exit),
    _of_process("when reopened", lambda process: process.on_reopen),
)
_LINE: Final = (
    _OfLine("within", lambda line: limit_text(line.within), lambda line: shapes.limit(line, None)),
    _OfLine("applies when", lambda line: spelled(line.when), lambda line: shapes.condition(line.when)),
    _of_line("counts from", lambda line: line.start),
    _of_line("recurrence", lambda line: line.recurrence),
    _of_line("business hours", lambda line: line.business_hours or ""),
    _OfLine("stops when", lambda line: spelled(line.stop_when), lambda line: shapes.condition(line.stop_when)),
    _OfLine("completes when", lambda line: spelled(line.complete_when), lambda line: shapes.condition(line.complete_when)),
    _OfLine(
        "warnings", _warnings, lambda line: tuple((_when(line, one), shapes.actions(one.actions)) for one in line.warnings)
    ),
    _OfLine(
        "violations",
        _violations,
        lambda line: tuple((shapes.length_of(one.after, None), shapes.actions(one.actions)) for one in line.violations),
    ),
    _OfLine("success", lambda line: actions_text(line.success), lambda line: shapes.actions(line.success)),
    _OfLine("when retracted", lambda line: actions_text(line.on_retracted), lambda line: shapes.actions(line.on_retracted)),
)


def compare(processes: Sequence[Process]) -> Comparison:
    """The processes side by side; milestones in the order in which they first appear. Rows that say nothing are left out."""
    lines = [{title: line for line, title in titled(process)} for process in processes]
    titles = dict.fromkeys(title for found in lines for title in found)
    rows = [*_of_processes(processes), *(row for title in titles for row in _of_lines(title, lines))]
    return Comparison(processes=tuple(process.process for process in processes), rows=tuple(rows))


def _of_processes(processes: Sequence[Process]) -> Iterator[Row]:
    for one in _PROCESS:
        values = tuple(one.text(process) for process in processes)
        if any(values):
            differs = len({one.means(process) for process in processes}) > 1
            yield Row(milestone=None, property=one.name, values=values, differs=differs)


def _of_lines(title: str, found: Sequence[dict[str, Milestone]]) -> Iterator[Row]:
    lines = [one.get(title) for one in found]
    for one in _LINE:
        values = tuple(None if line is None else one.text(line) for line in lines)
        if any(values):
            differs = len({None if line is None else (one.means(line),) for line in lines}) > 1
            yield Row(milestone=title, property=one.name, values=values, differs=differs)


def _when(line: Milestone, warning: Warn) -> Hashable:
    return shapes.warning(warning, shapes.limit(line, None), None)
