"""`milepost process audit`, `compare` and `consolidate`, on the catalogue of two merged companies."""

import asyncio
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from runtime.settings import Settings
from sla.acting import Actor
from sla.errors import ServiceUnavailable
from starter.cli.render_governance import audit_page, comparison_page, consolidation_page
from starter.cli.services import Services
from starter.desk import open_desk
from starter.setup.views.governance import ComparisonView, Consolidation, FindingView
from store.engine import Database
from tests.starter.command_line import ROOT, Ran, milepost

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GOLD = "Gold Care,Gold Care Nordic"


async def _nowhere() -> None:
    raise ServiceUnavailable(service="Temporal", address="nowhere", problem="there is none", remedy="Start one.")


async def _upgrade(url: str) -> None:
    database = Database(url)
    await database.upgrade()
    await database.dispose()


def services(file: Path) -> Services:
    """An installation on a file, without a Temporal server."""
    settings = Settings(database_url=f"sqlite:///{file}")
    actor = Actor(name="ada", door="cli")
    return Services(settings=lambda: settings, desk=lambda given: open_desk(given, _nowhere, lambda: NOW, actor))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which both companies' files are applied."""
    file = tmp_path_factory.mktemp("merger") / "milepost.db"
    asyncio.run(_upgrade(f"sqlite:///{file}"))
    ran = milepost("apply", ROOT / "docs" / "merger", services=services(file))
    assert ran.code == 0, ran.err
    return file


@pytest.fixture
def installation(merged: Path, tmp_path: Path) -> Services:
    """The same, to be changed."""
    return services(Path(shutil.copy(merged, tmp_path / "milepost.db")))


def process(installation: Services, *arguments: str, stdin: str = "") -> Ran:
    return milepost("process", *arguments, services=installation, stdin=stdin)


# ---------------------------------------------------------------------- audit


def test_the_audit_prints_what_is_to_be_done_and_ends_well(installation: Services) -> None:
    ran = process(installation, "audit")
    assert (ran.code, ran.err) == (0, "")
    assert "warning  same_timeline  (8)" in ran.out
    assert "\n      milepost process consolidate 'Gold Care' --from 'Gold Care Nordic' --from 'Premium Support'\n" in ran.out


def test_findings_are_told_from_a_severity_on_and_as_json(installation: Services) -> None:
    found = process(installation, "audit", "--severity", "warning", "--json").objects
    assert {one["severity"] for one in found} == {"error", "warning"}
    assert set(found[0]) == {"severity", "code", "subject", "sentence", "remedy", "names"}
    near = [one for one in process(installation, "audit", "--near", "1", "--json").objects if one["code"] == "near_timeline"]
    assert near == []


@pytest.mark.parametrize(("severity", "code"), [("error", 6), ("note", 6)])
def test_a_pipeline_can_be_stopped_by_what_is_found(installation: Services, severity: str, code: int) -> None:
    assert process(installation, "audit", "--fail-on", severity, "--severity", "error").code == code
    assert process(installation, "audit", "--severity", severity).code == 0


def test_nothing_found_is_no_failure(tmp_path: Path) -> None:
    asyncio.run(_upgrade(f"sqlite:///{tmp_path / 'empty.db'}"))
    ran = process(services(tmp_path / "empty.db"), "audit", "--fail-on", "note")
    assert (ran.code, ran.out) == (0, "Nothing was found.\n")


# ---------------------------------------------------------------------- side by side


def test_processes_stand_side_by_side(installation: Services) -> None:
    ran = process(installation, "compare", "Premium Support", "Platinum Care", "--differing")
    assert ran.code == 0
    assert "≠ within" in ran.out
    assert "24h" in ran.out
    assert "22h" in ran.out
    [found] = process(installation, "compare", "Premium Support", "Gold Care", "--json").objects
    assert found["processes"] == ["Premium Support", "Gold Care"]


def test_one_alone_or_an_unknown_one_cannot_be_compared(installation: Services) -> None:
    assert process(installation, "compare", "Premium Support").code == 2
    assert process(installation, "compare", "Premium Support", "Tin").code == 3


# ---------------------------------------------------------------------- consolidation


def test_it_is_shown_first_and_done_when_somebody_agrees(installation: Services) -> None:
    asked = ("consolidate", "Premium Support", "--from", GOLD)
    declined = process(installation, *asked, stdin="n\n")
    assert (declined.code, "thornbury-gold" in declined.out) == (0, True)
    assert "Nothing was changed." in declined.err
    agreed = process(installation, *asked, stdin="y\n")
    assert (agreed.code, "Done." in agreed.err) == (0, True)
    again = process(installation, *asked)
    assert "There is nothing to do" in again.out


def test_without_anybody_to_ask_nothing_is_done(installation: Services) -> None:
    ran = process(installation, "consolidate", "Premium Support", "--from", GOLD)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert process(installation, "consolidate", "Premium Support", "--from", GOLD, "--json").code == 2


def test_names_may_be_given_one_by_one_and_the_answer_as_json(installation: Services) -> None:
    split = ("--from", "Gold Care", "--from", '"Gold Care Nordic"', "--yes", "--json")
    [done] = process(installation, "consolidate", "Premium Support", *split).objects
    assert [source["process"] for source in done["sources"]] == ["Gold Care", "Gold Care Nordic"]
    assert (done["dry_run"], len(done["entitlements"])) == (False, 2)


@pytest.mark.parametrize(
    ("keep", "sources", "code", "reason"),
    [
        ("Premium Support", "Premium Support", 4, "it is one of them"),
        ("Tin", "Gold Care", 3, "Tin"),
        ("Premium Support", "Tin", 3, "Tin"),
        ("Premium Support", " , ", 4, "there is none"),
        ("Premium Support", "Field Service", 2, "work_order"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    installation: Services, keep: str, sources: str, code: int, reason: str
) -> None:
    ran = process(installation, "consolidate", keep, "--from", sources, "--yes", "--json")
    assert ran.code == code, ran.err
    assert reason in ran.error["message"]


# ---------------------------------------------------------------------- on a terminal


def printed(page: RenderableType, width: int) -> list[str]:
    screen = Console(width=width, file=io.StringIO(), highlight=False)
    screen.print(page, crop=False)
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [80, 120, 160])
def test_everything_fits_the_terminal_but_commands_which_are_never_broken(installation: Services, width: int) -> None:
    found = [FindingView(**one) for one in process(installation, "audit", "--json").objects]
    lines = [line for line in printed(audit_page(found), width) if "milepost process" not in line]
    names = ("Premium Support", "Standard Support", "Platinum Care", "Critical Incidents")
    [compared] = process(installation, "compare", *names, "--json").objects
    lines += printed(comparison_page(ComparisonView(**compared)), width)
    [foreseen] = process(
        installation, "consolidate", names[0], "--from", f"{GOLD},{names[2]}", "--dry-run", "--json"
    ).objects
    lines += printed(consolidation_page(Consolidation(**foreseen)), width)
    assert max(map(len, lines)) <= width
    assert "within" in " ".join(lines)


def test_of_very_many_findings_of_a_kind_some_are_shown_and_all_are_counted() -> None:
    one = FindingView(severity="note", code="c", subject="s", sentence="It is so.", remedy="Mend it.", names=())
    lines = printed(audit_page([one] * 1_234), 80)
    assert "  … and 1,214 more; --json lists them all" in lines
    assert lines[-1] == "1,234 findings: 1,234 notes. What each means is in docs/governance.md."
    assert sum("Mend it." in line for line in lines) == 1
