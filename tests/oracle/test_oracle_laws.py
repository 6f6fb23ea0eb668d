"""Laws that the reference evaluator must obey whatever the readings, over generated cases."""

from typing import Any

import pytest

from tests.oracle import simulate
from tests.oracle.compare import comparable
from tests.oracle.generate import PROFILES, Case, case, minimise
from tests.oracle.hours import epoch, iso

Json = dict[str, Any]
SEEDS = range(12)
QUIET_S = 60 * 86_400


def learned(event: Json) -> int:
    return epoch(event.get("recorded_at", event["at"]))


def facts(result: Json) -> Any:
    """What only an instant named by `next_wakeup` or news may change: all but the figures that grow."""
    rows = [[row[key] for key in ("occurrence", "status", "started_at", "target_at", "violated_at")]
            for row in result["milestones"]]  # fmt: skip
    return rows, comparable(result)["effects"], result["status"]


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_seed_always_gives_the_same_case(profile: str) -> None:
    assert case(3, profile) == case(3, profile)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_nothing_changes_before_the_next_wakeup_or_news(profile: str) -> None:
    for seed in SEEDS:
        process, calendars, events, until = case(seed, profile)
        now = epoch(until) if until else max(learned(event) for event in events)
        for result in simulate(process, calendars, events, until):
            own = [event for event in events if event["record"] == result["record"]]
            ahead = [learned(event) - 1 for event in own if learned(event) > now]
            wakeup = result["next_wakeup"]
            quiet = min([*ahead, epoch(wakeup) - 1 if wakeup else now + QUIET_S])
            (later,) = simulate(process, calendars, own, iso(max(quiet, now)))
            assert facts(later) == facts(result), f"case({seed}, {profile!r})"


@pytest.mark.parametrize("profile", ["late", "late+stops", "late+reopen", "late+recurrence", "late+completing"])
def test_late_news_ends_where_news_on_time_ends(profile: str) -> None:
    for seed in SEEDS:
        process, calendars, events, _ = case(seed, profile)
        end = iso(max(learned(event) for event in events))
        events = [event for event in events if event["type"] == "opened"] + [
            event for event in {event["at"]: event for event in events}.values() if event["type"] != "opened"
        ]  # one event an instant: with several, their order is that of `recorded_at`
        on_time = [{key: value for key, value in event.items() if key != "recorded_at"} for event in events]
        rows = []
        for lines in (events, on_time):
            (result,) = simulate(process, calendars, lines, end)
            rows.append([{**row, "retracted": None} for row in result["milestones"]])
        assert rows[0] == rows[1], f"case({seed}, {profile!r})"


def test_minimising_keeps_only_what_the_failure_needs() -> None:
    def violated(candidate: Case) -> bool:
        return any(row["violated"] for result in simulate(*candidate) for row in result["milestones"])

    seed = next(seed for seed in range(100) if violated(case(seed, "all")))
    process, _, events, until = minimise(case(seed, "all"), violated)
    assert len(process["milestones"]) == 1
    assert len(events) <= 2 or until is None
