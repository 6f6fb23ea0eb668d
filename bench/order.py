"""The measures, in the order in which they run, and how long each may take at most."""

from importlib.util import find_spec

LIMITS_S: dict[str, int] = {
    "calendar": 180,
    "evaluate": 180,
    "whatif": 900,
    "audit": 180,
    "listing": 180,
    "deciding": 120,
    "replay": 240,
    "history": 240,
    "cost": 240,
    "archive": 240,
    "throughput": 420,
    "intake": 240,
    "lateness": 600,
    "opening": 1200,
    "recovery": 900,
    "dbos": 900,
}
"""Seconds, for a busy machine; all of them together usually take three quarters of an hour."""


def module(name: str) -> str:
    """Where a measure lives."""
    return f"bench.measures.{name}"


def present() -> list[str]:
    """The measures that there are, in order."""
    return [name for name in LIMITS_S if find_spec(module(name)) is not None]
