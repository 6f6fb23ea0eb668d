"""The page: its figures are the timeline's, it needs nothing else, and what others wrote is text in it."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from sla.dossier import Deed
from sla.duration import spoken
from sla.evaluation.following import Followed, Laws
from sla.story import Act, Story
from sla.telling import story
from sla.timeline import Occurrence
from starter.stories.page import CHAPTERS, page, policy
from starter.stories.telling import told as explained
from tests.sla.builders import ZONE, a_case, a_milestone, a_process, a_quiet, instant, some_hours
from tests.sla.telling.builders import a_dossier, told
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.starter.stories.easter import dossier, local
from tests.starter.stories.markup import Page

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> \u202eright-to-left \x1b[31m" + "W" * 200 + " שלום"


def hostile() -> Story:
    """Somebody has tried everything."""
    process = a_process(
        a_milestone(HOSTILE.replace("\x1b", "")[:110], complete_when={"event": "x"}), process="P<b>&amp;</b>"
    )
    case = a_case("<i>C-1</i>", under=process).opened(subject=HOSTILE, owner="</style><script>", priority="{{ 7 * 7 }}")
    case = case.happened("stopped", "09:10", reason=HOSTILE).resumed("09:40")
    return told(case, "12:00")


def figures(table: list[list[str]], heading: str) -> list[str]:
    place = table[0].index(heading)
    return [row[place].strip() for row in table[1:]]


def expected(one: Occurrence) -> dict[str, str]:
    """What is to be read of an occurrence, by the timeline's own figures and nothing of the story."""
    left_s = one.limit_s - (one.actual_s or 0)
    margin = "–"
    if one.overdue_s:
        margin = f"−{spoken(one.overdue_s)}"
    elif one.actual_s is not None:
        margin = f"+{spoken(left_s)}" if left_s else "0 s"
    elif one.violated:
        margin = f"+{spoken(one.remaining_s)}" if one.remaining_s else "none left"
    used_s = one.actual_s if one.actual_s is not None else one.overdue_s + one.limit_s - one.remaining_s
    at = {"Target": one.target_at, "Completed": one.completed_at}
    return {"Used": spoken(0 if one.status == "waiting" else used_s), "Margin": margin} | {
        name: "–" if instant is None else local_words(instant) for name, instant in at.items()
    }


def local_words(at: datetime) -> str:
    """`Mon 2 Mar 2026 10:00`, in London, as a calendar on the wall and a clock would say."""
    local_at = at.astimezone(ZONE)
    twice = local_at.replace(fold=0).utcoffset() != local_at.replace(fold=1).utcoffset()
    clock = f"{local_at:%H:%M:%S}" if local_at.second else f"{local_at:%H:%M}"
    return f"{local_at:%a} {local_at.day} {local_at:%b %Y} {clock}{f' {local_at:%Z}' if twice else ''}"


@some(60)
@given(cases())
def test_the_figures_of_the_page_are_the_timelines(case: Given) -> None:
    now = case.now + timedelta(hours=7)
    timeline = case.as_of(now)
    found = Page(page(story(a_dossier(Laws(Followed(process=case.process, calendars=HOURS)), case.events, now), ZONE)))
    if len(timeline.milestones) > CHAPTERS or not timeline.milestones:
        return
    glance = found.tables[0]
    assert figures(glance, "Limit") == [spoken(one.limit_s) for one in timeline.milestones]
    assert figures(glance, "Stopped") == [spoken(one.stopped_s) for one in timeline.milestones]
    assert figures(glance, "Status") == [one.status.replace("_", " ") for one in timeline.milestones]
    for name in ("Used", "Margin", "Target", "Completed"):
        assert figures(glance, name) == [expected(one)[name] for one in timeline.milestones], name


def test_the_total_of_each_table_of_open_time_is_the_actual_time() -> None:
    whole = explained(dossier())
    totals = [table[-1] for table in Page(page(whole)).tables if table[0][0] == "From – until" and "Counted" in table[0]]
    spent = [one for one in whole.chapters if one.open_spans]
    assert [row[3] for row in totals] == [spoken(one.actual_s or 0) for one in spent]
    assert [row[1] for row in totals] == [spoken(one.elapsed_s or 0) for one in spent]


