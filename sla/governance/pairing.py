"""Which of two lists' items belong together, before they are compared. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Alike = Callable[[Item, Item], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing(Generic[Item]):
    """Positions that belong together, in the order of the earlier list; and those that are in one list only."""

    pairs: list[tuple[int, int]]
    removed: list[int]
    added: list[int]

    @property
    def in_order(self) -> bool:
        """Whether what is in both stands in the same order in both."""
        later = [after for _, after in self.pairs]
        return later == sorted(later)


def pair(before: Sequence[Item], after: Sequence[Item], *alike: Alike[Item]) -> Pairing[Item]:
    """Pair items by the first test, what is left by the second, and so on; each time the first with the first.

    Two equal lists are paired in order, and nothing of them is left.
    """
    pairs: list[tuple[int, int]] = []
    old, new = list(range(len(before))), list(range(len(after)))
    for test in alike:
        for one in list(old):
            for two in new:
                if test(before[one], after[two]):
                    pairs.append((one, two))
                    old.remove(one)
                    new.remove(two)
                    break
    return Pairing(pairs=sorted(pairs), removed=old, added=new)
