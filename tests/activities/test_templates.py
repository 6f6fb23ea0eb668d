"""The mail templates that come with Milepost, and an installation's own."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from activities.actions.context import MailText
from activities.actions.recipients import Reader
from activities.actions.view import NAMES, about, said, view
from activities.adapters.templates import FileTemplates
from activities.fakes import SetClock
from activities.ports import Permanent
from activities.template_files import names
from tests.activities.builders import (
    RECORD,
    RETRACTED,
    SUCCESS,
    VIOLATION,
    WARNING,
    Scene,
    a_process,
    at,
    changed,
    noted,
    opened,
)

READERS = ("colleague", "customer", "queue", "address")
LINK = f"https://sla.support.example/records/{RECORD}"


class Page(HTMLParser):
    """What an HTML mail consists of: which tags are open, and what it would fetch from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "background", "action")]
        assert tag not in ("script", "link", "img", "iframe", "style", "form")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def a_scene(key: str, **fields: Any) -> Scene:
    """The case at a moment at which the action of this key is wanted."""
    first = opened(**fields)
    if key == WARNING:
        return Scene(events=[first], clock=SetClock(at("09:45")))
    if key == VIOLATION:
        return Scene(events=[first], clock=SetClock(at("10:05")))
    if key == SUCCESS:
        return Scene(events=[first, noted("response.sent", "09:50")], clock=SetClock(at("09:50")))
    return Scene(events=[first, noted("response.sent", "09:58", recorded="10:03")], clock=SetClock(at("10:03")))


def a_reader(kind: Any = "colleague", zone: str = "Europe/London") -> Reader:
    return Reader(id="ada", name="Ada Whitlock", address="ada@support.example", timezone=zone, kind=kind)


async def mail(key: str, reader: Reader | None = None, scene: Scene | None = None) -> MailText:
    template = {WARNING: "warning", VIOLATION: "violation", SUCCESS: "success", RETRACTED: "retraction"}[key]
    context = await (scene or a_scene(key)).context(key)
    return FileTemplates().mail(template, await view(context, reader or a_reader()))


every_template = pytest.mark.parametrize("key", [WARNING, VIOLATION, SUCCESS, RETRACTED], ids=lambda key: key.split("/")[3])
every_reader = pytest.mark.parametrize("kind", READERS)


def test_there_is_a_template_for_each_occasion() -> None:
    assert FileTemplates().known() == names() == ("retraction", "success", "violation", "warning")


@every_template
@every_reader
async def test_each_template_renders_for_each_reader(key: str, kind: str) -> None:
    rendered = await mail(key, a_reader(kind))
    assert RECORD in rendered.subject
    assert "First Response" in rendered.subject
    for text in (rendered.text, Page(rendered.html).text):
        assert RECORD in text
        assert "First Response" in text
        assert "Mon 2 Mar 2026, 10:00 GMT (Europe/London)" in text
        assert "None" not in text
        assert "  ." not in text


@every_template
@every_reader
async def test_each_template_renders_for_a_case_of_which_little_is_known(key: str, kind: str) -> None:
    nothing = dict.fromkeys(("owner", "contact", "account", "queue", "priority", "status", "subject"))
    rendered = await mail(key, a_reader(kind), a_scene(key, **nothing))
    assert "None" not in rendered.subject + rendered.text + rendered.html


@every_template
@every_reader
async def test_html_is_well_formed_and_fetches_nothing(key: str, kind: str) -> None:
    page = Page((await mail(key, a_reader(kind))).html)
    assert (page.open, page.fetched) == ([], [])


@every_template
async def test_a_colleague_gets_the_link_the_owner_and_what_to_do(key: str) -> None:
    rendered = await mail(key)
    for text in (rendered.text, rendered.html):
        assert LINK in text
        assert "What to do:" in text
        assert "Ada Whitlock" in text
        assert "helios" in text


@every_template
async def test_a_customer_gets_no_link_into_our_house_and_nothing_internal(key: str) -> None:
    rendered = await mail(key, a_reader("customer"))
    for text in (rendered.text, rendered.html):
        assert not [word for word in (LINK, "Why this mail", "Owner", "tier-1", "P1", "What to do") if word in text]


@every_template
async def test_what_a_customer_wrote_cannot_become_markup(key: str) -> None:
    scene = a_scene(key, subject="<script>alert(1)</script> & <b>more</b>")
    rendered = await mail(key, scene=scene)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;more&lt;/b&gt;" in rendered.html
    assert "<script>alert(1)</script> & <b>more</b>" in rendered.text


@every_template
async def test_text_has_no_gaps_and_lines_that_fit(key: str) -> None:
    text = (await mail(key)).text
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


async def test_a_warning_says_how_much_time_is_left_and_why_it_was_sent() -> None:
    rendered = await mail(WARNING)
    assert rendered.subject.strip() == "15 min left: First Response of C-1042 - The dashboard is down"
    assert "Time left:   15 min" in rendered.text
    assert "Why this mail: A quarter is left." in rendered.text


async def test_a_violation_says_how_much_over_it_is() -> None:
    rendered = await mail(VIOLATION)
    assert rendered.subject.strip() == "Violated: First Response of C-1042, 5 min over - The dashboard is down"
    assert "it is 5 min over" in rendered.text


async def test_a_violation_of_this_moment_does_not_speak_of_seconds() -> None:
    scene = a_scene(VIOLATION)
    scene.clock.at = at("10:00:07")
    rendered = await mail(VIOLATION, scene=scene)
    assert rendered.subject.strip() == "Violated: First Response of C-1042 - The dashboard is down"
    assert "has just passed" in rendered.text


