"""Definitions that are not the store's: each version as of its revision, and nothing guessed for one that is not given."""

from pathlib import Path

import pytest

from sla.calendar import BusinessHours
from sla.dossier import LawKept
from sla.errors import UnknownProcess
from sla.messages import ProcessRef
from starter.answers import BAD_INPUT
from starter.replaying.laws import of_files, of_laws
from starter.replaying.reading import Unplayable
from tests.starter.command_line import milepost
from tests.starter.replaying.builders import golden, premium
from tests.workflows.golden import laws_under
from tests.workflows.world import a_process


def office(hours: str) -> BusinessHours:
    week = {day: [hours] for day in ("mon", "tue", "wed", "thu", "fri")}
    return BusinessHours.model_validate({"calendar": "office", "timezone": "Europe/London", "hours": week})


def kept(version: int, revision: int, hours: str) -> LawKept:
    ref = ProcessRef(process="Premium", version=version, revision=revision)
    always = BusinessHours.model_validate({"calendar": "always", "timezone": "UTC", "hours": "always"})
    return LawKept(ref=ref, process=a_process(), calendars={"office": office(hours)}, default_hours=always)


async def test_a_record_that_was_moved_back_has_the_calendars_of_its_opening_and_those_of_its_return() -> None:
    laws = of_laws([kept(1, 3, "09:00-17:00"), kept(2, 3, "09:00-17:00"), kept(1, 9, "08:00-20:00")])
    opened, returned = (ProcessRef(process="Premium", version=1, revision=revision) for revision in (3, 9))
    assert await laws.calendars(opened) == {"office": office("09:00-17:00")}
    assert await laws.calendars(returned) == {"office": office("08:00-20:00")}


async def test_what_a_dossier_has_not_nobody_has() -> None:
    with pytest.raises(UnknownProcess, match=r"'Premium \(version 2\)'"):
        await of_laws([kept(1, 3, "09:00-17:00")]).process(ProcessRef(process="Premium", version=2, revision=3))


async def test_what_files_have_not_is_said() -> None:
    laws = of_files([a_process()], {})
    assert await laws.process(ProcessRef(process="Premium", version=7, revision=9)) == a_process()
    with pytest.raises(Unplayable, match="no file that was given has its process 'Gold'; those given: Premium"):
        await laws.process(ProcessRef(process="Gold", version=1, revision=1))


def test_a_moved_record_of_which_only_the_first_process_is_given_is_skipped_and_said_so(tmp_path: Path) -> None:
    first = premium(tmp_path, success=[])
    ran = milepost("replay", golden("migrated"), "--process", first, "--json")
    [one] = ran.objects
    assert (ran.code, one["verdict"], one["differing"]) == (BAD_INPUT, "skipped", [])
    assert one["skipped"].startswith("its decisions cannot be taken again: no file that was given has its process 'Gold'")

    second = tmp_path / "gold.yaml"
    second.write_text(premium(tmp_path, success=[], within="30m").read_text("utf-8").replace("Premium", "Gold"), "utf-8")
    [one] = milepost("replay", golden("migrated"), "-p", premium(tmp_path, success=[]), "-p", second, "--json").objects
    assert one["verdict"] == "same"
    assert laws_under(golden("migrated"))[1].ref.process == "Gold"
