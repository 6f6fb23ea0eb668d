"""`milepost what-if`: a bundle needs neither server nor database; a record's id asks the installation."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from runtime.settings import Settings
from sla.dossier import Dossier
from sla.errors import UnknownRecord
from sla.evaluation.following import Followed
from sla.process.model import Process
from sla.whatif import WhatIf, what_if
from starter.bundles import bundle_of, written
from starter.cli.services import Services
from starter.definitions import Found
from starter.desk import Desk
from tests.sla.builders import BY_PRIORITY, TELL, a_case, a_quiet, some_hours
from tests.sla.builders import a_process as under
from tests.sla.test_whatif import dossier_of
from tests.starter.bench import Bench, a_milestone, a_process
from tests.starter.command_line import milepost

ANSWERED = dossier_of(a_case().opened("09:00").completed("09:50"), "11:00")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A case that was answered after 50 minutes, which was in time."""
    path = tmp_path / "case.mpb"
    path.write_bytes(written(bundle_of(ANSWERED, [])))
    return path


def test_a_bundle_beside_a_shorter_promise(bundle: Path, bench: Bench) -> None:
    bench.put(a_process(a_milestone(within="45m")))
    ran = milepost("what-if", bundle, "--process", bench.process, "--timezone", "Europe/London")
    assert ran.code == 0, ran.err
    assert "C-1  compliant → violated closed" in ran.out
    assert "newly violated" in ran.out
    assert "First Response: 10 min to spare → 5 min over" in ran.out
    assert "Mon 2026-03-02 09:45" in ran.out


def test_what_was_violated_before_its_limit_was_made_longer_is_shown_as_missed(tmp_path: Path, bench: Bench) -> None:
    longer = a_case(under=under(a_quiet(within=BY_PRIORITY))).opened("09:00", priority="P1").changed("10:05", priority="P3")
    path = tmp_path / "longer.mpb"
    path.write_bytes(written(bundle_of(dossier_of(longer.completed("10:30"), "12:00"), [])))
    bench.put(a_process(a_milestone(within="9h")))
    rows = [line.split() for line in milepost("what-if", path, "--process", bench.process).out.splitlines()]
    [before], [after] = ([row for row in rows if side in row] for side in ("before", "after"))
    assert (before[-1], after[-4:]) == ("missed", ["7", "h", "30", "min"])


def test_as_json(bundle: Path, bench: Bench) -> None:
    bench.put(a_process(a_milestone(within="45m")))
    [found] = milepost("what-if", bundle, "--process", bench.process, "--json").objects
    [one] = found["milestones"]
    assert (found["same"], one["difference"], one["before"]["status"], one["after"]["status"]) == (
        False, "newly_violated", "met", "met_late",
    )  # fmt: skip
    assert (one["margin_before_s"], one["margin_after_s"]) == (600, -300)


def mailing(to: str | list[str], at: str = "75%") -> dict[str, Any]:
    """A milestone that mails a warning, tells of success as the bundle's does, and does nothing besides."""
    warning = {"at": at, "actions": [{"email": {"to": to, "template": "warning"}}]}
    return a_milestone(warnings=[warning], violations=[], success=[TELL])


def test_an_action_that_goes_to_somebody_else_is_shown_with_what_is_different_of_it(bundle: Path, bench: Bench) -> None:
    bench.put(a_process(mailing(["account_manager", "ben"])))
    shown = milepost("what-if", bundle, "--process", bench.process).out
    assert [line.split() for line in shown.splitlines() if "to: " in line] == [
        ["to:", "owner", "to:", "account_manager,", "ben"]
    ]
    assert "1 other action would have been the same" in shown
    [found] = milepost("what-if", bundle, "--process", bench.process, "--json").objects
    mail = found["actions"][0]
    assert (mail["otherwise"], mail["params_before"]["to"], mail["params_after"]["to"]) == (
        True,
        "owner",
        ["account_manager", "ben"],
    )
    assert found["same"] is False


def test_an_action_at_another_time_is_shown_without_its_parameters(bundle: Path, bench: Bench) -> None:
    bench.put(a_process(mailing("owner", at="50%")))
    shown = milepost("what-if", bundle, "--process", bench.process).out
    assert ("09:30" in shown, "to: " in shown) == (True, False)


