"""Where a replay parted from its history, out of what Temporal's core says of it, in words for people."""

import re
from collections.abc import Mapping
from typing import Final

from temporalio.workflow import NondeterminismError

from starter.replaying.capturing import Tape
from starter.replaying.reading import Run
from starter.replaying.results import Parted

_MESSAGE: Final = re.compile(r'message: "(?:\[TMPRL1100\] )?(?:Nondeterminism error: )?((?:[^"\\]|\\.)*)"')
_EVENT: Final = re.compile(r"HistoryEvent\(id: (\d+), \w+\)")
_MACHINE: Final = re.compile(r"^(\w+?) ?[Mm]achine does not handle this event")
_INSTEAD: Final[Mapping[str, str]] = {  # by what Temporal's core calls the state machine of a command
    "Activity": "starts an action",
    "CancelTimer": "gives up its timer",
    "CompleteWorkflow": "comes to its end",
    "ContinueAsNewWorkflow": "continues as new",
    "FailWorkflow": "fails",
    "LocalActivity": "asks for a decision",
    "Timer": "starts a timer",
    "Update": "answers news",
    "UpsertSearchAttributes": "sets search attributes",
}
_NOTHING: Final = "No command scheduled for event"


def parted(failure: Exception, tape: Tape, run: Run) -> Parted:
    """The event at which history and today's workflow part, and how."""
    if not isinstance(failure, NondeterminismError):
        problem = tape.failure or _short(str(failure))
        return Parted(event=tape.reached, kind=run.kind(tape.reached), problem=f"today's workflow fails there ({problem})")
    said = _short(str(failure))
    found = _EVENT.search(said)
    number = int(found[1]) if found else tape.reached
    return Parted(event=number, kind=run.kind(number), problem=_problem(said))


def _problem(said: str) -> str:
    machine = _MACHINE.match(said)
    if machine and machine[1] in _INSTEAD:
        return f"today's workflow {_INSTEAD[machine[1]]} there instead"
    if said.startswith(_NOTHING):
        return "today's workflow does nothing there"
    return f"Temporal says: {said}"


def _short(text: str) -> str:
    """The message in the dump of a failure, without the events in it."""
    found = _MESSAGE.search(text)
    return found[1] if found else text.splitlines()[0][:300]
