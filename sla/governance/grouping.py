"""Putting together what belongs together, and spelling names for a command line."""

from collections.abc import Iterator


class Groups:
    """The numbers from 0, joined in pairs: a disjoint-set forest."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def joined(self, one: int, other: int) -> bool:
        """Whether two are in one group."""
        return self._top(one) == self._top(other)

    def join(self, one: int, other: int) -> None:
        """Make the groups of two one."""
        self._above[self._top(one)] = self._top(other)

    def several(self) -> Iterator[list[int]]:
        """The groups of more than one, each in order."""
        groups: dict[int, list[int]] = {}
        for one in range(len(self._above)):
            groups.setdefault(self._top(one), []).append(one)
        return (group for group in groups.values() if len(group) > 1)

    def _top(self, one: int) -> int:
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one


def shell(name: str, *, listed: bool = False) -> str:
    """A name as a word of a shell's command line; `listed` where commas would divide a list."""
    if listed and ("," in name or '"' in name):
        name = '"' + name.replace('"', '""') + '"'
    return "'" + name.replace("'", "'\\''") + "'"
