"""`milepost dev` as a user has it: a real process, killed without warning, started again on what it kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runtime.mailbox import Mailbox
from runtime.ports import free_port

MILEPOST = [str(Path(sys.executable).parent / "milepost")]
PATIENCE_S = 60

DEFINITIONS = """
process: Quick
business_hours: always-open
milestones:
  - milestone: First Response
    within: 6s
    complete_when: {event: response.sent}
    warnings:
      - at: 50%
        actions: [{email: {to: owner, template: warning}}]
    violations:
      - actions:
          - reassign: {to: "role:senior_agent"}
          - email: {to: grace, template: violation}
---
calendar: always-open
timezone: UTC
hours: always
---
people:
  - {person: ada, name: Ada Whitlock, email: ada@support.example, timezone: Europe/London, roles: [agent]}
  - {person: ben, name: Ben Okafor, email: ben@support.example, timezone: Europe/London, roles: [senior_agent]}
  - {person: grace, name: Grace Lindqvist, email: grace@support.example, timezone: Europe/London}
"""

UNHURRIED = DEFINITIONS.replace("within: 6s", "within: 1h")
"""The same, where the target is not to come before the test is over."""


class Installation:
    """One data directory with its ports."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        temporal, ui, mail = free_port(), free_port(), free_port()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_"))},
            "MILEPOST_DATA_DIR": str(directory / "data"),
            "MILEPOST_TEMPORAL_PORT": str(temporal),
            "MILEPOST_UI_PORT": str(ui),
            "MILEPOST_MAIL_PORT": str(mail),
            "MILEPOST_HTTP_PORT": "0",
            "MILEPOST_LOG_FORMAT": "json",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        }

    def ask(self, *words: str) -> Any:
        """What a command answers, as JSON."""
        command = [*MILEPOST, *words, "--json"]
        done = subprocess.run(command, check=False, env=self.environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def dev(self, end: signal.Signals) -> Iterator[None]:
        """`milepost dev` until the block ends; then it gets this signal."""
        with (self.directory / "dev.log").open("ab") as log:
            process = subprocess.Popen([*MILEPOST, "dev"], env=self.environ, stdout=log, stderr=log)
        try:
            self.until(lambda: b"dev_ready" in (self.directory / "dev.log").read_bytes())
            yield
        finally:
            process.send_signal(end)
            code = process.wait(timeout=60)
        assert code == (-signal.SIGKILL if end == signal.SIGKILL else 0), (self.directory / "dev.log").read_text()
        (self.directory / "dev.log").write_bytes(b"")

    def until(self, true: Any) -> None:
        """Wait for something, but not for ever."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, (self.directory / "dev.log").read_text()[-4000:]
            time.sleep(0.2)

    def readers(self) -> list[str]:
        """Who was sent mail, one address for each mail."""
        return [mail.to for mail in Mailbox(self.directory / "data" / "mail").list()]

    def state(self) -> tuple[str, str, str]:
        """Status, owner and the milestone's status."""
        file = self.ask("case", "show", "C-1")
        return file["record"]["status"], file["record"]["owner"], file["timeline"]["milestones"][0]["status"]


def test_a_deadline_that_passes_while_everything_is_down_is_kept_once_it_is_up_again(tmp_path: Path) -> None:
    here = Installation(tmp_path)
    (tmp_path / "definitions.yaml").write_text(DEFINITIONS)
    with here.dev(signal.SIGKILL):
        here.ask("apply", str(tmp_path / "definitions.yaml"))
        here.ask("case", "open", "--id", "C-1", "--owner", "ada")
        here.until(lambda: len(here.readers()) == 1)  # the warning went out; then all is killed at once
    time.sleep(4)  # the target passes
    with here.dev(signal.SIGINT):
        here.until(lambda: len(here.readers()) == 2)
        here.until(lambda: here.state() == ("violated_open", "ben", "overdue"))
        here.ask("case", "report", "C-1", "noted", "--kind", "response.sent")
        here.ask("case", "report", "C-1", "closed")
        here.ask("case", "report", "C-1", "reopened")  # the next run, from the log in the store
        assert here.state() == ("violated_closed", "ben", "met_late")
        assert here.ask("case", "show", "C-1")["record"]["out"] is False
        here.ask("case", "report", "C-1", "closed")
    with here.dev(signal.SIGTERM):
        assert here.state() == ("violated_closed", "ben", "met_late"), "what it kept is there again"
        time.sleep(2)
        assert here.readers() == ["ada@support.example", "grace@support.example"], "nothing is sent again"
