"""The picture of a story: each mark lies where its instant is, nothing is drawn outside, and it stays small."""

import re
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given

from sla.evaluation.following import Followed, Laws
from sla.story import Story
from sla.telling import story
from starter.pictures.look import DARK, LIGHT, style
from starter.pictures.timeline import NARROW, WIDE, picture
from tests.sla.builders import ESCALATE, MAIL, ZONE, a_case, a_milestone, a_process, a_quiet, instant, some_hours
from tests.sla.telling.builders import a_dossier, told
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.starter.pictures.drawn import Drawn, Mark
from tests.starter.stories.easter import PICTURE, drawn, local
from tests.starter.stories.easter import dossier as easter

WIDTHS = (WIDE, NARROW)
OFFICE = some_hours()


def along(marks: list[Mark], at: datetime) -> float:
    """Where an instant is to lie, by two marks that lie apart: reckoned without the code that draws."""
    one, other = max(combinations(marks, 2), key=lambda two: abs(two[0].x - two[1].x))
    share = (at - one.at) / (other.at - one.at)
    return one.x + share * (other.x - one.x)


def expected(whole: Story) -> set[tuple[str, datetime]]:
    """What must be marked, of a story that shows each occurrence in a row of its own."""
    found = set()
    for one in whole.chapters:
        ended_open = one.ended_at if one.completed_at is None else None
        target = None if one.status == "cancelled" else one.target_at
        kinds = {"started": one.started_at, "target": target, "violated": one.violated_at}
        kinds |= {"completed": one.completed_at, "ended": ended_open}
        found |= {(kind, at) for kind, at in kinds.items() if at is not None}
    return found


def check(whole: Story, width: int) -> None:
    found = Drawn(picture(whole, width=width))
    marks = found.marks()
    if len(whole.chapters) <= 14:
        assert {(mark.kind.replace("beyond", "target"), mark.at) for mark in marks} == expected(whole)
    everything = [*(mark for mark in marks if mark.kind != "beyond"), *found.marks("act")]
    for far in (mark for mark in marks if mark.kind == "beyond"):
        assert all(mark.x <= far.x and mark.at < far.at for mark in everything), "it lies at the edge, for it is not here"
    apart = [mark for mark in everything if abs(mark.x - everything[0].x) > 20]
    for mark in everything if apart else []:
        assert mark.x == pytest.approx(along(everything, mark.at), abs=0.25), mark
    for x, y in found.places():
        assert found.left - 0.1 <= x <= found.right + 0.1, x
        assert -0.1 <= y <= found.height + 0.1, y


@pytest.mark.parametrize("width", WIDTHS)
@some(80)
@given(case=cases())
def test_every_mark_lies_where_its_instant_is_and_nothing_is_drawn_outside(width: int, case: Given) -> None:
    now = case.now + timedelta(hours=7)
    check(story(a_dossier(Laws(Followed(process=case.process, calendars=HOURS)), case.events, now), ZONE), width)


def a_week() -> Story:
    """Opened on Monday at 14:10, within 16 office hours, stopped from Tuesday 11:00 to Wednesday 10:00, done on Friday."""
    process = a_process(a_quiet(within="16h", business_hours="office"))
    case = a_case(under=process, calendars=[OFFICE]).opened("14:10").stopped("Tue 11:00").resumed("Wed 10:00")
    return told(case.completed("Fri 13:12"), "Fri 15:00")


@pytest.mark.parametrize("width", WIDTHS)
def test_open_hours_are_shaded_from_opening_to_closing(width: int) -> None:
    found = Drawn(picture(a_week(), width=width))
    x = {clock: along(found.marks(), instant(clock)) for clock in ("14:10", "17:00", "Tue 09:00", "Thu 13:10", "Fri 13:12")}
    shaded = found.spans("open")
    assert shaded[0] == pytest.approx((x["14:10"], x["17:00"]), abs=0.25)
    assert shaded[1][0] == pytest.approx(x["Tue 09:00"], abs=0.25)
    assert shaded[-1][1] == pytest.approx(x["Thu 13:10"], abs=0.25)
    late = found.spans("over")
    assert (late[0][0], late[-1][1]) == pytest.approx((x["Thu 13:10"], x["Fri 13:12"]), abs=0.25)


