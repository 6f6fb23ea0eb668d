"""What was replayed as JUnit XML, which continuous integration shows: a test case for each history."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from starter.files import writing
from starter.replaying.results import Replayed

SUITE = "milepost replay"
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, found: Sequence[Replayed]) -> None:
    """Write the file. Raises UnwritableFile."""
    verdicts = [one.verdict for one in found]
    seconds = sum(one.seconds for one in found)
    failures = sum(verdict in ("parts", "differs") for verdict in verdicts)
    counts = {
        "name": SUITE,
        "tests": str(len(found)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(verdicts.count("skipped")),
        "time": f"{seconds:.3f}",
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", counts)
    for one in found:
        suite.append(_case(one))
    indent(root)
    with writing(path):
        ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(one: Replayed) -> Element:
    case = Element("testcase", {"classname": one.record or SUITE, "name": _plain(one.source), "time": f"{one.seconds:.3f}"})
    if one.parted is not None:
        _add(case, "failure", one.parted.sentence, type_="non-deterministic")
    if one.differing:
        sentences = [sentence for decision in one.differing for sentence in decision.sentences]
        lines = [f"event {decision.event}: {sentence}" for decision in one.differing for sentence in decision.sentences]
        _add(case, "failure", sentences[0], type_="decisions differ", lines=lines)
    if one.skipped is not None:
        _add(case, "skipped", one.skipped)
    return case


def _add(case: Element, tag: str, message: str, *, type_: str | None = None, lines: Sequence[str] = ()) -> None:
    told = SubElement(case, tag, {"message": _plain(message)} | ({"type": type_} if type_ else {}))
    told.text = _plain("\n".join(lines)) or None


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
