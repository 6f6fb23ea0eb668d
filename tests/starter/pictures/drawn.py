"""A picture taken apart: its marks with their instants, and how far it reaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
_MOVED = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)( scale\(\.?\d+\))?")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")


@dataclass(frozen=True)
class Mark:
    """A mark: what it is, of which instant, and where it is drawn."""

    kind: str
    at: datetime
    x: float
    y: float


class Drawn:
    """A picture that is well-formed; else there is none."""

    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)
        self.left, _, wide, self.height = map(float, self.root.attrib["viewBox"].split())
        self.right = self.left + wide

    def marks(self, look: str = "mark") -> list[Mark]:
        """The marks on the tracks; `act`: those of actions."""
        found = []
        for group in self.root.iter(f"{SVG}g"):
            kinds = group.attrib.get("class", "").split()
            if look in kinds and "data-at" in group.attrib:
                moved = _MOVED.fullmatch(group.attrib["transform"])
                assert moved is not None, group.attrib["transform"]
                at = datetime.fromisoformat(group.attrib["data-at"])
                found.append(Mark(kinds[-1], at, float(moved[1]), float(moved[2])))
        return found

    def spans(self, look: str) -> list[tuple[float, float]]:
        """From where to where the parts of a shading go."""
        paths = [one.attrib["d"] for one in self.root.iter(f"{SVG}path") if one.attrib.get("class") == look]
        found = (re.findall(r"M(-?[\d.]+) -?[\d.]+H(-?[\d.]+)v", path) for path in paths)
        return [(float(left), float(right)) for parts in found for left, right in parts]

    def words(self) -> list[str]:
        """All that is written."""
        return [one.text or "" for one in self.root.iter(f"{SVG}text")]

    def places(self) -> Iterator[tuple[float, float]]:
        """Every place at which something is drawn; of a text only where it begins."""
        yield from _places(self.root, 0.0, 0.0)


def _places(element: ElementTree.Element, dx: float, dy: float) -> Iterator[tuple[float, float]]:
    if element.tag == f"{SVG}defs":
        return
    moved = _MOVED.match(element.attrib.get("transform", ""))
    if moved is not None:
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    if element.tag in (f"{SVG}rect", f"{SVG}text"):
        x, y = float(element.attrib["x"]) if "x" in element.attrib else 0.0, float(element.attrib.get("y", 0))
        wide, high = (float(element.attrib.get(name, 0)) for name in ("width", "height"))
        yield dx + x, dy + y
        yield dx + x + wide, dy + y + high
    if element.tag == f"{SVG}path" and "a" not in element.attrib["d"]:
        yield from ((dx + x, dy + y) for x, y in _walk(element.attrib["d"]))
    for below in element:
        yield from _places(below, dx, dy)


def _walk(steps: str) -> Iterator[tuple[float, float]]:
    x = y = 0.0
    for letter, rest in _STEP.findall(steps):
        numbers = [float(one) for one in re.findall(r"-?\d*\.?\d+", rest)]
        if letter in "ML":
            x, y = numbers
        elif letter == "l":
            x, y = x + numbers[0], y + numbers[1]
        elif letter in "Hh":
            x = numbers[0] if letter == "H" else x + numbers[0]
        elif letter in "Vv":
            y = numbers[0] if letter == "V" else y + numbers[0]
        else:
            assert letter == "Z", letter
        yield x, y
