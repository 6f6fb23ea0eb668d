"""Whether what is in a bundle proves its outcome: today's law against what it says, and its parts against each other.

Pure: it is given values, and answers with sentences about what does not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sla.dossier import Dossier
from sla.forgetting import ERASED
from sla.histories import History, JsonObject, begun_with, digest_of, law_digest

NOTHING: Final = "nothing"
_FIGURES: Final = (
    "status", "started_at", "target_at", "completed_at", "violated", "violated_at", "retracted", "limit_s", "elapsed_s",
    "stopped_s", "actual_s", "overdue_s",
)  # fmt: skip
"""What is compared of an occurrence."""


def outcome_differences(dossier: Dossier, recorded: JsonObject) -> list[str]:
    """How the outcome that this version finds differs from the one that is recorded; empty if it is the same."""
    now: JsonObject = dossier.timeline().model_dump(mode="json")
    return [
        *_changes("the record", recorded, now, ("status", "next_wakeup")),
        *_all("", _occurrences(recorded), _occurrences(now), _FIGURES),
        *_all("action ", _actions(recorded), _actions(now), ("status", "due_at", "reason")),
    ]


def history_problems(dossier: Dossier, runs: Sequence[History]) -> list[str]:
    """What is wrong with the histories: not as they were stored, of other definitions, or with one missing between them."""
    return [
        problem
        for run in runs
        for problem in (*_of_itself(run), *_of_record(dossier, run), *_of_laws(dossier, run), *_of_chain(run, runs))
    ]


def _of_itself(run: History) -> Iterator[str]:
    if run.history is not None and digest_of(run.history) != run.digest:
        yield f"the history of run {run.run_id} is not the one that was stored"
    elif run.digest != run.original_digest and run.redacted_at is None:
        yield f"the history of run {run.run_id} was changed, and nobody redacted it"


def _of_record(dossier: Dossier, run: History) -> Iterator[str]:
    events = (run.history or {}).get("events") or [{}]
    case = begun_with(events[0])
    if run.redacted_at is not None and case is not None and case.record == ERASED:
        return  # an id that was nothing but a name
    if case is not None and case.record != dossier.record:
        yield f"the history of run {run.run_id} is that of another record, {case.record}"


def _of_laws(dossier: Dossier, run: History) -> Iterator[str]:
    here = {law.ref: law_digest(law) for law in dossier.laws}
    for told in run.definitions:
        if told.ref in here:
            for what in told.differs_from(here[told.ref]):
                yield f"{what} of {told.ref.process} v{told.ref.version} is not as it was when run {run.run_id} was stored"


def _of_chain(run: History, runs: Sequence[History]) -> Iterator[str]:
    there = {one.run_id for one in runs}
    for near, word in ((run.continues, "continues"), (run.continued_by, "is continued by")):
        if near and near not in there:
            yield f"run {run.run_id} {word} run {near}, which is not here"


def _occurrences(timeline: JsonObject) -> dict[str, JsonObject]:
    return {f"{one['milestone']} #{one['occurrence']}": one for one in timeline.get("milestones", [])}


def _actions(timeline: JsonObject) -> dict[str, JsonObject]:
    return {one["key"]: one for one in timeline.get("effects", [])}


def _all(
    kind: str, recorded: Mapping[str, JsonObject], now: Mapping[str, JsonObject], names: Sequence[str]
) -> Iterator[str]:
    for name in [*recorded, *(name for name in now if name not in recorded)]:
        if name not in now:
            yield f"{kind}{name} is recorded, and this version finds none"
        elif name not in recorded:
            yield f"{kind}{name} is not recorded, and this version finds it"
        else:
            yield from _changes(f"{kind}{name}", recorded[name], now[name], names)


def _changes(subject: str, recorded: JsonObject, now: JsonObject, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name in recorded and recorded[name] != now.get(name):
            word = name.removesuffix("_s").replace("_", " ")
            was, found = _told(name, recorded[name]), _told(name, now.get(name))
            yield f"{subject}: {word} is recorded as {was}, and this version finds {found}"


def _told(name: str, value: Any) -> str:
    if value is None:
        return NOTHING
    return f"{value} s" if name.endswith("_s") else str(value).lower() if isinstance(value, bool) else str(value)
