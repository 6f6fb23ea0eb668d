"""`milepost process`, `calendar` and `export`, on a real Desk: what is printed, what is refused, what is written."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.settings import Settings
from starter.cli.services import Services
from starter.desk import Desk, open_desk
from store.engine import Database
from tests.starter.bench import OFFICE, Json, a_milestone, a_process
from tests.starter.command_line import Ran, milepost
from tests.starter.setup.conftest import ADA, NOW, nowhere

CALL = {"task": {"to": "owner", "subject": "Call"}}
WARN = {"at": "75%", "actions": [CALL]}


class Installation:
    """A directory with a database and files, and its command line."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.settings = Settings(database_url=f"sqlite:///{directory / 'm.db'}")
        asyncio.run(self._upgrade())

    async def _upgrade(self) -> None:
        database = Database(self.settings.database_url)
        await database.upgrade()
        await database.dispose()

    def run(self, *arguments: str | Path, stdin: str = "") -> Ran:
        """Run a command line."""

        @asynccontextmanager
        async def desk(settings: Settings) -> AsyncIterator[Desk]:
            async with open_desk(settings, nowhere, lambda: NOW, ADA) as opened:
                yield opened

        return milepost(*arguments, services=Services(settings=lambda: self.settings, desk=desk), stdin=stdin)

    def apply(self, *documents: Json, options: tuple[str, ...] = ()) -> Ran:
        """Apply definitions."""
        ran = self.run("apply", "-", *options, stdin="\n---\n".join(json.dumps(one) for one in documents))
        assert ran.code == 0, ran.err
        return ran


def support(within: str = "1h", **more: object) -> Json:
    return a_process(a_milestone(within=within, violations=[{"actions": [CALL]}], **more))


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_version_goes_its_way_from_draft_to_retired(here: Installation) -> None:
    here.apply(support())
    here.apply(support("45m", warnings=[]), options=("--draft", "--notes", "Agreed"))
    diff = here.run("process", "diff", "Support")
    assert "↓ First Response tightened from 1h to 45m" in diff.out
    assert "− First Response's 75 % warning removed" in diff.out
    assert "version 2  active, default" in here.run("process", "activate", "Support").out
    assert "version 1  active, default" in here.run("process", "make-default", "Support", "1").out
    assert "version 2  retired" in here.run("process", "retire", "Support", "--version", "2").out
    assert here.run("process", "retire", "Support", "--version", "2").err == "It was retired already.\n"
    versions = here.run("process", "versions", "Support", "--json").objects
    assert [(one["version"], one["status"], one["in_force"], one["notes"]) for one in versions] == [
        (1, "active", True, None),
        (2, "retired", False, "Agreed"),
    ]


def test_apply_says_in_words_what_would_change(here: Installation) -> None:
    here.apply(support())
    told = here.apply(support("45m"), options=("--dry-run",)).out
    assert "First Response tightened from 1h to 45m" in told
    assert "Nothing was kept" in told
    assert len(here.run("process", "versions", "Support", "--json").objects) == 1


def test_a_new_version_is_a_copy_or_what_a_file_says(here: Installation, tmp_path: Path) -> None:
    here.apply(support())
    here.apply(support("45m"))
    assert "version 3  draft" in here.run("process", "new-version", "Support", "--from", "1").out
    assert here.run("process", "diff", "Support@1", "@3").out.splitlines()[-1] == "They say the same."
    file = tmp_path / "p.yaml"
    file.write_text(json.dumps(support("2h")), "utf-8")
    [drafted] = here.run("process", "new-version", "Support", "--file", file, "--json").objects
    assert drafted["definition"]["milestones"][0]["within"] == "2h"
    ran = here.run("process", "new-version", "Gold", "--file", file)
    assert (ran.code, "must hold the process 'Gold' and no other" in ran.err) == (2, True)


def test_what_a_version_says_is_shown_as_its_file(here: Installation) -> None:
    here.apply(support(), OFFICE)
    shown = here.run("process", "show", "Support").out
    assert "  - milestone: First Response\n    within: 1h\n" in shown
    (line,) = here.run("apply", "-", "--dry-run", "--json", stdin=shown).objects[0]["lines"]
    assert line["outcome"] == "unchanged"
    assert "calendar: office\ntimezone: Europe/Berlin\n" in here.run("calendar", "show", "office").out


