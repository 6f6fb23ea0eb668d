"""What Milepost counts about itself. `serving` shows it to Prometheus, together with the SDK's figures.

Workflows count nothing (a replay would count again); activities and the desk do, each event once.
"""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

Outcome = Literal["performed", "dropped", "gave_up"]

# from what a server's timer adds on a good day to what a weekend's outage does
LATENESS_S = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)


class Metrics:
    """The figures of one process, in a registry of their own: two of these never meet."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self._lateness = Histogram(
            "milepost_trigger_lateness_seconds",
            "Seconds between a trigger's due time and the moment it was acted upon.",
            ["trigger"],
            buckets=LATENESS_S,
            registry=own,
        )
        self._warnings = Counter("milepost_warnings", "Warnings that fired.", registry=own)
        self._violations = Counter("milepost_violations", "Targets that passed unmet.", registry=own)
        self._retractions = Counter("milepost_retractions", "Violations that later knowledge withdrew.", registry=own)
        self._effects = Counter("milepost_effects", "Actions by how they ended.", ["kind", "outcome"], registry=own)
        self._retries = Counter("milepost_effect_retries", "Attempts at actions after the first.", ["kind"], registry=own)
        self._decisions = Counter("milepost_decisions", "Evaluations of a case's log.", registry=own)
        self._open = Gauge("milepost_open_records", "Open records, as the store has them.", ["status"], registry=own)
        self._unseen = Gauge(
            "milepost_unseen_deadline_seconds",
            "Seconds since the oldest target that passed without its case noticing; 0 when there is none.",
            registry=own,
        )

    def triggered(self, trigger: str, late_s: float) -> None:
        """A trigger was acted upon, `late_s` seconds after it was due (below 0 counts as 0)."""
        self._lateness.labels(trigger).observe(max(0.0, late_s))

    def warned(self) -> None:
        """A warning fired."""
        self._warnings.inc()

    def violated(self) -> None:
        """A target passed unmet."""
        self._violations.inc()

    def retracted(self) -> None:
        """A violation was withdrawn."""
        self._retractions.inc()

    def effect(self, kind: str, outcome: Outcome) -> None:
        """An action came to its end."""
        self._effects.labels(kind, outcome).inc()

    def retried(self, kind: str) -> None:
        """An action is tried again."""
        self._retries.labels(kind).inc()

    def decided(self) -> None:
        """A case's log was evaluated."""
        self._decisions.inc()

    def open_records(self, by_status: Mapping[str, int] | None, unseen_s: float) -> None:
        """What the store holds now, and for how long a target has been passed unseen. None: the store is away."""
        if by_status is None:
            self._open.clear()
            return
        for status, number in by_status.items():
            self._open.labels(status).set(number)
        self._unseen.set(unseen_s)

    def text(self) -> bytes:
        """The figures in Prometheus' text format 0.0.4."""
        return generate_latest(self.registry)