def test_the_process_that_the_bundle_was_held_to_changes_nothing(bundle: Path, bench: Bench) -> None:
    bench.process.write_text(ANSWERED.laws[0].process.model_dump_json(exclude_none=True), "utf-8")
    assert milepost("what-if", bundle, "--process", bench.process, "--json").objects[0]["same"] is True
    assert "No milestone would have been different." in milepost("what-if", bundle, "--process", bench.process).out


def test_the_business_hours_of_a_file_go_before_those_of_the_bundle(tmp_path: Path, bench: Bench) -> None:
    by_office = under(a_quiet(within="4h"), business_hours="office")
    case = a_case(under=by_office, calendars=[some_hours("office")]).opened("09:00").completed("15:00")
    path = tmp_path / "office.mpb"
    path.write_bytes(written(bundle_of(dossier_of(case, "18:00"), [])))
    bench.process.write_text(by_office.model_dump_json(exclude_none=True), "utf-8")
    bench.calendars.write_text(some_hours("office", {"mon": ["14:00-18:00"]}).model_dump_json(), "utf-8")
    [own] = milepost("what-if", path, "--process", bench.process, "--json").objects
    [given] = milepost("what-if", path, "--process", bench.process, "--calendars", bench.calendars, "--json").objects
    assert own["same"] is True
    assert (given["same"], given["milestones"][0]["difference"]) == (False, "cured")
    assert (given["milestones"][0]["margin_before_s"], given["milestones"][0]["margin_after_s"]) == (-7200, 10_800)


def test_an_altered_bundle_is_refused_in_a_sentence(bundle: Path, bench: Bench) -> None:
    data = bytearray(bundle.read_bytes())
    data[-9] ^= 1
    bundle.write_bytes(bytes(data))
    ran = milepost("what-if", bundle, "--process", bench.process)
    assert (ran.code, "Traceback" in ran.err, len(ran.err.splitlines())) == (2, False, 1)


@pytest.mark.parametrize(
    ("process", "said"),
    [
        (a_process(applies_to="work_order"), "is for records of type 'case', but 'Support' for 'work_order'"),
        (a_process(business_hours="night"), "names the business hours 'night', which are not known"),
        (a_process(a_milestone(within="soon")), "milestones[0].within"),
    ],
)
def test_a_process_that_cannot_be_compared(bundle: Path, bench: Bench, process: Any, said: str) -> None:
    bench.put(process)
    ran = milepost("what-if", bundle, "--process", bench.process)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_file_of_several_processes_needs_a_name(bundle: Path, bench: Bench) -> None:
    bench.put(a_process(process="One"), a_process(process="Two"))
    assert "choose one with --name" in milepost("what-if", bundle, "--process", bench.process).err
    assert milepost("what-if", bundle, "--process", bench.process, "--name", "Two").code == 0


# ---------------------------------------------------------------------- of an installation


class _WhatIf:
    """An installation that knows C-1."""

    async def record(self, record: str, found: Found[Process], calendars: Mapping[str, Any]) -> WhatIf:
        if record != "C-1":
            raise UnknownRecord(record=record)
        kept = Dossier.model_validate(json.loads(ANSWERED.model_dump_json()))
        return what_if(kept, Followed(process=found.value, calendars=calendars))


@asynccontextmanager
async def a_desk(_settings: Settings) -> AsyncIterator[Desk]:
    yield cast("Desk", SimpleNamespace(what_if=_WhatIf()))


def test_a_record_is_asked_for_by_its_id(bench: Bench) -> None:
    services = Services(settings=Settings, desk=a_desk)
    assert milepost("what-if", "C-1", "--process", bench.process, services=services).code == 0
    ran = milepost("what-if", "C-9", "--process", bench.process, services=services)
    assert (ran.code, "C-9" in ran.err) == (3, True)


def test_without_an_installation_only_a_bundle_will_do(bench: Bench) -> None:
    ran = milepost("what-if", "C-1", "--process", bench.process)
    assert (ran.code, "'C-1' is no file, and this installation has no Desk" in ran.err) == (2, True)
