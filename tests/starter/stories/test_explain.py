"""`milepost explain`: the verdict first, figures to the second, on any terminal; of a bundle without server and database."""

import io
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from rich.console import Console

from runtime.settings import Settings
from sla.duration import spoken
from sla.evaluation.following import Followed, Laws
from sla.story import Story
from sla.telling import story
from starter.answers import BAD_INPUT, FINE, NOT_FOUND
from starter.bundles import read_bundle
from starter.cli.render_story import CHAPTERS, story_page
from starter.cli.services import Services
from starter.desk import Desk
from starter.stories.page import page
from starter.stories.telling import told as explained
from tests.docs.pages import DOCS, blocks
from tests.sla.builders import ZONE, a_case, a_milestone, a_process, a_quiet, some_hours
from tests.sla.telling.builders import a_dossier, told
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.starter.command_line import milepost
from tests.starter.setup.desks import Clock
from tests.starter.setup.desks import a_desk as a_real_desk
from tests.starter.stories.easter import BUNDLE, dossier, local
from tests.starter.stories.test_page import expected, hostile


def shown(whole: Story, width: int = 100) -> list[str]:
    """What a terminal of that width shows, line by line."""
    screen = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    screen.print(story_page(whole))
    return cast("io.StringIO", screen.file).getvalue().splitlines()


def a_desk(asked: list[tuple[Any, ...]]) -> Services:
    """An installation that knows the case over Easter, and remembers what it was asked."""

    class Evidence:
        async def story(self, record: str, zone: ZoneInfo | None, at: datetime | None) -> Story:
            asked.append((record, zone, at))
            return explained(dossier(), zone, at)

    class Stub:
        evidence = Evidence()

    @asynccontextmanager
    async def desk(_settings: Settings) -> AsyncIterator[Desk]:
        yield cast("Desk", Stub())

    return Services(settings=Settings, desk=desk)


# ---------------------------------------------------------------------- what it shows


def test_the_verdict_comes_first() -> None:
    head, verdict, *_ = milepost("explain", BUNDLE).out.splitlines()
    assert head == "C-1024  violated closed"
    assert verdict.startswith("Violated. Resolution: missed by 1 h 53 min of open time")


@pytest.mark.parametrize("width", [80, 100, 120, 160])
@pytest.mark.parametrize("whole", [lambda: explained(dossier()), hostile], ids=["easter", "hostile"])
def test_it_fits_the_terminal(whole: Callable[[], Story], width: int) -> None:
    lines = shown(whole(), width)
    assert max(map(len, lines)) <= width
    assert not {"\x1b", "\u202e"} & set("".join(lines))


@some(60)
@given(cases())
def test_the_figures_on_the_terminal_are_the_timelines(case: Given) -> None:
    now = case.now + timedelta(hours=7)
    timeline = case.as_of(now)
    lines = shown(story(a_dossier(Laws(Followed(process=case.process, calendars=HOURS)), case.events, now), ZONE), 240)
    if not 0 < len(timeline.milestones) <= CHAPTERS:
        return
    begin = next(place for place, line in enumerate(lines) if line.startswith("Milestone "))
    rows = lines[begin + 2 : begin + 2 + len(timeline.milestones)]
    for one, row in zip(timeline.milestones, rows, strict=True):
        cells = re.split(r" {2,}", row.strip())
        assert cells[1] == one.status.replace("_", " ")
        assert cells[4:6] == [spoken(one.limit_s), spoken(one.stopped_s)]
        read = dict(zip(("Margin", "Used", "Target", "Completed"), (*cells[2:4], *cells[6:]), strict=True))
        assert read == expected(one)


def test_three_months_do_not_print_ninety_rows() -> None:
    process = a_process(a_quiet(within="300h", business_hours="office"))
    whole = told(a_case(under=process, calendars=[some_hours()]).opened().completed("2026-05-29 12:00"), "2026-06-02 10:00")
    lines = shown(whole)
    assert len(lines) < 60
    [total] = [line for line in lines if line.startswith("Total ")]
    assert re.split(r" {2,}", total.strip())[-1] == spoken(whole.chapters[0].actual_s or 0)


def test_hundreds_of_occurrences_are_counted_and_the_rest_is_bounded() -> None:
    process = a_process(a_quiet(), a_milestone("Status Update", within="2h", recurrence="periodic"))
    whole = told(a_case(under=process).opened().completed("09:30"), "2026-04-20 10:00")
    lines = shown(whole)
    assert len(whole.chapters) > 500
    assert len(lines) < 500
    assert any(line.startswith("Status Update ") and " missed" in line for line in lines)
    assert any(line.startswith(f"{len(whole.chapters) - CHAPTERS} more occurrences") for line in lines)


def test_hundreds_of_stops_are_bounded_as_well_and_their_total_is_exact() -> None:
    case = a_case(under=a_process(a_quiet(within="500h"))).opened("09:00")
    for hour in range(300):
        day = f"2026-03-{3 + hour // 24:02} {hour % 24:02}"
        case = case.stopped(f"{day}:10").resumed(f"{day}:20")
    whole = told(case, "2026-03-20 10:00")
    lines = shown(whole)
    assert len(whole.chapters[0].stops) == 300
    assert len(lines) < 250
    assert any("more sentences" in line for line in lines)
    assert any(line.strip() == "and 280 more: --json has them all" for line in lines)
    row = next(line for line in lines if line.startswith("First Response "))
    assert re.split(r" {2,}", row.strip())[5] == "50 h"
    assert len(page(whole)) < 150_000


