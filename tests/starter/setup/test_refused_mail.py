"""A mail server that refuses, from the opening of a record to its story: every part is real but Temporal."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.adapters.clock import SystemClock
from activities.adapters.web import HttpWeb
from activities.observing import SILENT
from activities.perform import PERMANENT, TRANSIENT
from runtime.settings import Settings
from sla.messages import Concluded, DecideInput, Performed, PerformInput, ProcessRef
from starter.desk import Desk
from store.engine import Database
from store.records import Records
from tests.activities.smtp_servers import HOST, Accepting, speaking
from tests.starter.setup.promised import an_installation
from tests.store.builders import at
from tests.store.promises import with_examples
from workers.wiring import Parts, parts

WARNING, VIOLATION = "C-1/First Response#1/1/warning-1/1", "C-1/First Response#1/1/violation-1/1"
BEN, GRACE, HUGO = "ben@support.example", "grace@support.example", "hugo@support.example"


def clock(text: str) -> datetime:
    """An instant of that Monday with its seconds."""
    minutes, _, seconds = text.rpartition(":")
    return at(minutes) + timedelta(seconds=int(seconds))


@dataclasses.dataclass(frozen=True)
class Here:
    """An installation with the examples, where Helios has a case of nine o'clock, and its mail server."""

    database: Database
    server: Accepting
    made: Parts
    ref: ProcessRef

    def desk(self, now: str) -> Desk:
        """The Desk at that time."""
        return an_installation(self.database, clock(now)).desk

    async def decides(self, now: str, *concluded: Concluded, done: str = "") -> None:
        """The case looks what is due."""
        log = list(await Records(self.database).log("C-1"))
        asked = {
            "record": "C-1",
            "ref": self.ref,
            "log": log,
            "now": clock(now),
            "concluded": concluded,
            "done": done.split(),
        }
        await self.made.decider.decide(DecideInput.model_validate(asked))

    async def attempts(self, key: str, number: int, now: str) -> Performed:
        """One attempt at an action, as Temporal has it made."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=number, started_time=clock(now))
        [mail] = self.made.performer.activities("mail")
        assert activity._Definition.must_from_callable(mail).name == "action.email"
        return await environment.run(mail, PerformInput(record="C-1", ref=self.ref, key=key))

    async def told(self, now: str, of: str) -> str:
        """The sentence of its story about a mail."""
        story = await self.desk(now).evidence.story("C-1")
        [sentence] = [one.text for one in story.chapters[0].sentences if f"the mail of the {of}" in one.text]
        return sentence


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Here]:
    installation = an_installation(await with_examples(database))
    await installation.desk.open(record="C-1", fields={"account": "helios", "contact": "lee", "owner": "ben"})
    server = Accepting()
    async with speaking(server) as port, _parts(port, database) as made:
        yield Here(database=database, server=server, made=made, ref=installation.refs[0])


@asynccontextmanager
async def _parts(port: int, database: Database) -> AsyncIterator[Parts]:
    settings = Settings(smtp_host=HOST, smtp_port=port, smtp_security="none", smtp_from="sla@support.example")
    async with HttpWeb(SystemClock()) as web:
        yield parts(settings, database, web, SILENT, SystemClock())


@pytest.mark.parametrize("reply", ["421 4.3.2 come back later", "450 4.2.0 greylisted"])
async def test_a_mail_that_was_refused_at_first_is_told_with_its_second_attempt(here: Here, reply: str) -> None:
    here.server.rcpt_replies[BEN] = reply
    await here.decides("09:45:00")
    with pytest.raises(ApplicationError) as failure:
        await here.attempts(WARNING, 1, "09:45:02")
    assert (failure.value.type, failure.value.non_retryable) == (TRANSIENT, False)
    assert f"has failed once at 09:45:02: ben: the mail server answered {reply}" in await here.told("09:45:05", "warning")
    here.server.rcpt_replies.clear()
    assert (await here.attempts(WARNING, 2, "09:45:12")).outcome == "performed"
    assert here.server.envelopes == [("sla@support.example", (BEN,))]
    told = await here.told("09:50:00", "warning")
    assert "was sent to ben at 09:45:12, 12 s after it was due, on the second attempt" in told
    assert f"the mail server answered {reply}" in told


async def test_what_fails_is_the_same_as_of_now_and_by_what_is_known_now(here: Here) -> None:
    here.server.rcpt_replies[BEN] = "450 4.2.0 greylisted"
    await here.decides("09:45:00")
    with pytest.raises(ApplicationError):
        await here.attempts(WARNING, 1, "09:45:02")
    shown = await here.desk("09:45:05").show("C-1")
    [warning] = shown.effects
    assert (warning.attempts, warning.problem) == (1, "ben: the mail server answered 450 4.2.0 greylisted")
    assert shown.entitlement is not None
    for now in ("09:45:05", "09:50:00"):
        then = await here.desk(now).show("C-1", at=clock("09:45:05"), known_at=clock("09:45:05"))
        assert then.model_copy(update={"as_of": None}) == shown
    [before] = (await here.desk("09:50:00").show("C-1", known_at=clock("09:45:01"))).effects
    assert (before.attempts, before.problem) == (0, None)


async def test_a_mail_that_was_refused_for_good_is_told_as_given_up_with_the_servers_words(here: Here) -> None:
    here.server.rcpt_replies[BEN] = "550 5.1.1 no such user"
    await here.decides("09:45:00")
    with pytest.raises(ApplicationError) as failure:
        await here.attempts(WARNING, 1, "09:45:02")
    assert (failure.value.type, failure.value.non_retryable) == (PERMANENT, True)
    given_up = Concluded(key=WARNING, outcome="gave_up", reason=failure.value.message)
    await here.decides("09:45:03", given_up, done=WARNING)
    told = await here.told("09:50:00", "warning")
    assert "was given up at 09:45:03 after 1 failed attempt" in told
    assert told.count("the mail server answered 550 5.1.1 no such user") == 1
    assert here.server.mails == []


async def test_of_several_readers_each_is_told_with_the_attempt_that_reached_them(here: Here) -> None:
    here.server.rcpt_replies[GRACE] = "450 4.2.0 greylisted"
    await here.decides("10:00:00")
    with pytest.raises(ApplicationError, match="1 of 2 mails were accepted"):
        await here.attempts(VIOLATION, 1, "10:00:02")
    here.server.rcpt_replies.clear()
    await here.attempts(VIOLATION, 2, "10:00:12")
    assert [to for _, (to,) in here.server.envelopes] == [HUGO, GRACE]
    told = await here.told("10:30:00", "violation")
    assert "was sent to hugo at 10:00:02 on the first attempt, to grace at 10:00:12 on the second attempt" in told


async def test_an_attempt_whose_worker_died_counts(here: Here) -> None:
    await here.decides("09:45:00")
    await here.attempts(WARNING, 2, "09:45:40")
    assert "on the second attempt" in await here.told("09:50:00", "warning")
