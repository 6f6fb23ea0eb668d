"""Ways into JSON: `detail.id`, `items.0.name`, `changelog.items[field=status].toString`, `$headers.x-delivery`.

A step is a key, or a position in a list; `[key=value]` chooses the first entry of a list whose key has that text. What is
not there is null, as in a condition (SPEC 8).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sla.values import as_text

HEADERS: Final = "$headers"
_STEP: Final = re.compile(r"\.?(?P<name>[^.\[\]{}?]+)|\[(?P<key>[^.\[\]{}=?]+)=(?P<value>[^\[\]{}]*)\]")


@dataclass(frozen=True, slots=True)
class Path:
    """A way, as written in `text`."""

    text: str
    steps: tuple[str | tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "Path":
        """Raises ValueError with what is wrong."""
        steps: list[str | tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = _STEP.match(text, place)
            if found is None or (place == 0 and text.startswith(".")):
                raise ValueError(f"'{text}' is no path; write one as detail.id, items.0.name or items[field=status].to")
            steps.append(found["name"] if found["name"] is not None else (found["key"], found["value"]))
            place = found.end()
        if not steps:
            raise ValueError("a path is empty")
        return cls(text, tuple(steps))

    def found_in(self, data: Any) -> Any:
        """What is there; None for nothing."""
        for step in self.steps:
            data = _chosen(data, *step) if isinstance(step, tuple) else _below(data, step)
            if data is None:
                return None
        return data


def _below(data: Any, step: str) -> Any:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and step.isascii() and step.isdigit() and len(step) < 6:
        return data[int(step)] if int(step) < len(data) else None
    return None


def _chosen(data: Any, key: str, value: str) -> Any:
    entries = data if isinstance(data, list) else []
    return next((one for one in entries if isinstance(one, Mapping) and _says(one.get(key), value)), None)


def _says(found: Any, value: str) -> bool:
    return isinstance(found, str | int | float) and as_text(found) == value


@dataclass(frozen=True, slots=True)
class Delivery(Mapping[str, Any]):
    """A delivery as conditions and templates look into it: every path is a key."""

    payload: Any
    headers: Mapping[str, str]

    def at(self, path: Path) -> Any:
        """What is at a path; headers by their names in small letters."""
        if path.steps[0] == HEADERS:
            names = path.steps[1:]
            return self.headers.get(names[0].lower()) if len(names) == 1 and isinstance(names[0], str) else None
        return path.found_in(self.payload)

    def __getitem__(self, path: str) -> Any:
        if (found := self.at(Path.parse(path))) is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.payload if isinstance(self.payload, Mapping) else ())

    def __len__(self) -> int:
        return len(self.payload) if isinstance(self.payload, Mapping) else 0
