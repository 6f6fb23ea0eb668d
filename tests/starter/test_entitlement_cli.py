"""`milepost entitlement` and `milepost people`, on the examples, with a Desk of their own at nine on Monday 2 March 2026."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.settings import Settings
from starter.checkups.promises import expiring
from starter.cli.services import Services
from starter.desk import Desk, open_desk
from starter.views import ChoiceView
from tests.starter.command_line import EXAMPLES, Ran, milepost
from tests.starter.fake_desk import FakeDesk, a_case_file
from tests.starter.patients import a_patient, on_file, unreached, with_tables
from tests.store.builders import at

SOON = """
entitlements:
  - {entitlement: soon, account: larkspur, ends_on: "2026-03-20", description: "[red] ends"}
"""


class Shell:
    """A command line in an installation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def run(self, *arguments: str | Path) -> Ran:
        @asynccontextmanager
        async def desk(settings: Settings) -> AsyncIterator[Desk]:
            async with open_desk(settings, unreached, lambda: at("09:00")) as opened:
                yield opened

        return milepost(*arguments, services=Services(settings=lambda: self.settings, desk=desk))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    directory = tmp_path_factory.mktemp("promised")
    shell = Shell(asyncio.run(with_tables(on_file(directory))))
    (directory / "soon.yaml").write_text(SOON, "utf-8")
    files = [EXAMPLES / name for name in ("processes", "calendars", "people.yaml", "entitlements.yaml")]
    ran = shell.run("apply", *files, directory / "soon.yaml")
    assert ran.code == 0, ran.err
    return shell


# ---------------------------------------------------------------------- apply


def test_entitlements_are_applied_with_all_else(shell: Shell) -> None:
    ran = shell.run("apply", EXAMPLES / "entitlements.yaml", "--json")
    (line,) = ran.objects[0]["lines"]
    assert (line["kind"], line["outcome"]) == ("entitlements", "unchanged")


def test_what_refers_to_nothing_is_told_with_its_place(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text("entitlements:\n  - {entitlement: x, account: helios, asset: moon}\n", "utf-8")
    ran = shell.run("apply", file, "--json")
    assert (ran.code, ran.error["code"]) == (2, "not_defined")
    assert ran.error["message"].startswith(f"{file}: entitlements[0].asset names the asset 'moon'")


def test_a_bad_date_is_told_with_its_line(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text('entitlements:\n  - entitlement: x\n    account: helios\n    ends_on: "2026-02-30"\n', "utf-8")
    assert f"{file}:4: entitlements[0].ends_on: " in shell.run("apply", file).err


# ---------------------------------------------------------------------- entitlement


def test_they_are_listed_as_a_table_or_as_json(shell: Shell) -> None:
    ran = shell.run("entitlement", "list")
    assert re.search(r"larkspur-ten +larkspur +active +2028-02-29 .*10 of 10", ran.out)
    found = shell.run("entitlement", "list", "--account", "helios", "--json").objects
    assert [one["entitlement"] for one in found] == ["helios-hall-7", "helios-premium"]
    assert shell.run("entitlement", "list", "--account", "nobody").out == "No such entitlement.\n"
    assert shell.run("entitlement", "list", "--status", "ended").code == 2


def test_one_is_shown_with_its_terms(shell: Shell) -> None:
    out = shell.run("entitlement", "show", "larkspur-ten").out
    assert "0 of 10 incidents used; when all are: block" in out
    assert "from 2026-03-01 until 2028-02-29" in out
    assert "[red] ends" in shell.run("entitlement", "show", "soon").out, "what people write is no markup"
    assert shell.run("entitlement", "show", "larkspur-ten", "--json").objects[0]["uses"] == []
    assert shell.run("entitlement", "show", "gold").code == 3


def test_choosing_says_which_and_why_no_other(shell: Shell) -> None:
    about = ("--account", "helios", "--asset", "helios-inverter-7", "--contact", "kim")
    out = shell.run("entitlement", "choose", *about).out
    assert "helios-hall-7: the best of 2: it is for this asset and this contact" in out
    assert re.search(r"helios-premium +'helios-hall-7' is for this asset and this contact, it for a contract", out)
    assert shell.run("entitlement", "choose", *about, "--json").objects[0]["chosen"] == "helios-hall-7"


def test_nobody_in_particular_cannot_be_asked_about(shell: Shell) -> None:
    assert "name an --account or an --entitlement" in shell.run("entitlement", "choose").err


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (
            "2026-03-02T15:00:00Z",
            "Yes, until Mon 2026-03-02 17:30 (America/New_York): 'larkspur-advice' is in force",
        ),
        ("2026-03-02T05:00:00Z", "No; again Mon 2026-03-02 08:30 (America/New_York): 'larkspur-advice' opens then"),
    ],
)
def test_whether_one_may_ask(shell: Shell, moment: str, said: str) -> None:
    asked = ("--account", "larkspur", "--entitlement", "larkspur-advice", "--at", moment)
    assert said in shell.run("entitlement", "eligible", *asked, "--timezone", "America/New_York").out


