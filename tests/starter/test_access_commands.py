"""`milepost access`, `milepost audit-log` and `milepost hook`, on a database."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from runtime.settings import Settings
from starter.cli.services import Services
from starter.definitions import load
from starter.desk import Desk
from store.engine import Database
from tests.sla.hooks.builders import DELIVERIES, HOOKS
from tests.starter.command_line import Ran, milepost
from tests.starter.setup.desks import Clock, a_desk


class Office:
    """An installation on a file, at nine on a Monday."""

    def __init__(self, directory: Path) -> None:
        self.clock = Clock()
        self._directory = directory
        self._begun = False
        self.services = Services(settings=Settings, desk=self._desk)

    @asynccontextmanager
    async def _desk(self, _settings: Settings) -> AsyncIterator[Desk]:
        secrets = {"jira": SecretStr("x")}
        async with a_desk(self._directory, self.clock, anew=not self._begun, secrets=secrets) as desk:
            self._begun = True
            yield desk

    def run(self, *words: str | Path) -> Ran:
        return milepost(*words, services=self.services)

    def do(self, statement: str) -> None:
        """Something in the database itself, its guards taken away."""

        async def done() -> None:
            database = Database(f"sqlite:///{self._directory / 'milepost.db'}")
            async with database.transaction() as connection:
                await connection.execute(text("DROP TRIGGER IF EXISTS audit_log_no_update"))
                await connection.execute(text("DROP TRIGGER IF EXISTS audit_log_no_delete"))
                await connection.execute(text(statement))
            await database.dispose()

        asyncio.run(done())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


class TestKeys:
    def test_a_key_is_printed_alone_and_once(self, office: Office) -> None:
        made = office.run("access", "create-key", "helpdesk", "--role", "agent", "--scope", "records.write")
        key = re.fullmatch(r"mp_[0-9a-f]{12}_(?P<secret>[A-Za-z0-9_-]{43})\n", made.out)
        assert key is not None
        assert "This is shown once." in made.err
        assert "expires on 2027-03-02" in made.err
        listed = office.run("access", "keys")
        assert "helpdesk" in listed.out
        assert "agent, only records.write" in listed.out
        assert key["secret"] not in listed.out + listed.err

    def test_keys_are_listed_and_revoked(self, office: Office) -> None:
        made = office.run("access", "create-key", "helpdesk", "--role", "agent", "--expires-in", "never", "--json")
        [key] = made.objects
        assert (key["expires_at"], key["state"], key["key"].startswith(f"mp_{key['id']}_")) == (None, "valid", True)
        assert office.run("access", "revoke", key["id"]).err == f"The key {key['id']} of helpdesk is revoked.\n"
        [listed] = office.run("access", "keys", "--json").objects
        assert (listed["state"], "key" in listed) == ("revoked", False)
        assert "revoked" in office.run("access", "keys").out

    def test_without_keys_it_says_how_to_make_one(self, office: Office) -> None:
        assert "milepost access create-key NAME --role agent" in office.run("access", "keys").err

    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (["--role", "boss"], 2, "role: there is no role 'boss'. Known: viewer, agent, manager, admin"),
            (["--role", "viewer", "--scope", "records.write"], 2, "the role viewer has not the right 'records.write'"),
            (["--role", "viewer", "--expires-in", "soon"], 2, "--expires-in: "),
            (["--role", "viewer", "--expires-in", "2bd"], 2, "--expires-in: takes weeks, days and hours"),
            (["--role", "viewer", "--expires-in", "0s"], 2, "--expires-in: takes weeks, days and hours"),
            ([], 2, "Missing option"),
        ],
    )
    def test_what_makes_no_sense_is_told_in_a_sentence(self, office: Office, words: list[str], code: int, told: str) -> None:
        ran = office.run("access", "create-key", "helpdesk", *words)
        assert (ran.code, ran.out) == (code, "")
        assert told in ran.err

    def test_a_key_that_does_not_exist_is_not_found(self, office: Office) -> None:
        ran = office.run("access", "revoke", "0123456789ab", "--json")
        assert (ran.code, ran.error["code"]) == (3, "unknown_key")


class TestAuditLog:
    def test_lines_say_who_did_what_when(self, office: Office) -> None:
        office.run("access", "create-key", "helpdesk", "--role", "agent")
        shown = office.run("audit-log")
        assert shown.code == 0
        for word in ("Mon 2026-03-02 09:00", "ada", "cli", "access.create_key", "key/helpdesk", "role: agent"):
            assert word in shown.out

    def test_lines_are_filtered_and_paged(self, office: Office) -> None:
        for name in ("one", "two", "three"):
            office.run("access", "create-key", name, "--role", "agent")
            office.clock.goes_on(hours=1)

        def numbers(*words: str) -> list[int]:
            return [line["number"] for line in office.run("audit-log", *words, "--json").objects]

        assert numbers() == [3, 2, 1]
        assert numbers("--subject", "key/two*") == [2]
        assert numbers("--since", "2026-03-02T10:00:00Z", "--until", "2026-03-02T11:00:00Z") == [2]
        assert numbers("--verb", "access.*", "--who", "ada", "--limit", "2") == [3, 2]
        assert numbers("--before", "2") == [1]
        assert "There are more: --before 2" in office.run("audit-log", "--limit", "2").err
        assert office.run("audit-log", "--who", "nobody").err == "There is no such line.\n"

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--since", "2026-03-02T09:00:00"], "has no time zone"),
            (["--since", "yesterday"], "--since: 'yesterday' is not a date-time"),
            (["--limit", "0"], "--limit"),
            (["--timezone", "Moon"], "there is no zone 'Moon'"),
        ],
    )
    def test_what_is_looked_for_in_vain_is_told_in_a_sentence(self, office: Office, words: list[str], told: str) -> None:
        ran = office.run("audit-log", *words)
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err

    def test_a_sound_log_gives_a_head_to_keep_which_is_known_again(self, office: Office) -> None:
        office.run("access", "create-key", "one", "--role", "agent")
        verified = office.run("audit-log", "verify")
        assert (verified.code, verified.out.splitlines()[0]) == (0, "sound  1 line. Keep this elsewhere, for --kept:")
        head = verified.out.splitlines()[1]
        office.run("access", "create-key", "two", "--role", "agent")
        assert office.run("audit-log", "verify", "--kept", head).code == 0

    def test_a_broken_log_is_told_line_by_line_with_an_exit_code_of_its_own(self, office: Office) -> None:
        for name in ("one", "two", "three"):
            office.run("access", "create-key", name, "--role", "agent")
        office.do("UPDATE audit_log SET who = 'mallory' WHERE number = 2")
        office.do("DELETE FROM audit_log WHERE number = 3")
        broken = office.run("audit-log", "verify")
        assert broken.code == 6
        assert broken.out.splitlines() == [
            "broken  line 2 was altered: what it says does not fit its hash",
            "broken  line 3 is missing",
        ]
        [verdict] = office.run("audit-log", "verify", "--json").objects
        assert (verdict["sound"], verdict["broken"], verdict["breaks"][0]["number"]) == (False, 2, 2)

    def test_a_head_that_is_none_is_refused(self, office: Office) -> None:
        ran = office.run("audit-log", "verify", "--kept", "yesterday")
        assert (ran.code, "a head is written as number:hash" in ran.err) == (2, True)


class TestHooks:
    def test_hooks_are_listed_with_what_is_still_to_be_set(self, office: Office) -> None:
        assert "milepost apply examples/hooks" in office.run("hook", "list").err
        assert load([HOOKS])
        assert office.run("apply", HOOKS).code == 0
        shown = office.run("hook", "list").out
        assert re.search(r"/v1/hooks/jira +MILEPOST_SECRET_JIRA +is set", shown)
        assert re.search(r"MILEPOST_SECRET_ZENDESK +is not set here", shown)
        assert [hook["ready"] for hook in office.run("hook", "list", "--json").objects] == [True, False, False]

    def test_a_hook_is_shown_as_a_file_that_could_be_applied(self, office: Office, tmp_path: Path) -> None:
        office.run("apply", HOOKS)
        (tmp_path / "again.yaml").write_text(office.run("hook", "show", "zendesk").out, "utf-8")
        assert "unchanged" in office.run("apply", tmp_path / "again.yaml").out
        assert office.run("hook", "remove", "zendesk").code == 0
        assert office.run("hook", "show", "zendesk").code == 3

    def test_what_a_delivery_would_become_is_shown_without_any_server(self) -> None:
        hook, payload = HOOKS / "zendesk.yaml", DELIVERIES / "zendesk-status-changed.json"
        shown = milepost("hook", "test", "--hook", hook, "--payload", payload)
        assert shown.code == 0
        assert "status: Resolved" in shown.out
        assert "If nobody knows the record ZD-5158, it is opened first" in shown.err
        [told] = milepost("hook", "test", "--hook", hook, "--payload", payload, "--json").objects
        assert (told["record"], told["events"][0]["set"]) == ("ZD-5158", {"status": "Resolved"})

    def test_a_delivery_that_says_nothing_to_us_is_told_so(self) -> None:
        shown = milepost(
            "hook", "test", "--hook", HOOKS / "zendesk.yaml", "--payload", DELIVERIES / "zendesk-tags-changed.json"
        )
        assert (shown.code, shown.out) == (0, "")
        assert "No rule of the hook looks for what this says" in shown.err

    @pytest.mark.parametrize(
        ("hook", "payload", "told"),
        [
            ("hooks/zendesk.yaml", "{", "delivery:1: is not JSON"),
            ("hooks/zendesk.yaml", '{"type": "zen:event-type:ticket.created"}', "zendesk: detail.id: is not there, or null"),
            ("hooks", "{}", "declares 3 hooks; name a file that declares one"),
            ("people.yaml", "{}", "declares 0 hooks"),
            ("nothing.yaml", "{}", "cannot be read"),
        ],
    )
    def test_what_cannot_be_tried_is_told_in_a_sentence(self, hook: str, payload: str, told: str) -> None:
        ran = milepost("hook", "test", "--hook", HOOKS.parent / hook, "--payload", "-", stdin=payload)
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err
