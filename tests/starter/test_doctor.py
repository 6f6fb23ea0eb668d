"""`milepost doctor`: a clear page whatever is broken, an exit code for scripts, JSON for programs."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.ports import free_port
from runtime.settings import Settings
from sla.errors import InvalidSetting, UnknownNamespace
from starter import doctor
from starter.checkups.findings import Finding, Told, failed, ok, warning
from starter.checkups.patient import Patient
from starter.cli.services import Services
from starter.doctor import CHECKS, Check, examine
from tests.starter.command_line import Ran, milepost, no_desk, process_of
from tests.starter.patients import now, unreached

COMMAND = "temporal operator search-attribute create --namespace default --name SlaProcess --type Keyword --name SlaAccount"
FINDINGS = [
    Finding(check="database", verdict="ok", found="SQLite 3.46.1 at .milepost/milepost.db"),
    Finding(check="namespace", verdict="warning", found="'default' keeps ended cases for 1 day", remedy="Keep them longer."),
    Finding(check="search attributes", verdict="failed", found="missing: [all]", remedy=f"Create them:\n{COMMAND}"),
    Finding(check="workers", verdict="not_checked", found="the Temporal server cannot be used"),
]


def examined(findings: list[Finding], *arguments: str) -> Ran:
    async def examination(_: Settings) -> list[Finding]:
        return findings

    return milepost("doctor", *arguments, services=replace(no_desk(), examine=examination))


# ---------------------------------------------------------------------- the page


def test_each_check_is_a_line_and_what_to_do_stands_below() -> None:
    ran = examined(FINDINGS)
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines == [
        "ok           database           SQLite 3.46.1 at .milepost/milepost.db",
        "warning      namespace          'default' keeps ended cases for 1 day",
        "                                Keep them longer.",
        "failed       search attributes  missing: [all]",
        "                                Create them:",
        f"    {COMMAND}",
        "not checked  workers            the Temporal server cannot be used",
        "",
        "4 checks: 1 ok, 1 warning, 1 failed, 1 not checked.",
    ]


@pytest.mark.parametrize(("verdicts", "code"), [(1, 0), (2, 0), (3, 6)])
def test_only_what_failed_makes_the_exit_code(verdicts: int, code: int) -> None:
    assert examined(FINDINGS[:verdicts]).code == code
    assert examined(FINDINGS[:verdicts], "--json").code == code


def test_programs_get_an_object_for_each_check() -> None:
    ran = examined(FINDINGS, "--json")
    assert ran.objects[1] == {
        "check": "namespace",
        "verdict": "warning",
        "found": "'default' keeps ended cases for 1 day",
        "remedy": "Keep them longer.",
    }
    assert [one["verdict"] for one in ran.objects] == ["ok", "warning", "failed", "not_checked"]


def test_settings_that_make_no_sense_are_a_finding() -> None:
    def settings() -> Settings:
        raise InvalidSetting(setting="MILEPOST_HTTP_PORT", problem="must be a whole number.")

    async def never(_: Settings) -> list[Finding]:
        raise AssertionError("there is nothing to examine")

    ran = milepost("doctor", "--json", services=Services(settings=settings, examine=never))
    assert ran.code == 6
    assert (ran.objects[0]["check"], ran.objects[0]["verdict"]) == ("settings", "failed")
    assert "MILEPOST_HTTP_PORT" in ran.objects[0]["found"]
    assert {one["found"] for one in ran.objects[1:]} == {"the settings cannot be read"}
    assert [one["check"] for one in ran.objects] == [check.name for check in CHECKS]


def test_with_everything_down_at_once_the_page_is_clear_and_soon_there(tmp_path: Path) -> None:
    nowhere = {
        "MILEPOST_DATA_DIR": str(tmp_path),
        "MILEPOST_DATABASE_URL": f"postgresql://milepost:hush@127.0.0.1:{free_port()}/x",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "MILEPOST_SMTP_PORT": str(free_port()),
        "MILEPOST_TEMPLATES_DIR": str(tmp_path / "none"),
    }
    began = time.monotonic()
    ran = process_of("doctor", env=nowhere)
    assert time.monotonic() - began < 30, "5 s of connecting, and what a busy machine adds"
    assert (ran.code, ran.err) == (6, "")
    assert "18 checks: 1 ok, 4 failed, 13 not checked." in ran.out
    assert "Traceback" not in ran.out
    assert "hush" not in ran.out
    for told in ("The database at 127.0.0.1", "The Temporal server at 127.0.0.1", "cannot be reached", "no directory"):
        assert told in ran.out
    assert list(tmp_path.iterdir()) == [], "nothing was made"


# ---------------------------------------------------------------------- the examination


def asked(found: Told) -> Check:
    async def ask(_: Patient) -> Told:
        return found

    return Check(name="one", ask=ask, without="one is missing")


async def examined_by(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> list[tuple[str, str]]:
    monkeypatch.setattr(doctor, "CHECKS", checks)
    monkeypatch.setattr(doctor, "_WITHOUT", {check.name: check.without for check in checks})
    findings = await examine(Settings(), unreached, now)
    return [(finding.verdict, finding.found) for finding in findings]


async def test_what_needs_a_check_that_failed_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(failed("gone", "Mend it."))
    two = replace(asked(ok("fine")), name="two", needs=("one",))
    three = replace(asked(ok("fine")), name="three", needs=("two",))
    free = replace(asked(ok("fine")), name="free")
    found = await examined_by(monkeypatch, one, two, three, free)
    missing = ("not_checked", "one is missing")
    assert found == [("failed", "gone"), missing, missing, ("ok", "fine")]


async def test_a_warning_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    two = replace(asked(ok("fine")), name="two", needs=("one",))
    assert [verdict for verdict, _ in await examined_by(monkeypatch, asked(warning("odd", "Look.")), two)] == [
        "warning",
        "ok",
    ]


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (RuntimeError("boom\nbang"), "the check itself failed: RuntimeError: boom bang"),
        (UnknownNamespace(namespace="x"), "The Temporal server has no namespace 'x'"),
    ],
)
async def test_a_check_never_raises(monkeypatch: pytest.MonkeyPatch, error: Exception, found: str) -> None:
    async def ask(_: Patient) -> Told:
        raise error

    assert await examined_by(monkeypatch, Check(name="one", ask=ask)) == [("failed", found)]


async def test_checks_are_made_at_the_same_time_and_none_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIMIT_S", 0.3)

    async def hangs(_: Patient) -> Told:
        await asyncio.sleep(60)
        raise AssertionError

    began = time.monotonic()
    found = await examined_by(monkeypatch, *(Check(name=str(number), ask=hangs) for number in range(30)))
    assert found == [("failed", "no answer within 0.3 s")] * 30
    assert time.monotonic() - began < 4


def test_each_check_stands_below_those_that_it_needs_and_they_say_what_their_failing_means() -> None:
    seen: set[str] = set()
    for check in CHECKS:
        assert set(check.needs) <= seen
        seen.add(check.name)
    needed = {need for check in CHECKS for need in check.needs}
    assert all(check.without for check in CHECKS if check.name in needed)
