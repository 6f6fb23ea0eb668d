"""The README's third page as a reader types it: a case is violated, explained, replayed, proved, and asked "what if"."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.e2e.reader import Reader, missing, needs_a_shell, typed

DEV, *TYPED = typed("why.md")
AFTERWARDS = "milepost explain C-7 --json\n"


@needs_a_shell
def test_the_page_can_be_typed_as_it_stands_and_prints_what_it_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with reader.first_terminal(DEV):
        *printed, afterwards = reader.types([*(block.text for block in TYPED), AFTERWARDS])
    assert missing(TYPED, printed) == {}
    story = json.loads(afterwards)
    assert (story["status"], story["chapters"][0]["status"]) == ("violated_closed", "met_late")
    assert [suite.get("failures") for suite in ET.parse(tmp_path / "replay.xml").getroot().iter("testsuite")] == ["0"]
    assert "<svg" in (tmp_path / "C-7.html").read_text("utf-8")
    assert (tmp_path / "promises.svg").read_text("utf-8").startswith("<svg")
