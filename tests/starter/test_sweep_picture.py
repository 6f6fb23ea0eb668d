"""The picture of a sweep: where its promises stand, what its axis is called, and that drawing it loses no figures."""

import xml.etree.ElementTree as ET  # what is parsed here is our own
from pathlib import Path

import pytest

from starter.sweep_picture import LEFT, RIGHT
from tests.starter.bench import Bench, an_event, opened
from tests.starter.command_line import Ran, milepost

SVG = "{http://www.w3.org/2000/svg}"
FULL = Path("/dev/full")


@pytest.fixture
def answered(bench: Bench) -> Bench:
    """One record, answered after forty minutes."""
    bench.tell(opened(), an_event("completed", "2026-03-02T09:40:00Z", milestone="First Response"))
    return bench


def sweep(bench: Bench, asked: str, picture: Path, *options: str) -> Ran:
    files = ("--process", bench.process, "--events", bench.events)
    return milepost("simulate", *files, "--sweep", asked, "--picture", picture, *options)


def drawn(bench: Bench, asked: str) -> ET.Element:
    """The picture of a sweep that is done without a complaint."""
    path = bench.directory / "sweep.svg"
    ran = sweep(bench, asked, path)
    assert (ran.code, ran.err) == (0, "")
    return ET.fromstring(path.read_text("utf-8"))


def places(picture: ET.Element) -> list[float]:
    """Where the promises stand, from 0, the first, to 1, the last; one alone as a share of the axis."""
    xs = [float(dot.attrib["cx"]) for dot in picture.iter(f"{SVG}circle")]
    first, last = (xs[0], xs[-1]) if xs[0] < xs[-1] else (LEFT, RIGHT)
    return [round((x - first) / (last - first), 2) for x in xs]


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ("30m,1h,8h", [0, 0.25, 1]),  # logarithmic: once doubled, then three times
        ("50%,100%,800%", [0, 0.25, 1]),
        ("30m,31m,8h", [0, 0.5, 1]),  # they would crowd each other
        ("8h,1h,30m", [0, 0.5, 1]),  # as they were asked for, which is no axis
        ("50%,2h,8h", [0, 0.5, 1]),  # of no common unit
        ("1h,60m", [0, 1]),
        ("1h", [0.5]),
    ],
)
def test_promises_stand_apart_by_how_many_times_longer_they_are_or_evenly(
    answered: Bench, values: str, at: list[float]
) -> None:
    assert places(drawn(answered, f"First Response.within={values}")) == at


@pytest.mark.parametrize(
    ("swept", "called"),
    [
        ("First Response.within=30m,1h", "First Response.within (open time)"),
        ("First Response.within=50%,150%", "First Response.within (of today's limits)"),
        ("First Response.warnings[1].at=50%,90%", "First Response.warnings[1].at (of the limit)"),
        ("First Response.within=50%,2h", "First Response.within"),
    ],
)
def test_the_axis_is_called_by_what_its_values_are(answered: Bench, swept: str, called: str) -> None:
    words = [text.text for text in drawn(answered, swept).iter(f"{SVG}text")]
    assert called in words


def test_a_picture_that_cannot_be_written_is_refused_before_the_work_and_harms_no_file(answered: Bench) -> None:
    answered.tell("no event")
    ran = sweep(answered, "First Response.within=1h", answered.directory)
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written (Is a directory)" in ran.err
    kept = answered.directory / "kept.svg"
    kept.write_text("a picture", "utf-8")
    sweep(answered, "First Response.within=1h", kept)
    sweep(answered, "First Response.within=1h", answered.directory / "none.svg")
    assert kept.read_text("utf-8") == "a picture"
    assert not (answered.directory / "none.svg").exists()


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
def test_figures_are_shown_though_their_picture_fails(answered: Bench) -> None:
    ran = sweep(answered, "First Response.within=30m,1h", FULL, "--json")
    assert (ran.code, ran.error["code"]) == (2, "unwritable_file")
    [found] = ran.objects
    assert [one["after"]["violated"] for one in found["promises"]] == [1, 0]