@pytest.mark.parametrize(
    ("at", "running"),
    [("2 16:00", 2), ("7 13:00", 1)],  # Triage was met at once, First Response on the 2nd
)
def test_why_a_target_lies_where_it_does_is_told_while_it_is_ahead(at: str, running: int) -> None:
    whole = explained(dossier(), at=local(at))
    resolution = whole.chapters[-1]
    found = Page(page(whole))
    [*_, ahead] = [table for table in found.tables if table[0] == ["From – until", "Open", "So far"]]
    assert ahead[-1][1] == spoken(resolution.remaining_s)
    assert [day.on for day in resolution.days] == ["2026-04-03", "2026-04-06"]
    said = " ".join(one.text for one in resolution.sentences)
    assert ("Good Friday" in said, "Easter Monday" in said) == (True, True)
    assert found.words.count("Open time ahead until its target") == running


def test_why_a_target_lay_where_it_did_is_told_of_what_was_met_early() -> None:
    triage = explained(dossier()).chapters[1]
    assert (triage.status, [day.on for day in triage.days]) == ("met", ["2026-04-03", "2026-04-06"])
    assert sum(span.open_s for span in triage.spans_ahead) == triage.margin_s
    assert not [one for one in triage.sentences if "Friday" in one.text]
    assert "Open time that was left until its target" in Page(page(explained(dossier()))).words


@pytest.mark.parametrize(
    "whole",
    [lambda: explained(dossier()), hostile, lambda: told(a_case().opened(), "09:00")],
    ids=["a case over Easter", "hostile", "just opened"],
)
def test_a_page_is_well_formed_and_needs_nothing_else(whole: Callable[[], Story]) -> None:
    text = page(whole())
    found = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form", "use", "image"} & {
        name for name, _ in found.elements
    }
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name, attributes in found.elements:
        assert not [attribute for attribute in attributes if attribute.startswith("on") or attribute in ("style", "src")], (
            name
        )
        for attribute in ("href", "fill", "aria-labelledby"):
            for target in re.findall(r"#([\w-]+)", attributes.get(attribute) or ""):
                assert target in ids, target
    assert not re.search(r"url\((?!#)|@import|https?:", found.styles)
    elsewhere = re.sub(r'xmlns="http://www.w3.org/2000/svg"', "", text)
    assert "://" not in elsewhere


@pytest.mark.parametrize(
    ("deed", "word"),
    [
        ({"outcome": "performed", "at": instant("10:00:02")}, "done, then withdrawn"),
        ({"outcome": "dropped", "at": instant("10:03"), "reason": "completed"}, "dropped"),
        ({"outcome": None, "attempts": 2, "problem": "451 later"}, "withdrawn before it was done"),
        (None, "withdrawn before it was done"),
    ],
)
def test_only_what_was_done_was_done_and_then_withdrawn(deed: dict[str, Any] | None, word: str) -> None:
    deeds = () if deed is None else (Deed(key="C-1/First Response#1/1/violation-1/1", **deed),)
    whole = told(a_case().opened().completed("09:58", learned="10:03"), "12:00", deeds=deeds)
    found = Page(page(whole))
    [row] = [row for table in found.tables for row in table if row[1:3] == ["violation", "reassign"]]
    assert row[4].partition(":")[0] == word
    assert word in found.words.partition("At a glance")[0], "the legend of the picture"


def test_a_story_of_the_past_has_the_actions_as_they_were() -> None:
    warning = "C-1/First Response#1/1/warning-1/1"
    sent = Deed(key=warning, outcome="performed", at=instant("09:49"), attempts=2, problem="451 later",
                attempted_at=instant("09:47"))  # fmt: skip
    case = a_case().opened()
    whole = a_dossier(case.laws, case.events, instant("10:30"), deeds=(sent,))

    def warned(clock: str) -> Act:
        return explained(whole, at=instant(clock)).chapters[0].acts[0]

    assert (warned("09:46").outcome, warned("09:46").attempts) == (None, 0)
    assert (warned("09:48").outcome, warned("09:48").attempts) == (None, 2)
    assert (warned("09:50").outcome, warned("09:50").done_at) == ("performed", instant("09:49"))
    assert "it is tried again" in " ".join(one.text for one in explained(whole, at=instant("09:48")).chapters[0].sentences)