# ---------------------------------------------------------------------- how it is asked


def test_a_bundle_is_explained_without_server_and_database() -> None:
    ran = milepost("explain", BUNDLE, "--json")
    assert (ran.code, ran.err) == (FINE, "")
    [found] = ran.objects
    assert Story.model_validate(found) == explained(read_bundle(BUNDLE).dossier)
    timeline = dossier().timeline().model_dump(mode="json")
    for chapter, one in zip(found["chapters"], timeline["milestones"], strict=True):
        assert {name: chapter[name] for name in one if name in chapter} == {
            name: one[name] for name in one if name in chapter
        }


def test_the_bundle_of_the_examples_holds_the_case_of_the_documentation() -> None:
    kept, meant = read_bundle(BUNDLE).dossier, dossier()
    assert (kept.log, kept.laws, kept.deeds, kept.choice) == (meant.log, meant.laws, meant.deeds, meant.choice)


def test_what_the_documentation_shows_is_what_it_prints() -> None:
    [shown_there] = [block.text for block in blocks("text") if block.page == DOCS / "explain.md"]
    printed = squeezed("\n".join(shown(explained(read_bundle(BUNDLE).dossier), 90)))
    assert [part for part in shown_there.split("…") if squeezed(part) not in printed] == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_a_record_is_asked_of_the_desk_with_zone_and_instant() -> None:
    asked: list[tuple[Any, ...]] = []
    options = ("--timezone", "America/New_York", "--at", "2026-04-07T12:00:00Z")
    ran = milepost("explain", "C-1024", *options, services=a_desk(asked))
    assert asked == [("C-1024", ZoneInfo("America/New_York"), local("7 13:00"))]
    assert ran.out.startswith("C-1024  at risk\n")
    assert "times in America/New_York" in ran.out


def test_as_of_another_instant_a_bundle_tells_what_was_true_then() -> None:
    [found] = milepost("explain", BUNDLE, "--at", "2026-04-07T12:00:00Z", "--json").objects
    assert found["as_of"] == "2026-04-07T12:00:00Z"
    assert [one["status"] for one in found["chapters"]] == ["met", "met", "running"]
    early = milepost("explain", BUNDLE, "--at", "2026-03-01T12:00:00Z")
    assert (early.code, early.out) == (BAD_INPUT, "")
    assert "it was opened later than that" in early.err


def test_the_page_goes_to_a_file_or_to_standard_output(tmp_path: Path) -> None:
    target = tmp_path / "case.html"
    ran = milepost("explain", BUNDLE, "--html", target)
    assert ran.out == ""
    assert (
        target.read_text("utf-8")
        == page(explained(read_bundle(BUNDLE).dossier))
        == milepost("explain", BUNDLE, "--html", "-").out
    )


# ---------------------------------------------------------------------- what it refuses


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((BUNDLE, "--timezone", "Mars/Olympus"), "there is no zone 'Mars/Olympus'"),
        ((BUNDLE, "--at", "yesterday"), "'yesterday' is not a date-time"),
        ((BUNDLE, "--at", "2026-04-07T12:00:00"), "2026-04-07T12:00:00"),
        ((BUNDLE, "--json", "--html", "x.html"), "give one of them"),
        (("C-1024",), "'C-1024' is no bundle"),
        (("nowhere.mpb",), "nowhere.mpb: cannot be read (no such file or directory)"),
        ((BUNDLE, "--html", "/nowhere/at/all.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(arguments: tuple[str | Path, ...], said: str) -> None:
    ran = milepost("explain", *arguments)
    assert (ran.code, ran.out) == (BAD_INPUT, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:], "not as it was written"),
        (lambda data: data[:-1], "the end of this bundle is missing"),
        (lambda data: data.replace(b"milepost-bundle 1", b"milepost-bundle 2", 1), "is of format 2"),
        (lambda data: b"PK" + data, "it does not begin as one"),
    ],
    ids=["altered", "cut off", "newer", "foreign"],
)
def test_what_is_no_whole_bundle_is_not_explained(tmp_path: Path, spoil: Callable[[bytes], bytes], said: str) -> None:
    spoilt = tmp_path / "spoilt.mpb"
    spoilt.write_bytes(spoil(BUNDLE.read_bytes()))
    ran = milepost("explain", spoilt)
    assert (ran.code, ran.out) == (BAD_INPUT, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_record_that_nobody_knows_is_refused_in_a_sentence(tmp_path: Path) -> None:
    @asynccontextmanager
    async def empty(_settings: Settings) -> AsyncIterator[Desk]:
        async with a_real_desk(tmp_path, Clock()) as opened:
            yield opened

    ran = milepost("explain", "C-9", services=Services(settings=Settings, desk=empty))
    assert (ran.code, ran.out) == (NOT_FOUND, "")
    assert " ".join(ran.err.split()).startswith("Error: There is no record 'C-9'.")