@pytest.mark.parametrize("verb", [("entitlement", "eligible", "--account", "x"), ("people", "resolve", "ada")])
def test_a_time_beyond_all_calendars_is_refused(shell: Shell, verb: tuple[str, ...]) -> None:
    assert "outside the years 1900 to 2199" in shell.run(*verb, "--at", "0001-01-01T00:00:00Z").err


def test_what_ends_soon(shell: Shell) -> None:
    assert re.search(r"2026-03-20 +18 +soon +larkspur +iris", shell.run("entitlement", "expiring", "--within", "3w").out)
    assert shell.run("entitlement", "expiring", "--within", "17").out == "No entitlement ends within 17 days.\n"
    assert [one["days_left"] for one in shell.run("entitlement", "expiring", "--json").objects] == [18]
    assert shell.run("entitlement", "expiring", "--within", "soon").code == 2


async def test_the_doctor_warns_of_what_ends_soon(shell: Shell) -> None:
    async with a_patient(shell.settings) as patient:
        patient.now = lambda: at("09:00")
        told = await expiring(patient)
        assert told.found == "1 entitlement ends within 30 days: soon (2026-03-20)"
        assert (told.verdict, (told.remedy or "").splitlines()[-1]) == ("warning", "milepost entitlement expiring")
        patient.now = lambda: at("09:00").replace(month=4)
        assert (await expiring(patient)).verdict == "ok"


@pytest.mark.parametrize(
    ("chosen", "line"),
    [("helios-premium", "entitlement helios-premium (the best of 2)"), (None, "entitlement – (the best of 2)")],
)
def test_a_case_shows_what_it_is_held_to(chosen: str | None, line: str) -> None:
    choice = ChoiceView(at=at("09:00"), chosen=chosen, process=None, why="the best of 2", rejected=())
    desk = FakeDesk()
    desk.pages = iter([a_case_file().model_copy(update={"entitlement": choice}), a_case_file()])
    assert line in milepost("case", "show", "C-1", services=desk.services()).out
    assert "entitlement" not in milepost("case", "show", "C-1", services=desk.services()).out, "nothing is promised"


def test_a_case_can_be_opened_by_an_entitlement() -> None:
    desk = FakeDesk()
    milepost("case", "open", "--id", "C-7", "--account", "helios", "--entitlement", "gold", services=desk.services())
    assert desk.asked[0][1]["fields"] == {"account": "helios", "entitlement": "gold"}


# ---------------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("people", r"ada +Ada Whitlock +ada@support.example"),
        ("queues", r"service-desk +– +dev, edda"),
        ("roles", r"senior_agent +ada, carla, edda +ada"),
        ("accounts", r"helios +Helios Solar GmbH +Europe/Berlin +premium +hugo"),
        ("contacts", r"kim +Kim Park"),
    ],
)
def test_the_directory_is_listed(shell: Shell, kind: str, shown: str) -> None:
    assert re.search(shown, shell.run("people", "list", kind).out)
    assert shell.run("people", "list", kind, "--json").objects


def test_there_is_no_list_of_anything_else(shell: Shell) -> None:
    assert "Known: people, queues, roles, accounts, contacts" in shell.run("people", "list", "teams").err


def test_whom_a_name_means(shell: Shell) -> None:
    out = shell.run("people", "resolve", "role:senior_agent").out
    assert re.search(r"ada +Ada Whitlock +colleague +yes +yes", out)
    assert "reassign  ada" in out
    assert "reassign  ada" in shell.run("people", "resolve", "senior_agent").out, "nobody is called so, and a role is"
    nobody = shell.run("people", "resolve", "role:senior_agnet").out
    assert "email     nobody: there is nobody to mail behind role:senior_agnet" in nobody
    assert shell.run("people", "resolve", "queue:tier-1", "--json").objects[0]["email"]["reaches"] == ["tier-1"]
    assert shell.run("people", "resolve", "owner", "--record", "C-9").code == 3
    assert shell.run("people", "resolve", "role:agent", "--by", "chance").code == 2
