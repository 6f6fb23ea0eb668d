"""`email`: who gets a mail, what it says to each, and what happens when only some are accepted."""

from typing import Any

import pytest

from activities.adapters.templates import FileTemplates
from activities.fakes import PlainTemplates
from activities.ports import Permanent, Queue, Transient
from tests.activities.builders import VIOLATION, WARNING, Scene, a_person, a_process, desk_hours, opened, violating


def mailing(to: Any, template: str = "violation", **more: Any) -> dict[str, Any]:
    return {"email": {"to": to, "template": template, **more}}


def a_scene(to: Any, events: list[Any] | None = None, **more: Any) -> Scene:
    return Scene(process=violating(mailing(to, **more)), events=events or [opened()])


def addressed(scene: Scene) -> list[str]:
    return [address for mail in scene.mailer.sent for address in mail.to]


# ---------------------------------------------------------------------- who


@pytest.mark.parametrize(
    ("to", "addresses"),
    [
        ("owner", ["ada@support.example"]),
        ("contact", ["kim@helios.example"]),
        ("account_manager", ["hugo@support.example"]),
        ("queue", ["tier-1@support.example"]),
        ("queue:tier-2", ["ada@support.example", "edda@support.example"]),
        ("role:support_manager", ["grace@support.example"]),
        ("support_manager", ["grace@support.example"]),
        ("ben", ["ben@support.example"]),
        ("chief@helios.example", ["chief@helios.example"]),
        (["owner", "role:support_manager", "ben"], ["ada@support.example", "grace@support.example", "ben@support.example"]),
    ],
)
async def test_a_name_stands_for_whoever_is_behind_it(to: Any, addresses: list[str]) -> None:
    scene = a_scene(to)
    await scene.perform()
    assert addressed(scene) == addresses


async def test_whoever_is_named_twice_gets_one_mail() -> None:
    scene = a_scene(["owner", "ada", "role:senior_agent", "ADA@support.example"])
    await scene.perform()
    assert addressed(scene).count("ada@support.example") == 1


async def test_each_mail_has_one_reader_so_that_none_sees_the_others() -> None:
    scene = a_scene(["owner", "contact"])
    await scene.perform()
    assert [len(mail.to) for mail in scene.mailer.sent] == [1, 1]


async def test_a_name_behind_which_there_is_nobody_does_not_keep_the_others_from_their_mail() -> None:
    scene = a_scene(["owner", "account_manager"], events=[opened(owner=None)])
    await scene.perform()
    assert addressed(scene) == ["hugo@support.example"]
    assert scene.ledger.lines[VIOLATION].detail["nobody"] == ["owner"]


@pytest.mark.parametrize("to", ["owner", "contact", "account_manager", "queue", "queue:nowhere", "role:pilot", "zoe"])
async def test_nobody_at_all_fails_for_good_with_the_names(to: str) -> None:
    scene = a_scene(to, events=[opened(owner=None, contact=None, account=None, queue=None)])
    with pytest.raises(Permanent, match=f"nobody to mail behind '{to}'"):
        await scene.perform()


async def test_somebody_without_an_address_is_nobody() -> None:
    scene = a_scene("owner")
    scene.directory.people["ada"] = a_person("ada", email=None)
    with pytest.raises(Permanent, match="nobody"):
        await scene.perform()


async def test_an_address_in_the_directory_that_is_none_is_not_mailed() -> None:
    scene = a_scene(["owner", "ben"])
    scene.directory.people["ada"] = a_person("ada", email="ada@support.example\r\nBcc: eve@evil.example")
    await scene.perform()
    assert addressed(scene) == ["ben@support.example"]


async def test_a_queue_without_an_address_or_members_is_nobody() -> None:
    scene = a_scene("queue:empty")
    scene.directory.queues["empty"] = Queue(id="empty", email=None)
    with pytest.raises(Permanent, match="nobody"):
        await scene.perform()


async def test_a_contact_that_the_record_gives_as_an_address_is_mailed_as_a_customer() -> None:
    scene = a_scene("contact", events=[opened(contact="lee@elsewhere.example")])
    await scene.perform()
    assert addressed(scene) == ["lee@elsewhere.example"]
    assert isinstance(scene.templates, PlainTemplates)
    assert scene.templates.views[0]["reader"]["kind"] == "customer"


# ---------------------------------------------------------------------- what


async def test_each_reader_sees_times_in_their_own_zone() -> None:
    scene = a_scene(["owner", "account_manager", "carla", "contact"])
    await scene.perform()
    assert isinstance(scene.templates, PlainTemplates)
    assert [view["milestone"]["target"] for view in scene.templates.views] == [
        "Mon 2 Mar 2026, 10:00 GMT (Europe/London)",
        "Mon 2 Mar 2026, 11:00 CET (Europe/Berlin)",
        "Mon 2 Mar 2026, 05:00 EST (America/New_York)",
        "Mon 2 Mar 2026, 19:00 KST (Asia/Seoul)",
    ]


