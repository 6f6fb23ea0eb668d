"""What was done when: every state of knowledge reigns from its `recorded_at` to the next, and acts on what it believes.

Readings chosen:
- Within a reign an action is performed at the later of its instant and the moment of learning (then, with `during`,
  at the next opening). News of an instant comes before the clock's work of that instant.
- "No longer wanted" means: as of the moment of the news, present knowledge has not (or not yet, or skips) that action.
- An action performed later than the `due_at` that present knowledge gives it is `late`, whatever the cause.
- A violation learned late runs even if the occurrence has been completed or closed since (SPEC 4: run once, late).
- `on_retracted` runs once per occurrence, line and piece of news, if violation actions were retracted and present
  knowledge does not hold that occurrence violated; if only a later escalation falls away it does not run.
- A violation of which no action was performed is not "retracted": nobody was told.
- An `on_retracted` action that was performed stays, even if the violation comes back.
- A success learned late is sent even if present knowledge knows of a later `uncompleted`.
- A late warning is judged anew by each piece of news as long as it has not been sent.
- A retracted row keeps the `due_at` it had while it was last wanted.
"""

from dataclasses import dataclass, field

from tests.oracle.hours import Hours, epoch
from tests.oracle.model import Action, Firing, Json, Line
from tests.oracle.projection import Projection
from tests.oracle.triggers import NOT_OPEN, NOT_WANTED, PAST_TARGET

RETRACTED = "retracted: by later knowledge it was not wanted"
MOOT = "dropped: the violation stands again"


@dataclass(eq=False)
class Run:
    """One performance of an action; `firing` is what last wanted it."""

    base_key: str
    number: int
    firing: Firing
    performed_at: int
    order: int
    active: bool = True

    @property
    def key(self) -> str:
        return self.base_key if self.number == 1 else f"{self.base_key}~{self.number}"


@dataclass(eq=False)
class Apology:
    """One `on_retracted` action: due at the moment of the news."""

    base_key: str
    milestone: tuple[int, int]  # group, occurrence number
    line: Line
    action: Action
    due_at: int
    perform_at: int
    number: int = 0
    order: int = 0
    performed: bool = False
    dropped: str | None = None

    @property
    def key(self) -> str:
        return self.base_key if self.number <= 1 else f"{self.base_key}~{self.number}"


@dataclass(eq=False)
class Record:
    """Everything done for one record up to `until`, and the last projection."""

    record: str
    runs: list[Run] = field(default_factory=list)
    apologies: list[Apology] = field(default_factory=list)
    injected: list[tuple[int, Json]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)  # by base key, in the last reign
    retracted: set[tuple[int, int]] = field(default_factory=set)  # group, occurrence number
    held: list[int] = field(default_factory=list)  # instants at which something opens after `until`
    order: int = 0

    def active(self, base_key: str) -> Run | None:
        return next((run for run in self.runs if run.base_key == base_key and run.active), None)

    def next_order(self) -> int:
        self.order += 1
        return self.order


def reconcile(memory: Record, present: Projection, known_at: int) -> None:
    """Retract what present knowledge, as of the news, does not want."""
    wanted = {firing.key(memory.record): firing for firing in present.firings if firing.skipped is None}
    fallen: dict[tuple[int, int, int], Run] = {}
    for run in memory.runs:
        if not run.active:
            continue
        if run.base_key in wanted:
            run.firing = wanted[run.base_key]
            continue
        run.active = False
        if run.firing.trigger.kind == "violation":
            occurrence = run.firing.occurrence
            fallen.setdefault((occurrence.group, occurrence.number, run.firing.line.number), run)
    for (group, number, line), run in fallen.items():
        if not _violated(present, group, number, line):
            memory.retracted.add((group, number))
            _apologise(memory, present, run, (group, number), known_at)


def _violated(present: Projection, group: int, number: int, line: int) -> bool:
    return any(o.number == number and o.line.number == line and o.violated for o in present.occurrences[group])


def _apologise(memory: Record, present: Projection, run: Run, of: tuple[int, int], known_at: int) -> None:
    line = run.firing.line
    for action in line.retracted.actions:
        during = action.params.get("during")
        opening = present.calendars[str(during)].next_open(known_at) if during else known_at
        base = f"{memory.record}/{line.milestone}#{of[1]}/{line.number}/retracted/{action.position}"
        memory.apologies.append(Apology(base, of, line, action, opening, opening))
        if action.kind == "update":
            memory.injected.append((known_at, dict(action.params["set"])))


def act(memory: Record, present: Projection, known_at: int, end: int) -> None:
    """Perform what falls due from `known_at` to `end`, and remember what was skipped or still waits."""
    memory.skipped, memory.held = {}, []
    for firing in present.firings:
        base = firing.key(memory.record)
        if firing.skipped is not None or memory.active(base) is not None:
            continue
        learned = max(firing.fired_at, known_at)
        perform_at = learned
        if firing.action.params.get("during"):
            hours: Hours = present.calendars[str(firing.action.params["during"])]
            perform_at = hours.next_open(learned)
        if perform_at > end:
            memory.held.append(perform_at)
            continue
        objection = _objection(firing, perform_at, waited=perform_at > learned)
        if objection:
            memory.skipped[base] = objection
        else:
            number = 1 + sum(run.base_key == base for run in memory.runs)
            memory.runs.append(Run(base, number, firing, perform_at, memory.next_order()))
    for apology in memory.apologies:
        _perform_apology(memory, present, apology, known_at, end)


def _objection(firing: Firing, at: int, *, waited: bool) -> str | None:
    """Why an action is not performed at that instant."""
    is_open, violated = firing.occurrence.was(at)
    if waited:
        wanted = {
            "warning": is_open and not violated,
            "violation": is_open,
            "success": firing.occurrence.completed_at is not None,
        }[firing.trigger.kind]
        if not wanted:
            return NOT_WANTED
    if firing.trigger.kind == "warning" and at > max(firing.due_at, firing.fired_at):
        if violated:
            return PAST_TARGET
        if not is_open:
            return NOT_OPEN
    return None


def _perform_apology(memory: Record, present: Projection, apology: Apology, known_at: int, end: int) -> None:
    if apology.performed or apology.dropped:
        return
    at = max(apology.perform_at, known_at)
    if at > end:
        memory.held.append(at)
    elif apology.perform_at > apology.due_at and _violated(present, *apology.milestone, apology.line.number):
        apology.dropped = MOOT
    else:
        same = [other for other in memory.apologies if other.base_key == apology.base_key and other.performed]
        apology.number, apology.performed = len(same) + 1, True
        apology.order = memory.next_order()


def play(
    process: Json, calendars: dict[str, Json], record: str, events: list[Json], until: int
) -> tuple[Record, Projection]:
    """All reigns in order; returns what was done and what is known at `until`."""
    memory = Record(record)
    moments = sorted({epoch(event["recorded_at"]) for event in events if epoch(event["recorded_at"]) <= until})
    present: Projection | None = None
    for position, moment in enumerate(moments):
        known = [event for event in events if epoch(event["recorded_at"]) <= moment]
        if not any(event["type"] == "opened" for event in known):
            continue
        end = moments[position + 1] - 1 if position + 1 < len(moments) else until
        reconcile(memory, Projection(process, calendars, known, memory.injected, moment), moment)
        present = Projection(process, calendars, known, memory.injected, end)
        act(memory, present, moment, end)
    assert present is not None
    return memory, present
