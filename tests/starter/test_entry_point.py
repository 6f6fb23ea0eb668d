"""The real `milepost`, as a process of its own: no server, no database, no environment, and no waiting."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.starter.bench import Bench, lines, opened
from tests.starter.command_line import EXAMPLES, ROOT, process_of

HEAVY = ("temporalio", "sqlalchemy", "httpx", "aiosmtplib", "rich.table", "holidays")
SERVING = ("fastapi", "uvicorn", "workers.services", "runtime.embedded", "starter.doctor")


def test_a_simulation_needs_nothing_but_its_files() -> None:
    files = (
        "--process",
        EXAMPLES / "processes/premium-support.yaml",
        "--calendars",
        EXAMPLES / "calendars/around-the-clock.yaml",
    )
    ran = process_of("simulate", *files, "--events", EXAMPLES / "events/3-violated.jsonl", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [record["status"] for record in ran.objects] == ["violated_closed"]


def test_what_goes_wrong_is_on_standard_error_and_in_the_exit_code(bench: Bench) -> None:
    ran = process_of("simulate", "--process", bench.process, "--events", "-", "--json", stdin=lines(opened(), "nonsense"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("<stdin>:2: ")


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_json_is_utf_8_whatever_the_terminal_speaks(bench: Bench, locale: str) -> None:
    bench.tell(opened("Fälle-1"))
    environment = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ran = process_of("simulate", "--process", bench.process, "--events", bench.events, "--json", env=environment)
    assert ran.objects[0]["record"] == "Fälle-1"


def test_output_that_nobody_reads_any_more_is_no_error(bench: Bench) -> None:
    bench.tell(*(opened(f"C-{n}") for n in range(500)))
    command = f"{sys.executable} -m workers simulate --process {bench.process} --events {bench.events} --json | head -c 1"
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "{", "")


def test_a_setting_that_does_not_exist_is_named(bench: Bench) -> None:
    ran = process_of("mail", "list", "--json", env={"MILEPOST_HTTP_PROT": "1"})
    assert (ran.code, ran.error["code"]) == (2, "invalid_setting")
    assert "MILEPOST_HTTP_PORT" in ran.error["message"]


def test_the_version_is_told() -> None:
    assert process_of("--version").out == "milepost 0.1.0\n"


def test_a_database_and_a_server_that_are_not_there_are_named(tmp_path: Path) -> None:
    nowhere = {"MILEPOST_DATA_DIR": str(tmp_path), "MILEPOST_DATABASE_URL": "postgresql://127.0.0.1:1/x"}
    ran = process_of("case", "list", "--json", env=nowhere)
    assert (ran.code, ran.out, ran.error["code"]) == (5, "", "service_unavailable")


def test_nothing_heavy_is_imported_for_a_simulation(bench: Bench) -> None:
    bench.tell(opened())
    arguments = ["simulate", "--process", str(bench.process), "--events", str(bench.events), "--json"]
    program = (
        "import sys, json; from starter.cli.errors import run; from starter.cli.app import build;"
        "from workers.__main__ import services;"
        f"code = run(build(services()), {arguments!r});"
        f"print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(ended.stdout.splitlines()[-1]) == [0, []]


def test_a_command_that_asks_the_desk_loads_nothing_of_what_serves(tmp_path: Path) -> None:
    environ = {**os.environ, "MILEPOST_DATA_DIR": str(tmp_path)}
    program = (
        "import sys, json; from starter.cli.errors import run; from starter.cli.app import build;"
        "from workers.__main__ import services;"
        "code = run(build(services()), ['process', 'list']);"
        f"print(json.dumps([code, [name for name in {SERVING!r} if name in sys.modules]]))"
    )
    subprocess.run([sys.executable, "-m", "workers", "store", "upgrade"], env=environ, cwd=ROOT, check=True)
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(ended.stdout.splitlines()[-1]) == [0, []]
