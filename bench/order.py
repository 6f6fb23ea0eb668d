"""The measures, in the order in which they run, and how long each may take at most."""

from importlib.util import find_spec

LIMITS_S: dict[str, int] = {
    "calendar": 120,
    "evaluate": 120,
    "whatif": 300,
    "audit": 180,
    "listing": 180,
    "deciding": 120,
    "replay": 240,
    "history": 180,
    "cost": 180,
    "archive": 240,
    "throughput": 420,
    "intake": 240,
    "lateness": 600,
    "opening": 2250,
    "recovery": 900,
    "dbos": 900,
}
"""Seconds, for a busy machine: what is not done by then is ended, and said not to have been measured."""


def module(name: str) -> str:
    """Where a measure lives."""
    return f"bench.measures.{name}"


def present() -> list[str]:
    """The measures that there are, in order."""
    return [name for name in LIMITS_S if find_spec(module(name)) is not None]