async def test_a_queue_and_an_address_see_the_zone_of_the_business_hours() -> None:
    scene = Scene(process=violating(mailing(["queue", "a@b.example"]), business_hours="day"))
    await scene.perform()
    assert isinstance(scene.templates, PlainTemplates)
    assert {view["reader"]["zone"] for view in scene.templates.views} == {"Europe/London"}


async def test_the_process_may_spell_another_subject_and_insert_values() -> None:
    scene = a_scene("owner", subject="{{ record.id }} is {{ milestone.status }}")
    scene.templates = FileTemplates()
    await scene.perform()
    assert scene.mailer.sent[0].subject == "C-1042 is overdue"


async def test_the_message_id_comes_of_the_key_and_the_reader_and_nothing_else() -> None:
    scene, again = a_scene(["owner", "contact"]), a_scene(["contact", "owner"])
    again.clock.at = again.clock.at.replace(hour=11)
    await scene.perform()
    await again.perform()
    first, second = ({mail.to: mail.message_id for mail in one.mailer.sent} for one in (scene, again))
    assert first == second
    assert len(set(first.values())) == 2
    assert all(one.startswith("<") and one.endswith(".C-1042@sla.support.example>") for one in first.values())


async def test_different_actions_have_different_message_ids() -> None:
    scene = Scene()
    await scene.perform(VIOLATION)
    await scene.perform(WARNING)
    assert len({mail.message_id for mail in scene.mailer.sent}) == 2


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("http://[::1]:8080", "milepost.invalid"),
        ("https://münchen.example", "xn--mnchen-3ya.example"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
    ],
)
async def test_the_message_id_is_ascii_wherever_we_are_installed(base_url: str, domain: str) -> None:
    scene = a_scene("owner")
    scene.base_url = base_url
    await scene.perform()
    assert scene.mailer.sent[0].message_id.endswith(f"@{domain}>")


async def test_no_subject_of_a_case_can_break_out_of_the_header() -> None:
    evil = "Down\r\nBcc: eve@evil.example\x0b\u2028 again"
    scene = a_scene("owner", events=[opened(subject=evil)])
    scene.templates = FileTemplates()
    await scene.perform()
    (mail,) = scene.mailer.sent
    assert mail.subject == "Violated: First Response of C-1042 - Down Bcc: eve@evil.example again"


async def test_a_template_that_does_not_exist_fails_for_good() -> None:
    scene = Scene(process=violating(mailing("owner", template="nonsense")), templates=FileTemplates())
    with pytest.raises(Permanent, match=r"no template 'nonsense\."):
        await scene.perform()


# ---------------------------------------------------------------------- some, not all


async def test_a_retry_mails_only_those_whose_mail_was_not_accepted() -> None:
    scene = a_scene(["owner", "contact", "account_manager"])
    scene.mailer.failures = [None, Transient("busy", retry_after_s=30), None]
    with pytest.raises(Transient, match=r"2 of 3 mails were accepted; kim: busy") as problem:
        await scene.perform()
    assert problem.value.retry_after_s == 30
    await scene.perform()
    assert sorted(addressed(scene)) == ["ada@support.example", "hugo@support.example", "kim@helios.example"]
    assert scene.ledger.lines[VIOLATION].outcome == "performed"


async def test_one_refused_reader_does_not_keep_the_others_from_their_mail_but_is_not_passed_over() -> None:
    scene = a_scene(["owner", "contact"])
    scene.mailer.failures = [Permanent("550 no such user")]
    with pytest.raises(Permanent, match=r"1 of 2 mails were accepted; ada: 550 no such user"):
        await scene.perform()
    assert addressed(scene) == ["kim@helios.example"]
    await scene.perform()
    assert addressed(scene) == ["kim@helios.example", "ada@support.example"]


async def test_what_may_still_succeed_is_retried_before_what_cannot_is_given_up() -> None:
    scene = a_scene(["owner", "contact"])
    scene.mailer.failures = [Permanent("550 no such user"), Transient("busy")]
    with pytest.raises(Transient):
        await scene.perform()


async def test_a_mail_is_composed_with_the_figures_of_the_moment_it_goes_out() -> None:
    scene = Scene(process=a_process(), templates=FileTemplates())
    scene.clock.at = scene.clock.at.replace(minute=20)
    await scene.perform()
    assert "it is 20 min over" in scene.mailer.sent[0].text


async def test_time_left_counts_in_business_hours_and_says_so() -> None:
    process = a_process(within="20h", business_hours="day", warnings=[{"at": "50%", "actions": [mailing("ada", "warning")]}])
    scene = Scene(process=process, templates=FileTemplates())
    scene.definitions.hours["day"] = desk_hours("day", "09:00-17:00")
    scene.clock.at = scene.clock.at.replace(day=3, hour=11)
    await scene.perform(WARNING)
    assert scene.mailer.sent[0].subject.startswith("10 h of business hours left: First Response of C-1042")
