"""The engine and an independent reading of SPEC agree on generated cases, but where the reading was decided otherwise.

`tests.oracle` shares no code with `sla`. Where the two differed, SPEC was read once more; ADJUDICATED holds the seeds that
still differ because the engine's reading was found to be the right one, each with that reading.
"""

from typing import Any

import pytest

from sla.calendar import BusinessHours
from sla.engine import evaluate
from sla.events import Event, UnknownEventType, read_event
from sla.instants import to_instant
from sla.process.model import Process
from tests.oracle import simulate
from tests.oracle.compare import differences
from tests.oracle.generate import PROFILES, Case, case

Json = dict[str, Any]
SEEDS = 150

READINGS = {
    "returning": "who returns at an instant can be completed then; leaving and returning count in the order of the events",
    "start": "closed at the very start of the process: begun and cancelled with length 0",
    "waiting": "an action that waits is sent at the opening, which it shows; at risk from the threshold on, whatever waits",
    "one id": "of two lines with one id where one is `opened`, the opening counts",
    "a fact": "`retracted` is about the violation as a fact of that line, whatever was done about it",
    "mistake": "what elapsed between a completion and its undoing is listed, also if it is completed again at that instant",
}
ADJUDICATED = {
    "all": {
        7: "waiting", 13: "returning", 24: "start", 31: "one id", 33: "waiting", 82: "one id",
        114: "waiting", 124: "a fact", 133: "waiting",
    },
    "completing": {35: "mistake", 148: "mistake"},
    "reopen": dict.fromkeys((0, 12, 16, 18, 21, 29, 30, 54, 81, 98, 131), "returning"),
}  # fmt: skip


def simulated(process: Json, calendars: dict[str, Json], lines: list[Json], until: str | None) -> list[Json]:
    """What `milepost simulate` prints, by the engine."""
    hours = {name: BusinessHours.model_validate(calendar) for name, calendar in calendars.items()}
    now = max(to_instant(line.get("recorded_at", line["at"])) for line in lines) if until is None else to_instant(until)
    rules = Process.model_validate(process)
    timelines = (evaluate(rules, hours, known, now) for known in by_record(lines).values())
    return [timeline.model_dump(mode="json") for timeline in timelines if timeline.fields]


def by_record(lines: list[Json]) -> dict[str, list[Event]]:
    """The events of each record, without those of an unknown type."""
    records: dict[str, list[Event]] = {str(line["record"]): [] for line in lines}
    for line in lines:
        try:
            records[str(line["record"])].append(read_event(line, where="the case"))
        except UnknownEventType:
            continue
    return records


def without_notes_on_mistakes(result: Json) -> Json:
    """The engine also notes an `uncompleted` that found nothing completed, which SPEC does not ask for."""
    return {**result, "notes": [note for note in result["notes"] if "uncompleted" not in note]}


def disagreements(told: Case) -> list[str]:
    """The differences between the engine and the oracle, in words."""
    ours, theirs = simulated(*told), simulate(*told)
    if [one["record"] for one in ours] != [one["record"] for one in theirs]:
        return [f"records: {[one['record'] for one in ours]} != {[one['record'] for one in theirs]}"]
    pairs = zip(map(without_notes_on_mistakes, ours), theirs, strict=True)
    return [difference for our, their in pairs for difference in differences(our, their)]


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_engine_reads_spec_as_the_oracle_does(profile: str) -> None:
    adjudicated = ADJUDICATED.get(profile, {})
    found = {seed: disagreements(case(seed, profile)) for seed in range(SEEDS) if seed not in adjudicated}
    told = [f"case({seed}, {profile!r}): {differ[:3]}" for seed, differ in found.items() if differ]
    assert not told, "\n".join(told)


def test_every_reading_that_differs_is_explained() -> None:
    assert {reading for seeds in ADJUDICATED.values() for reading in seeds.values()} == set(READINGS)
    assert all(0 <= seed < SEEDS for seeds in ADJUDICATED.values() for seed in seeds)
