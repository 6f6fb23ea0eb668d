"""Whether any situation can make a condition true. Sound: what is called impossible is so; all else is called possible.

A condition is taken apart into its ways to be true, each a list of parts that must hold and parts that must not; a way is
impossible if two of these contradict each other. Fields do not depend on one another, so each is looked at by itself
(`sla.governance.domains`).
"""

from collections.abc import Iterator
from typing import Final

from sla.governance.domains import possible_value
from sla.process.conditions import After, Every, Neither, Node, Occurs, Some, Test

MOST_WAYS: Final = 2_000
"""Beyond this many ways nothing is claimed."""

Signed = tuple[Node, bool]
"""A part, and whether it is to hold."""


def satisfiable(*wanted: Signed) -> bool:
    """Whether all of these can be so at one instant."""
    return any(count >= MOST_WAYS or _possible(way) for count, way in enumerate(_ways(list(wanted))))


def can_hold(node: Node | None) -> bool:
    """Whether a condition can hold at all; an absent one always does."""
    return node is None or satisfiable((node, True))


def can_fail(node: Node | None) -> bool:
    """Whether a condition can be false; an absent one never is."""
    return node is not None and satisfiable((node, False))


def _ways(wanted: list[Signed]) -> Iterator[list[Signed]]:
    """Every way to make all of these so, as parts that cannot be taken apart further."""
    stack: list[tuple[list[Signed], list[Signed]]] = [(wanted, [])]
    while stack:
        todo, parts = stack.pop()
        if not todo:
            yield parts
            continue
        (node, holds), rest = todo[0], todo[1:]
        match node:
            case Neither(part):
                stack.append(([(part, not holds), *rest], parts))
            case Every(inner) | Some(inner):
                if isinstance(node, Every) is holds:
                    stack.append(([*((part, holds) for part in inner), *rest], parts))
                else:
                    stack += (([(part, holds), *rest], parts) for part in inner)
            case _:
                stack.append((rest, [*parts, (node, holds)]))


def _possible(way: list[Signed]) -> bool:
    fields: dict[str, list[tuple[Test, bool]]] = {}
    for node, holds in way:
        if isinstance(node, Test):
            fields.setdefault(node.name, []).append((node, holds))
    return _events_possible(way) and all(possible_value(tests) for tests in fields.values())


def _events_possible(way: list[Signed]) -> bool:
    so = [node for node, holds in way if holds]
    not_so = [node for node, holds in way if not holds]
    for node in so:
        if isinstance(node, Occurs):
            if not can_hold(node.where):
                return False
            denied = [one for one in not_so if isinstance(one, Occurs) and one.name == node.name]
            if any(one.where is None or repr(one.where) == repr(node.where) for one in denied):  # repr tells 1 from true
                return False
        # `{after: x, until: y}` may be over while `{after: x}` stays true for ever, but not the reverse.
        if isinstance(node, After) and any(one in (node, After((node.pair[0], None))) for one in not_so):
            return False
    return True