@pytest.mark.parametrize("width", WIDTHS)
def test_of_a_running_case_the_open_hours_ahead_are_shaded_up_to_the_target(width: int) -> None:
    process = a_process(a_quiet(within="16h", business_hours="office"))
    found = Drawn(picture(told(a_case(under=process, calendars=[OFFICE]).opened("14:10"), "Tue 13:00"), width=width))
    x = {clock: along(found.marks(), instant(clock)) for clock in ("Tue 13:00", "Tue 17:00", "Wed 09:00", "Wed 14:10")}
    [before, after] = found.spans("later")
    assert before == pytest.approx((x["Tue 13:00"], x["Tue 17:00"]), abs=0.25)
    assert after == pytest.approx((x["Wed 09:00"], x["Wed 14:10"]), abs=0.25)
    assert "open time ahead" in found.words()
    assert Drawn(picture(a_week(), width=width)).spans("later") == []


def test_an_open_case_has_a_line_as_of_when_it_is_told_and_a_closed_one_has_none() -> None:
    found = Drawn(picture(told(a_case().opened(), "13:00")))
    [line] = [one.attrib["d"] for one in found.root if one.attrib.get("class") == "now"]
    assert float(line[1:].split()[0]) == pytest.approx(along(found.marks(), instant("13:00")), abs=0.25)
    assert not [one for one in Drawn(picture(a_week())).root if one.attrib.get("class") == "now"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_target_far_beyond_the_completion_is_at_the_edge_so_that_what_happened_can_be_seen(width: int) -> None:
    process = a_process(a_quiet("Answer", within="1h"), a_quiet("Solve", within="30d"), a_quiet("Close", within="60d"))
    whole = told(a_case(under=process).opened("09:00").completed("09:40", "Answer").completed("10:00", "Solve"), "10:00")
    met = story_without(whole, "Close")
    check(met, width)
    found = Drawn(picture(met, width=width))
    started_at = met.chapters[0].started_at
    assert started_at is not None
    by_kind = {(mark.kind, mark.at - started_at): mark.x for mark in found.marks()}
    hours = {name: timedelta(hours=hour) for name, hour in (("answered", 2 / 3), ("due", 1), ("far", 720))}
    assert by_kind["target", hours["due"]] > by_kind["completed", hours["answered"]]
    assert by_kind["beyond", hours["far"]] >= by_kind["target", hours["due"]]
    assert (by_kind["completed", hours["due"]] - by_kind["started", timedelta(0)]) > (found.right - found.left) / 2
    open_ = Drawn(picture(whole, width=width))
    assert "beyond" not in {mark.kind for mark in open_.marks()}, "what is open is shown with its target"


def story_without(whole: Story, milestone: str) -> Story:
    return whole.model_copy(update={"chapters": tuple(one for one in whole.chapters if one.milestone != milestone)})


def test_a_stop_is_hatched_for_as_long_as_it_lasted() -> None:
    found = Drawn(picture(a_week()))
    [stop] = [one for one in found.root.iter() if one.attrib.get("class") == "stop"]
    left, wide = float(stop.attrib["x"]), float(stop.attrib["width"])
    begins, ends = (along(found.marks(), instant(clock)) for clock in ("Tue 11:00", "Wed 10:00"))
    assert (left, left + wide) == pytest.approx((begins, ends), abs=0.25)
    assert stop.attrib["fill"] == "url(#mp-hatch)"
    assert any(one.attrib.get("id") == "mp-hatch" for one in found.root.iter())


def test_actions_at_one_place_are_one_mark_with_their_number() -> None:
    process = a_process(a_milestone(violations=[{"after": "0s", "actions": [MAIL, MAIL, ESCALATE]}]))
    found = Drawn(picture(told(a_case(under=process).opened(), "11:00")))
    assert [mark.kind for mark in found.marks("act")].count("violation") == 1
    assert "×3" in found.words()


def test_an_action_that_was_late_is_drawn_when_it_was_done_with_a_line_from_when_it_was_due() -> None:
    found = Drawn(picture(story(easter(), ZONE)))
    marks = found.marks() + found.marks("act")
    done, due = local("7 16:15").replace(second=12), local("7 15:40")
    [late] = [mark for mark in found.marks("act") if mark.at == done]
    assert late.kind == "warning"
    assert late.x == pytest.approx(along(marks, done), abs=0.25)
    assert along(marks, due) < late.x
    assert "done late" in found.words()


@pytest.mark.parametrize("width", WIDTHS)
def test_hundreds_of_occurrences_are_a_row_for_each_milestone(width: int) -> None:
    process = a_process(a_quiet(), a_milestone("Status Update", within="2h", recurrence="periodic"))
    whole = told(a_case(under=process).opened().completed("09:30"), "2026-04-20 10:00")
    assert len(whole.chapters) > 500
    svg = picture(whole, width=width)
    assert len(svg) < 60_000
    names = [text for text in Drawn(svg).words() if text in ("First Response", "Status Update")]
    assert names == ["First Response", "Status Update"]
    check(whole, width)


def test_a_day_unlike_others_is_tinted_from_midnight_to_midnight_of_its_calendar() -> None:
    found = Drawn(picture(story(easter(), ZONE)))
    [friday, monday] = [one for one in found.root.iter() if one.attrib.get("class") == "unlike"]
    assert [friday.attrib["data-on"], monday.attrib["data-on"]] == ["2026-04-03", "2026-04-06"]
    left, wide = float(friday.attrib["x"]), float(friday.attrib["width"])
    begins, ends = (along(found.marks(), local(clock)) for clock in ("3 00:00", "4 00:00"))
    assert (left, left + wide) == pytest.approx((begins, ends), abs=0.25)


def test_a_picture_says_in_words_what_it_shows() -> None:
    root = Drawn(picture(a_week(), prefix="one")).root
    assert root.attrib["role"] == "img"
    texts = {one.attrib["id"]: one.text for one in root.iter() if "id" in one.attrib}
    title, described = (texts[name] for name in root.attrib["aria-labelledby"].split())
    assert title == "Timeline of C-1"
    assert "First Response: missed by 8 h 2 min" in (described or "")


def test_marks_differ_without_colour() -> None:
    root = Drawn(picture(a_week())).root
    shapes = {}
    for group in root.iter():
        kinds = group.attrib.get("class", "").split()
        if kinds[:1] == ["mark"]:
            shapes[kinds[1]] = tuple(one.attrib.get("d", one.attrib.get("r")) for one in list(group)[1:])
    assert len(shapes) == len(set(shapes.values())) == 4


def test_nothing_to_show_is_a_picture_all_the_same() -> None:
    found = Drawn(picture(told(a_case(under=a_process(a_quiet(when={"tier": "gold"}))).opened(), "10:00")))
    assert found.marks() == []


def test_what_others_wrote_is_text_in_it() -> None:
    process = a_process(a_quiet("<script>alert(1)</script>\u202e" + "W" * 90))
    found = Drawn(picture(told(a_case("C-<&\"'>", under=process).opened(), "10:00")))
    assert not [one for one in found.root.iter() if one.tag.endswith("script")]
    [name] = [text for text in found.words() if text.startswith("<script>")]
    assert len(name) < 40
    assert "\u202e" not in "".join(found.root.itertext())


def test_light_and_dark_have_the_same_colours_and_all_that_is_used() -> None:
    assert set(LIGHT) == set(DARK)
    used = {part.partition(")")[0] for part in style().split("var(--")[1:]} - {"of"}
    assert used <= set(LIGHT)


def test_the_picture_of_the_documentation_is_the_one_that_is_drawn() -> None:
    kept = PICTURE.read_text("utf-8")
    assert seen(kept) == seen(drawn()), "draw it anew: python -m tests.starter.stories.easter"
    assert seen(kept) != seen(picture(a_week(), alone=True))
    assert len(kept) < 60_000


def seen(svg: str) -> str:
    """A picture without the words that are only read out: the sentences of a story have their own tests."""
    return re.sub(r"<(title|desc)\b[^>]*>[^<]*</\1>", "", svg).strip()
