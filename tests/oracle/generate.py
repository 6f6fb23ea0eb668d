"""Small, nasty but valid cases for differential tests: `case(seed, profile)`, reproducible from the two.

Everything happens on a coarse grid of instants, so that events meet each other, targets, warnings and period ends. A
profile is the name of one below, or features joined by `+` (`stops+late`). It holds no opinion on outcomes.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.calendars import CALENDARS, MOMENTS

Json = dict[str, Any]
Case = tuple[Json, dict[str, Json], list[Json], str | None]

FEATURES = (
    "calendars", "stops", "late", "recurrence", "reopen", "updates", "lines", "tables", "starts", "completing",
    "during", "noise", "records",
)  # fmt: skip
PROFILES: dict[str, tuple[str, ...]] = {
    "plain": (),
    "calendars": ("calendars",),
    "stops": ("stops",),
    "late": ("late",),
    "recurrence": ("recurrence",),
    "reopen": ("reopen",),
    "lines": ("lines", "tables"),
    "updates": ("updates", "lines", "tables"),
    "starts": ("starts", "lines"),
    "completing": ("completing",),
    "during": ("during",),
    "all": FEATURES,
}


class Maker:
    """Draws one case; `has` answers whether a feature is on for this case."""

    def __init__(self, seed: int, profile: str) -> None:
        self.random = Random(f"{profile}/{seed}")
        on: set[str] = set()
        for part in profile.split("+"):
            on.update(PROFILES.get(part, (part,)))
        if profile == "all":  # a case in which everything happens says little: draw a few features
            on = set(self.random.sample(sorted(on), self.random.randint(2, 7)))
        self.features = on
        self.by_hours = self.has("calendars")
        self.step_s = self.random.choice((1800, 3600) if self.by_hours else (600, 600, 900))
        self.base = datetime.fromisoformat(self.random.choice(MOMENTS))
        self.span = self.random.choice((12, 24, 48, 96) if self.by_hours else (8, 16, 30))
        self.names: list[str] = []

    def has(self, feature: str) -> bool:
        return feature in self.features

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def at(self, steps: int) -> str:
        return (self.base + timedelta(seconds=self.step_s * steps)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def span_text(self, low: int, high: int) -> str:
        minutes = self.step_s * self.random.randint(low, high) // 60
        return f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"

    # -- the process

    def process(self) -> Json:
        process: Json = {"process": "Generated", "applies_to": "case"}
        if self.by_hours and self.chance(0.8):
            process["business_hours"] = self.calendar()
        if self.has("starts") and self.chance(0.5):
            process["start_at"] = "triaged_at"
        if self.has("stops") and self.chance(0.6):
            process["stop_when"] = self.stop_condition()
        if self.has("reopen"):
            self.leaving(process)
        self.names = ["First Response", "Resolution", "Update"][: self.pick(1, 1, 2, 3)]
        process["milestones"] = [line for name in self.names for line in self.lines(name)]
        return process

    def leaving(self, process: Json) -> None:
        if self.chance(0.5):
            closed: list[Json] = [{"status": ["Closed", "Cancelled"]}, {"event": "case.dropped"}]
            process["exit_when"] = self.pick(closed[0], closed[0], closed[1], {"any": closed})
        process["on_exit"] = self.pick("cancel", "cancel", "leave_open")
        process["on_reopen"] = self.pick("resume", "restart", "new_cycle")

    def calendar(self) -> str:
        return str(self.pick("office", "night", "split", "howe", "round"))

    def stop_condition(self) -> Json:
        options: tuple[Json, ...] = (
            {"status": "Waiting"}, {"status": ["Waiting", "Paused"]}, {"tier": "basic"},
            {"after": "wait.began", "until": "wait.ended"},
        )  # fmt: skip
        return dict(self.random.choice(options))

    def when(self) -> Json:
        options: tuple[Json, ...] = (
            {"tier": "gold"}, {"priority": ["P1", "P2"]}, {"priority": {"ne": "P3"}}, {"not": {"tier": "basic"}},
            {"after": "customer.replied", "until": "response.sent"}, {"any": [{"tier": "gold"}, {"priority": "P1"}]},
            {"priority": "P1", "status": {"not_in": ["Waiting"]}},
        )  # fmt: skip
        return dict(self.random.choice(options))

    def lines(self, name: str) -> list[Json]:
        recurrence = self.pick("independent", "sequential", "periodic") if self.has("recurrence") else "none"
        if self.chance(0.15):
            recurrence = "none"
        conditions: list[Json | None] = [None]
        if self.has("lines"):
            by_priority: list[Json | None] = [{"priority": "P1"}, {"priority": "P2"}, None]
            conditions = self.pick([self.when()], [self.when(), None], by_priority, [self.when(), self.when()])
        return [self.line(name, recurrence, condition) for condition in conditions]

    def line(self, name: str, recurrence: str, condition: Json | None) -> Json:
        line: Json = {"milestone": name, "within": self.span_text(2, 8)}
        if self.has("tables") and self.chance(0.5):
            values = {priority: self.span_text(1, 12) for priority in ("P1", "P2")}
            line["within"] = {"by": "priority", "values": values, "default": self.span_text(2, 12)}
        elif self.by_hours and self.chance(0.2):
            line["within"] = "1bd"
        if condition is not None:
            line["when"] = condition
        if recurrence != "none":
            line["recurrence"] = recurrence
        if self.has("starts") and self.chance(0.5):
            line["start"] = "criteria"
        if self.by_hours and self.chance(0.3):
            line["business_hours"] = self.calendar()
        if self.has("stops") and self.chance(0.3):
            line["stop_when"] = self.stop_condition()
        if self.has("completing") and self.chance(0.7):
            line["complete_when"] = self.completing()
        self.triggers(line)
        return line

    def completing(self) -> Json:
        options: tuple[Json, ...] = (
            {"status": "Resolved"}, {"status": "Resolved"}, {"event": "response.sent"}, {"event": "closed"},
            {"event": "response.sent", "where": {"channel": "email"}}, {"status": "Resolved", "priority": "P1"},
            {"any": [{"status": "Resolved"}, {"event": "response.sent"}]},
        )  # fmt: skip
        return dict(self.random.choice(options))

    def triggers(self, line: Json) -> None:
        if self.chance(0.7):
            percents = self.random.sample(("25%", "50%", "75%", "33.3%", "100%"), self.pick(1, 1, 2))
            line["warnings"] = [{"at": percent, "actions": self.actions()} for percent in sorted(percents)]
            if isinstance(line["within"], dict) and self.chance(0.5):
                line["warnings"].append({"before": self.span_text(1, 3), "actions": self.actions()})
        line["violations"] = [{"after": "0s", "actions": self.actions()}]
        if self.chance(0.5):
            line["violations"].append({"after": self.span_text(1, 4), "actions": self.actions()})
        if self.chance(0.6):
            line["success"] = self.actions()
        if self.chance(0.6):
            line["on_retracted"] = self.actions()

    def actions(self) -> list[Json]:
        return [self.action() for _ in range(self.pick(1, 1, 2))]

    def action(self) -> Json:
        if self.has("updates") and self.chance(0.5):
            return {"update": {"set": self.changes()}}
        action: Json = self.pick(
            {"email": {"to": ["owner"], "template": "warning"}},
            {"notify": {"url": "https://chat.example/hook", "text": "look"}},
            {"task": {"to": "role:lead", "subject": "call"}},
            {"reassign": {"to": "queue:second"}},
        )
        for kind in ("email", "notify"):
            if kind in action and self.has("during") and self.chance(0.6):
                action[kind]["during"] = self.pick("desk", "office")
        return action

    # -- the events

    def changes(self) -> Json:
        options: list[Json] = [
            {"priority": self.pick("P1", "P2", "P3")},
            {"status": self.pick("New", "Working", "Waiting", "Resolved")},
            {"tier": self.pick("gold", "basic", None)},
        ]
        if self.has("reopen"):
            options.append({"status": self.pick("Closed", "Working", "Cancelled")})
        if self.has("starts"):
            options.append({"triaged_at": self.at(self.random.randint(-2, self.span))})
        first, second = self.random.sample(options, 2)
        return {**first, **second} if self.chance(0.3) else first

    def opened(self) -> Json:
        fields: Json = {"type": "case", "priority": self.pick("P1", "P2", "P3"), "status": "New"}
        fields["tier"] = self.pick("gold", "basic")
        if self.by_hours and self.chance(0.5):
            fields["business_hours"] = self.calendar()
        if self.has("starts"):
            if self.chance(0.4):
                fields["opened_at"] = self.at(self.random.randint(-4, 3))
            if self.chance(0.6):
                fields["triaged_at"] = self.at(self.random.randint(-2, 6))
        if self.has("completing") and self.chance(0.1):
            fields["status"] = "Resolved"
        return {"type": "opened", "at": self.at(0), "fields": fields}

    def kinds(self) -> list[str]:
        kinds = ["completed", "completed", "changed", "noted"]
        more = {
            "stops": ["stopped", "resumed", "stopped", "resumed", "waiting"],
            "reopen": ["closed", "reopened", "closed", "reopened", "changed", "dropped"],
            "completing": ["uncompleted", "noted", "changed"],
            "lines": ["changed", "noted"],
            "tables": ["changed"],
            "starts": ["changed"],
            "recurrence": ["completed", "completed"],
            "noise": ["noise"],
        }
        for feature in sorted(self.features):
            kinds += more.get(feature, [])
        return kinds

    def event(self, steps: int) -> Json:
        kind = self.random.choice(self.kinds())
        event: Json = {"type": kind, "at": self.at(steps)}
        if kind in ("completed", "uncompleted"):
            event["milestone"] = self.random.choice(self.names)
        elif kind == "changed":
            event["set"] = self.changes()
        elif kind in ("noted", "waiting", "dropped"):
            kinds: dict[str, tuple[str, ...]] = {
                "noted": ("customer.replied", "response.sent"),
                "waiting": ("wait.began", "wait.ended"),
                "dropped": ("case.dropped",),
            }
            event.update(type="noted", kind=self.random.choice(kinds[kind]), channel=self.pick("email", "phone"))
        elif kind == "noise":
            event.update(
                self.pick(
                    {"type": "completed", "milestone": "No Such"},
                    {"type": "forgotten"},
                    {"type": "migrated", "version": 2},
                    {"type": "opened", "fields": {"priority": "P1"}},
                    {"type": "closed", "at": self.at(-1)},
                )
            )
        return event

    def late(self, event: Json, steps: int) -> None:
        if self.has("late") and self.chance(0.45):
            event["recorded_at"] = self.at(steps + self.random.randint(0, self.span // 2))

    def events(self, record: str) -> list[Json]:
        grid = sorted(self.random.sample(range(self.span), min(self.span, self.random.randint(2, 8))))
        first = self.opened()
        self.late(first, 0)
        events = [first]
        for _ in range(self.random.randint(2, 13)):
            steps = self.pick(self.random.choice(grid), self.random.choice(grid), self.random.randrange(self.span))
            event = self.event(steps)
            self.late(event, steps)
            events.append(event)
        for event in events:
            event["record"], event["id"] = record, f"e{self.random.randrange(10_000)}-{len(event)}"
        if self.has("noise") and self.chance(0.5):
            events.append({**self.random.choice(events), "type": "changed", "set": {"priority": "P1"}})
        self.random.shuffle(events)
        return events


def case(seed: int, profile: str = "all") -> Case:
    """(process, calendars, events, until) for a seed."""
    maker = Maker(seed, profile)
    process = maker.process()
    records = ["C-1", "C-2"] if maker.has("records") and maker.chance(0.3) else ["C-1"]
    events = [event for record in records for event in maker.events(record)]
    if len(records) > 1:
        maker.random.shuffle(events)
    until = maker.pick(None, maker.at(maker.span), maker.at(maker.span * 2), maker.at(maker.random.randrange(maker.span)))
    calendars = {str(calendar["calendar"]): calendar for calendar in CALENDARS}
    return process, calendars, events, until


def minimise(failing: Case, still_fails: Callable[[Case], bool]) -> Case:
    """The same case with everything removed whose removal lets the failure persist."""
    from tests.oracle.minimise import smaller

    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in smaller(failing):
            if still_fails(candidate):
                failing, shrinking = candidate, True
                break
    return failing
