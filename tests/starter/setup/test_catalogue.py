"""The catalogue at the Desk: versions drafted, published, compared and retired; definitions applied and exported."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.settings import Settings
from sla.documents import parse_documents
from sla.errors import InvalidAction, LimitExceeded, MilepostError, UnknownCalendar, UnknownPerson
from sla.process.model import Process
from sla.setup_errors import StaleEtag
from sla.yamlwriting import write_document
from starter.definitions import Definitions, assemble, load
from starter.desk import Desk, open_desk
from starter.exporting import HEAD, file_names
from starter.setup.views.catalogue import VersionRef
from store.engine import Database
from tests.sla.calendar.strategies import calendars
from tests.sla.governance.definitions import documents
from tests.starter.bench import a_milestone, a_process
from tests.starter.command_line import EXAMPLES
from tests.starter.setup.conftest import ADA, NOW, nowhere

TASK = {"violations": [{"after": "0s", "actions": [{"task": {"to": "owner", "subject": "Look"}}]}]}


def the_process(within: str = "1h", **more: Any) -> Process:
    return Process.model_validate(a_process(a_milestone(within=within, **TASK), **more))


def of(*documents_: dict[str, Any]) -> Definitions:
    """Definitions as their files say them."""
    text = "---\n".join(write_document(document) for document in documents_)
    return assemble(parse_documents(text, "d.yaml"))


def as_files(texts: dict[str, str]) -> Definitions:
    """Exported files, read as `apply` would."""
    return assemble(document for path, text in texts.items() for document in parse_documents(text, path))


def support(within: str = "1h", **more: Any) -> Definitions:
    return of(a_process(a_milestone(within=within, **TASK), **more))


EVERYTHING = [EXAMPLES / name for name in ("processes", "calendars", "hooks", "people.yaml", "entitlements.yaml")]


HOOKS = ("jira", "servicenow", "zendesk")


class TestApplying:
    async def test_applied_twice_it_changes_nothing(self, desk: Desk) -> None:
        definitions = load(EVERYTHING)
        first = await desk.catalogue.apply(definitions)
        assert {line.outcome for line in first.lines} == {"created"}
        again = await desk.catalogue.apply(definitions)
        assert {line.outcome for line in again.lines} == {"unchanged"}
        assert [line.changes for line in again.lines if line.changes] == []

    async def test_a_dry_run_says_in_words_what_would_change_and_keeps_nothing(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        before = await desk.catalogue.export()
        report = await desk.catalogue.apply(support("45m"), dry_run=True)
        assert [(line.name, line.version, line.outcome, line.changes) for line in report.lines] == [
            ("Support", 2, "changed", ["First Response tightened from 1h to 45m"])
        ]
        assert await desk.catalogue.export() == before
        assert [one.version for one in await desk.catalogue.versions("Support")] == [1]

    async def test_a_changed_definition_becomes_the_default_version_with_its_notes(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        await desk.catalogue.apply(support("45m"), notes="Agreed in March")
        one, two = await desk.catalogue.versions("Support")
        assert (one.in_force, one.status, two.in_force, two.notes, two.based_on) == (
            False,
            "active",
            True,
            "Agreed in March",
            1,
        )
        assert two.created_by == "ada"

    async def test_as_drafts_nothing_is_published(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        people = {"people": [{"person": "ada", "name": "Ada", "timezone": "UTC"}]}
        office = {"calendar": "office", "timezone": "UTC", "hours": "always"}
        both = of(a_process(a_milestone(within="45m", **TASK)), office, people)
        report = await desk.catalogue.apply(both, draft=True)
        assert [(line.kind, line.outcome, line.status, line.version) for line in report.lines] == [
            ("calendar", "created", "draft", 1),
            ("process", "changed", "draft", 2),
            ("people", "skipped", None, None),
        ]
        again = await desk.catalogue.apply(both, draft=True)
        assert [line.outcome for line in again.lines] == ["unchanged", "unchanged", "skipped"]
        assert [one.status for one in await desk.catalogue.versions("Support")] == ["active", "draft"]
        assert (await desk.catalogue.apply(support(), draft=True)).lines[0].outcome == "unchanged"

    async def test_two_who_apply_at_once_publish_one_version(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        reports = await asyncio.gather(*(desk.catalogue.apply(support("45m")) for _ in range(4)))
        assert sorted(report.lines[0].outcome for report in reports) == ["changed", "unchanged", "unchanged", "unchanged"]
        assert [one.version for one in await desk.catalogue.versions("Support")] == [1, 2]

    async def test_what_is_refused_leaves_nothing_half_done(self, desk: Desk) -> None:
        office = {"calendar": "office", "timezone": "UTC", "hours": "always"}
        named = a_process(a_milestone(violations=[{"actions": [{"task": {"to": "role:nobody", "subject": "x"}}]}]))
        with pytest.raises(UnknownPerson):
            await desk.catalogue.apply(of(office, named))
        assert await desk.catalogue.calendars() == []


class TestVersions:
    async def test_a_new_version_is_drafted_compared_and_activated(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        drafted = await desk.catalogue.draft(the_process("45m"), notes="Faster", based_on=1)
        assert (drafted.status, drafted.version, drafted.in_force) == ("draft", 2, False)
        diff = await desk.catalogue.diff(VersionRef(name="Support"), VersionRef(name="Support", version=2))
        assert diff.words == "First Response tightened from 1h to 45m"
        active = await desk.catalogue.activate("Support", 2, if_match=drafted.etag)
        assert (active.status, active.in_force) == ("active", True)
        same = await desk.catalogue.diff(VersionRef(name="Support"), VersionRef(name="Support", version=2))
        assert (same.differences, same.words) == ([], "")

    async def test_an_old_version_comes_back_as_a_copy(self, desk: Desk) -> None:
        await desk.catalogue.apply(support())
        await desk.catalogue.apply(support("45m"))
        copied = await desk.catalogue.new_version("Support", 1, notes="Too fast")
        assert (copied.version, copied.based_on, copied.definition["milestones"][0]["within"]) == (3, 1, "1h")

    async def test_two_processes_are_compared_too(self, desk: Desk) -> None:
        await desk.catalogue.apply(of(a_process(a_milestone(**TASK)), a_process(a_milestone(**TASK), process="Gold")))
        diff = await desk.catalogue.diff(VersionRef.parse("Support"), VersionRef.parse("Gold@1"))
        assert diff.words == "The name changed from Support to Gold"

    async def test_the_list_tells_what_is_in_force_and_what_is_drafted(self, desk: Desk) -> None:
        await desk.catalogue.apply(of(a_process(a_milestone(**TASK)), a_process(a_milestone(**TASK), process="Gold")))
        await desk.catalogue.draft(the_process("45m"))
        await desk.catalogue.retire("Gold")
        assert [
            (one.name, one.status, one.in_force, one.draft, one.versions) for one in await desk.catalogue.processes()
        ] == [
            ("Gold", "retired", None, None, 1),
            ("Support", "active", 1, 2, 2),
        ]

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [
            ({"milestones": [a_milestone(milestone=f"M{number}", **TASK) for number in range(11)]}, LimitExceeded),
            ({"milestones": [a_milestone(success=[{"email": {"to": "nobody@", "template": "warning"}}])]}, InvalidAction),
        ],
    )
    async def test_a_draft_must_hold_together(self, desk: Desk, more: dict[str, Any], refusal: type[MilepostError]) -> None:
        with pytest.raises(refusal, match="process 'Support'"):
            await desk.catalogue.draft(Process.model_validate(a_process(**more)))

    @pytest.mark.parametrize("to", ["senior_agent", "tier-2", "ada"])
    async def test_a_bare_name_is_a_persons_a_roles_or_a_queues_at_hand_or_there(self, desk: Desk, to: str) -> None:
        ada = {"person": "ada", "name": "Ada", "timezone": "UTC", "email": "ada@desk.example", "roles": ["senior_agent"]}
        people = {"people": [ada], "queues": [{"queue": "tier-2"}]}
        turning = a_process(a_milestone(violations=[{"actions": [{"reassign": {"to": to}}]}]))
        with pytest.raises(UnknownPerson, match=f"'{to}'"):
            await desk.catalogue.apply(of(turning))
        await desk.catalogue.apply(of(people, turning))
        await desk.catalogue.apply(of({**turning, "process": "Another"}))

    async def test_what_a_draft_needs_of_others_is_asked_when_it_becomes_active(self, desk: Desk) -> None:
        drafted = await desk.catalogue.draft(the_process(business_hours="moon"))
        with pytest.raises(UnknownCalendar, match="moon"):
            await desk.catalogue.activate("Support", drafted.version)
        lonely = a_process(a_milestone(violations=[{"actions": [{"task": {"to": "role:nobody", "subject": "x"}}]}]))
        drafted = await desk.catalogue.draft(Process.model_validate(lonely))
        with pytest.raises(UnknownPerson, match="nobody"):
            await desk.catalogue.activate("Support", drafted.version)

    async def test_who_acts_on_what_has_changed_since_is_told(self, desk: Desk) -> None:
        seen = (await desk.catalogue.draft(the_process("2h"))).etag
        await desk.catalogue.draft(the_process("3h"))
        with pytest.raises(StaleEtag):
            await desk.catalogue.activate("Support", 1, if_match=seen)
        with pytest.raises(StaleEtag):
            await desk.catalogue.draft(the_process("4h"), if_match=seen)
        with pytest.raises(StaleEtag):
            await desk.catalogue.retire("Support", if_match=seen)

    async def test_a_calendar_goes_the_same_way(self, desk: Desk) -> None:
        office = {"calendar": "office", "timezone": "UTC", "hours": "always", "holidays": [{"country": "DE"}]}
        [found] = of(office).calendars
        drafted = await desk.catalogue.draft_calendar(found.value)
        assert drafted.definition == office
        await desk.catalogue.activate_calendar("office", 1, if_match=drafted.etag)
        shown = await desk.catalogue.calendar("office")
        assert (shown.definition, shown.in_force) == (office, True)
        [gone] = await desk.catalogue.retire_calendar("office")
        assert gone.status == "retired"


class TestExport:
    async def test_what_is_exported_is_what_is_in_force_and_the_same_each_time(self, desk: Desk) -> None:
        await desk.catalogue.apply(load(EVERYTHING))
        await desk.catalogue.draft(the_process())
        first = await desk.catalogue.export()
        assert sorted(path for path in first if path.startswith("processes/")) == [
            "processes/business-hours-support-sla.yaml",
            "processes/incident-management-sla.yaml",
            "processes/premium-support-sla.yaml",
            "processes/standard-support-sla.yaml",
        ]
        assert {path for path in first if path.startswith("hooks/")} == {f"hooks/{name}.yaml" for name in HOOKS}
        assert all(text.startswith(HEAD) for text in first.values())
        report = await desk.catalogue.apply(as_files(first))
        assert {line.outcome for line in report.lines} == {"unchanged"}
        assert await desk.catalogue.export() == first

    async def test_an_export_makes_the_same_installation_elsewhere(self, desk: Desk, tmp_path: Path) -> None:

        await desk.catalogue.apply(load(EVERYTHING))
        exported = await desk.catalogue.export()
        url = f"sqlite:///{tmp_path / 'other.db'}"
        database = Database(url)
        await database.upgrade()
        await database.dispose()
        async with open_desk(Settings(database_url=url), nowhere, lambda: NOW, ADA) as other:
            await other.catalogue.apply(as_files(exported))
            assert await other.catalogue.export() == exported

    async def test_what_is_over_and_promised_what_is_retired_is_left_out(self, desk: Desk) -> None:
        helios = {"accounts": [{"account": "helios", "name": "Helios", "timezone": "UTC"}]}
        old = {"entitlement": "old", "account": "helios", "process": "Support", "ends_on": "2026-01-31"}
        kept = {"entitlement": "kept", "account": "helios", "ends_on": "2026-01-31"}
        await desk.catalogue.apply(of(a_process(a_milestone(**TASK)), helios, {"entitlements": [old, kept]}))
        assert "entitlement: old" in (await desk.catalogue.export())["entitlements.yaml"]
        await desk.catalogue.retire("Support")
        exported = await desk.catalogue.export()
        assert sorted(exported) == ["entitlements.yaml", "people.yaml"]
        assert "entitlement: old" not in exported["entitlements.yaml"]
        assert {line.outcome for line in (await desk.catalogue.apply(as_files(exported))).lines} == {"unchanged"}

    async def test_countries_are_exported_as_they_were_written(self, desk: Desk) -> None:
        await desk.catalogue.apply(load([EXAMPLES / "calendars"]))
        assert "country: GB" in (await desk.catalogue.export())["calendars/london-office.yaml"]

    async def test_what_days_are_called_is_exported_as_it_was_written(self, desk: Desk) -> None:
        days = [
            {"date": "2026-04-03", "name": "Good Friday"},
            {"date": "--12-24", "name": "Half a day: # 1", "hours": ["09:00-12:00"]},
            {"from": "2026-12-28", "to": "2026-12-31", "name": "Between the years"}, "2026-05-01", {"country": "GB"},
        ]  # fmt: skip
        office = {"calendar": "office", "timezone": "UTC", "hours": "always", "holidays": days}
        await desk.catalogue.apply(of(office))
        exported = await desk.catalogue.export()
        assert "name: Good Friday\n" in exported["calendars/office.yaml"]
        assert as_files(exported).hours["office"].model_dump(mode="json")["holidays"] == days
        assert {line.outcome for line in (await desk.catalogue.apply(as_files(exported))).lines} == {"unchanged"}
        assert await desk.catalogue.export() == exported

    async def test_names_that_would_share_a_file_are_told_apart(self) -> None:
        names = file_names(["Premium Support", "Premium-support", "Gold", "日本", "x" * 200, "../../etc/passwd"])
        assert names["Gold"] == "gold"
        assert len(set(names.values())) == len(names)
        assert names["Premium Support"].startswith("premium-support-")
        assert names["../../etc/passwd"] == "etc-passwd"
        assert all(name.replace("-", "").isalnum() and name.isascii() and len(name) < 100 for name in names.values())

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )
    @given(documents(), calendars(), st.sampled_from(("", "Für alle: [x]", "# 007")))
    async def test_to_apply_an_export_publishes_nothing_new(
        self, desk: Desk, process: dict[str, Any], calendar: tuple[dict[str, Any], Any], described: str
    ) -> None:
        hours = [calendar[0], *({**calendar[0], "calendar": name} for name in NAMED)]
        lead = {
            "people": [{"person": "zoe", "name": "Zoë: [x]", "timezone": "UTC", "roles": ["lead"], "queues": ["second"]}]
        }
        await desk.catalogue.apply(
            of(process | {"description": described}, *hours, lead | {"queues": [{"queue": "second"}]})
        )
        first = await desk.catalogue.export()
        report = await desk.catalogue.apply(as_files(first))
        assert {line.outcome for line in report.lines} == {"unchanged"}
        assert await desk.catalogue.export() == first


NAMED = ("office", "night", "split", "howe", "round", "desk")
"""The calendars that generated processes name."""