def test_what_was_done_before_it_was_due_as_is_known_now_is_told_so_in_the_table() -> None:
    case = a_case().opened().stopped("09:10", learned="10:30").resumed("09:20", learned="10:30")
    done = Deed(key="C-1/First Response#1/1/violation-1/1", outcome="performed", at=instant("10:00:02"))
    assert "done : 10:00:02, before it was due as is known now" in Page(page(told(case, "10:40", deeds=(done,)))).words


def test_the_page_allows_its_own_style_and_nothing_else() -> None:
    found = Page(page(explained(dossier())))
    [said] = [one["content"] for one in found.of("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    digest = b64encode(sha256(found.styles.encode()).digest()).decode()
    assert said == policy() == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_what_others_wrote_is_text_and_nothing_more() -> None:
    text = page(hostile())
    found = Page(text)
    assert "<script>alert('x')</script>" in found.words
    assert "{{ 7 * 7 }}" in found.words
    assert not {"\u202e", "\x1b"} & set(text)
    assert found.of("i") == found.of("b") == []


def test_what_a_holiday_is_called_is_text_and_nothing_more() -> None:
    called = HOSTILE.replace("\x1b", "")[:120].strip()
    office = some_hours(holidays=[{"date": "2026-03-03", "name": called}])
    case = a_case(under=a_process(a_quiet(within="12h"), business_hours="office"), calendars=[office]).opened()
    text = page(told(case, "Wed 10:00"))
    assert "a holiday (<script>alert('x')</script>" in Page(text).words
    assert "<script" not in text
    assert "\u202e" not in text


def test_hundreds_of_occurrences_make_a_page_that_can_be_read() -> None:
    process = a_process(a_quiet(), a_milestone("Status Update", within="2h", recurrence="periodic"))
    whole = told(a_case(under=process).opened().completed("09:30"), "2026-04-20 10:00")
    text = page(whole)
    assert len(text) < 400_000
    found = Page(text)
    assert found.tables[0][0] == ["Milestone", "Occurrences", "Of these"]
    assert sum(int(row[1]) for row in found.tables[0][1:]) == len(whole.chapters) > 500
    assert len([one for one in found.of("section") if one.get("class") == "chapter"]) == CHAPTERS
    assert f"{len(whole.chapters) - CHAPTERS} more occurrences" in found.words


def test_three_months_are_folded_and_their_total_is_exact() -> None:
    process = a_process(a_quiet(within="300h", business_hours="office"))
    whole = told(a_case(under=process, calendars=[some_hours()]).opened().completed("2026-05-29 12:00"), "2026-06-02 10:00")
    assert len(whole.chapters[0].open_spans) > 60
    [table] = [table for table in Page(page(whole)).tables if "Spans" in table[0]]
    assert len(table) < 17
    assert table[-1][-2] == spoken(whole.chapters[0].actual_s or 0)


def test_sentences_stand_under_the_dates_that_they_are_about() -> None:
    words = Page(page(explained(dossier()))).words
    assert "Tue 7 Apr 2026 10:00 The clock stopped" in words
    assert "Wed 8 Apr 2026 09:48 It was completed" in words


def test_a_story_is_told_in_the_zone_of_its_business_hours_or_in_another() -> None:
    assert explained(dossier()).timezone == "Europe/London"
    assert explained(dossier(), ZoneInfo("America/New_York")).timezone == "America/New_York"
    assert "Thu 2 Apr 2026 10:10" in Page(page(explained(dossier(), ZoneInfo("America/New_York")))).words


def test_the_zone_is_the_processs_else_the_records_else_a_milestones() -> None:
    tokyo = some_hours("tokyo", None, timezone="Asia/Tokyo")
    calendars = [some_hours(), tokyo]

    def zone(process_hours: str | None, milestone_hours: str | None, **fields: str) -> str:
        process = a_process(a_quiet(business_hours=milestone_hours), business_hours=process_hours)
        case = a_case(under=process, calendars=calendars).opened(**fields)
        return explained(a_dossier(case.laws, case.events, instant("12:00"))).timezone

    assert zone("tokyo", "office", business_hours="office") == "Asia/Tokyo"
    assert zone(None, "office", business_hours="tokyo") == "Asia/Tokyo"
    assert zone(None, "tokyo") == "Asia/Tokyo"
    assert zone(None, None) == "UTC"