def test_calendars_go_the_same_way(here: Installation) -> None:
    here.apply(OFFICE)
    early = json.dumps(OFFICE | {"hours": {"mon": ["08:00-17:00"]}})
    drafted = here.run("calendar", "new-version", "office", "--file", "-", stdin=early)
    assert "version 2  draft" in drafted.out
    told = here.run("calendar", "diff", "office").out
    assert "Monday open 08:00-17:00 instead of 09:00-17:00" in told
    assert "Tuesday closed, was open 09:00-17:00" in told
    assert "version 2  active, in force" in here.run("calendar", "activate", "office").out
    assert [one["in_force"] for one in here.run("calendar", "versions", "office", "--json").objects] == [False, True]
    here.run("calendar", "retire", "office")
    assert here.run("calendar", "list", "--json").objects == []
    assert [one["status"] for one in here.run("calendar", "list", "--all", "--json").objects] == ["retired"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("process", "show", "Gold"), 3, "unknown_process"),
        (("process", "show", "Support", "--version", "7"), 3, "unknown_version"),
        (("calendar", "show", "moon"), 3, "no_such_calendar"),
        (("process", "activate", "Support"), 2, "usage"),
        (("process", "diff", "Support"), 2, "usage"),
        (("process", "diff", "Support@9", "Support"), 3, "unknown_version"),
        (("process", "retire", "Support", "--version", "1"), 4, "still_needed"),
        (("process", "retire", "Support", "--if-match", "1-abc"), 4, "stale_etag"),
        (("process", "make-default", "Support", "x"), 2, "usage"),
    ],
)
def test_what_cannot_be_is_one_sentence(here: Installation, words: tuple[str, ...], code: int, said: str) -> None:
    here.apply(support())
    ran = here.run(*words, "--json")
    assert (ran.code, ran.error["code"], ran.out) == (code, said, "")


class TestExport:
    def test_it_is_the_same_each_time_and_apply_reads_it(self, here: Installation, tmp_path: Path) -> None:
        here.apply(support(), OFFICE, {"people": [{"person": "ada", "name": "Ada", "timezone": "UTC"}]})
        out = tmp_path / "out"
        assert "3 written" in here.run("export", out).err
        texts = {path: path.read_bytes() for path in out.rglob("*.yaml")}
        assert "3 unchanged" in here.run("export", out).err
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == texts
        report = here.run("apply", out, "--json").objects[0]
        assert {line["outcome"] for line in report["lines"]} == {"unchanged"}

    def test_what_is_no_longer_in_force_is_named_and_removed_if_asked(self, here: Installation, tmp_path: Path) -> None:
        here.apply(support())
        out = tmp_path / "out"
        here.run("export", out)
        (out / "notes.yaml").write_text("# mine\n", "utf-8")
        here.run("process", "retire", "Support")
        assert "still there: processes/support.yaml" in here.run("export", out).err
        assert here.run("export", out, "--prune", "--json").objects == [
            {"file": "processes/support.yaml", "outcome": "removed"}
        ]
        assert [path.name for path in out.rglob("*.yaml")] == ["notes.yaml"]

    def test_what_people_have_written_is_not_overwritten(self, here: Installation, tmp_path: Path) -> None:
        here.apply(support(), OFFICE)
        out = tmp_path / "out"
        (out / "processes").mkdir(parents=True)
        mine = out / "processes" / "support.yaml"
        mine.write_text("# mine\n", "utf-8")
        ran = here.run("export", out, "--json")
        assert (ran.code, ran.error["code"]) == (2, "foreign_file")
        assert [path for path in out.rglob("*") if path.is_file()] == [mine]
        assert here.run("export", out, "--overwrite").code == 0
        assert mine.read_text("utf-8").startswith("# Written by milepost export")

    def test_a_place_that_cannot_be_written_is_told(self, here: Installation, tmp_path: Path) -> None:
        here.apply(support())
        (tmp_path / "file").touch()
        ran = here.run("export", tmp_path / "file", "--json")
        assert (ran.code, ran.error["code"]) == (2, "unwritable_file")
