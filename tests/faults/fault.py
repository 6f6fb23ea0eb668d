"""What a fault is: a row of the table, with the one thing that it does to a world."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.faults.seen import Seen
from tests.faults.traffic import Story
from tests.faults.world import DatabaseKind, World

Strike = Callable[[World], Awaitable[None]]
"""Brings the trouble, lets it last, and takes it away: when it returns, everything is back."""

Check = Callable[[World, Mapping[str, Seen]], Iterable[str]]
"""Complains, when all cases rest, if the fault did not do what it is there to do."""


def _nothing_to_check(_world: World, _seen: Mapping[str, Seen]) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`means` says how it is done. `repeats`: whether SPEC 5 lets it repeat a mail or webhook; `gives_up`: whether the other
    side says "never", so that a person has to ask for another try; `answers_lost`: whether what an action answered may not
    reach its case; `guests`: what is to be before the traffic begins, and cases of its own, beside the healthy ones;
    `check`: whether there was any trouble.

    `obstacle` says why it cannot be done on this machine, None if it can; `database`: the one it needs, None if any will do.
    """

    name: str
    means: str
    strike: Strike
    repeats: bool = False
    gives_up: bool = False
    answers_lost: bool = False
    guests: Callable[[World], Awaitable[list[Story]]] | None = None
    check: Check = _nothing_to_check
    obstacle: Callable[[], str | None] = lambda: None
    database: DatabaseKind | None = None
