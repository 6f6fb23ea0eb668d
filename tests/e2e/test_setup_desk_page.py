"""The README's second page as a reader types it: `milepost dev`, then each of its blocks in a shell, by curl as well.

What the page shows holds as long as C-2, opened 34 minutes ago, is not 45 minutes old when the preview is typed, a dozen
commands later; a machine that needs eleven minutes for those has other troubles.
"""

import json
from pathlib import Path

from tests.e2e.reader import Reader, missing, needs_a_shell, typed
from tests.starter.setup.test_merger import ARDEN

DEV, *TYPED = typed("setup-desk.md")
AFTERWARDS = "milepost process list --json\nmilepost process audit --severity error --json\nmilepost migration list --json\n"


@needs_a_shell
def test_the_page_can_be_typed_as_it_stands_and_prints_what_it_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with reader.first_terminal(DEV):
        *printed, afterwards = reader.types([*(block.text for block in TYPED), AFTERWARDS])
    assert missing(TYPED, printed) == {}
    told = [json.loads(line) for line in afterwards.splitlines()]
    assert {one["name"] for one in told if one.get("status") == "active"} == ARDEN | {"Security Advisories"}
    assert [one["subject"] for one in told if "severity" in one] == ["account/thornbury"]
    latest = next(one for one in told if "to_version" in one)
    assert (latest["to_process"], latest["to_version"], latest["records"]) == ("Premium Support", 3, 3)