async def test_a_success_says_how_long_it_took() -> None:
    rendered = await mail(SUCCESS)
    assert rendered.subject.strip().startswith("Met: ")
    assert "Time taken:  50 min" in rendered.text


async def test_a_late_success_says_so() -> None:
    scene = Scene(events=[opened(), noted("response.sent", "10:10")], clock=SetClock(at("10:10")))
    rendered = await mail(SUCCESS, scene=scene)
    assert rendered.subject.strip().startswith("Met late: ")
    assert "Time over:   10 min" in rendered.text


async def test_a_retraction_says_that_it_was_reached_in_time() -> None:
    rendered = await mail(RETRACTED)
    assert "was not violated" in rendered.subject
    assert "reached in time; we learned of it only after" in rendered.text


async def test_a_retraction_of_what_never_began_gives_the_reason() -> None:
    process = a_process(when={"priority": "P1"})
    late = changed("09:30", priority="P3").model_copy(update={"recorded_at": at("10:03")})
    scene = Scene(process=process, events=[opened(), late], clock=SetClock(at("10:03")))
    rendered = await mail(RETRACTED, scene=scene)
    assert "is not violated after all (" in rendered.text


# ---------------------------------------------------------------------- the view


async def test_the_view_has_the_names_that_texts_are_checked_against() -> None:
    assert set(await view(await a_scene(WARNING).context(WARNING))) == NAMES


async def test_without_a_reader_times_are_those_of_the_business_hours() -> None:
    seen = await view(await a_scene(WARNING).context(WARNING))
    assert (seen["reader"]["zone"], seen["now"]) == ("UTC", "Mon 2 Mar 2026, 09:45 UTC")


async def test_a_zone_that_does_not_exist_is_utc() -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "", "Europe"):
        seen = await view(await a_scene(WARNING).context(WARNING), a_reader(zone=zone))
        assert seen["reader"]["zone"] == "UTC"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Kolkata", "Mon 2 Mar 2026, 15:30 IST (Asia/Kolkata)"),
        ("America/Sao_Paulo", "Mon 2 Mar 2026, 07:00 UTC-03:00 (America/Sao_Paulo)"),
        ("Asia/Kathmandu", "Mon 2 Mar 2026, 15:45 UTC+05:45 (Asia/Kathmandu)"),
    ],
)
def test_a_zone_without_a_name_for_its_time_shows_the_offset(zone: str, text: str) -> None:
    from zoneinfo import ZoneInfo

    assert said(at("10:00"), ZoneInfo(zone)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (119, "1 min 59 s"), (120, "2 min"), (899, "15 min"), (3_629, "1 h"), (3_630, "1 h 1 min")],
)
def test_seconds_are_said_as_people_say_them(seconds: int, text: str) -> None:
    assert about(seconds) == text


# ---------------------------------------------------------------------- an installation's own


def written(directory: Path, **files: str) -> FileTemplates:
    for name, text in files.items():
        (directory / f"{name.replace('__', '.')}.j2").write_text(text, encoding="utf-8")
    return FileTemplates(directory)


async def own(templates: FileTemplates, name: str) -> MailText:
    return templates.mail(name, await view(await a_scene(WARNING).context(WARNING), a_reader()))


async def test_an_installation_adds_templates_of_its_own(tmp_path: Path) -> None:
    templates = written(tmp_path, page__subject__txt="Call {{ record.id }}", page__txt="{{ record.subject }} <now>\n")
    assert templates.known() == ("page", "retraction", "success", "violation", "warning")
    rendered = await own(templates, "page")
    assert (rendered.subject, rendered.text) == ("Call C-1042", "The dashboard is down <now>\n")
    assert "The dashboard is down &lt;now&gt;" in rendered.html


async def test_an_installation_replaces_ours_file_by_file(tmp_path: Path) -> None:
    rendered = await own(written(tmp_path, warning__subject__txt="Hurry"), "warning")
    assert rendered.subject == "Hurry"
    assert "What to do" in rendered.text


async def test_an_installations_template_may_build_on_our_layout(tmp_path: Path) -> None:
    html = '{% extends "layout.html.j2" %}{% block lead %}Soon.{% endblock %}'
    templates = written(tmp_path, page__subject__txt="x", page__txt="x", page__html=html)
    assert "Soon." in Page((await own(templates, "page")).html).text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ record.nosuch }}", r"'page\.txt\.j2' cannot be rendered: .*no attribute 'nosuch'"),
        ("line\n{{ oops", r"'page\.txt\.j2' cannot be read: line 2"),
        ("{{ 1 / 0 }}", r"ZeroDivisionError"),
        ("{% include 'gone.j2' %}", r"gone\.j2"),
        ("{% include '../../../etc/passwd' %}", r"passwd"),
    ],
)
async def test_a_template_with_a_mistake_fails_for_good_and_names_the_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(Permanent, match=problem):
        await own(written(tmp_path, page__subject__txt="x", page__txt=text), "page")


async def test_a_mistake_is_told_without_what_it_was_made_of(tmp_path: Path) -> None:
    with pytest.raises(Permanent) as problem:
        await own(written(tmp_path, page__subject__txt="x", page__txt="{{ record.subject - 1 }}"), "page")
    assert not re.search("dashboard", str(problem.value))


async def test_a_line_with_a_mistake_fails_for_good() -> None:
    for render in (FileTemplates().line, FileTemplates().chat):
        with pytest.raises(Permanent, match=r"cannot be rendered: .*'nosuch' is undefined"):
            render("{{ nosuch }}", {})
