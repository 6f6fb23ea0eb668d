"""`milepost worker` with its ports wrapped: the same command, the same process, but it can be told where to die.

The wrapping happens at the composition root, by putting the classes below in the place of those that it introduces.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from temporalio import activity
from temporalio.client import Client

from activities.adapters.smtp import SmtpMailer
from activities.adapters.web import HttpWeb
from activities.decide import Decider
from activities.ports import LedgerLine, Mail
from runtime.connect import connect
from sla.messages import DECIDE, DecideInput, Decision
from store.ledger import StoredLedger
from tests.faults.haste import Hasty
from tests.faults.points import Points
from workers import services, wiring
from workers.__main__ import main

POINTS = Points.from_environment()
FLAGS = Path(os.environ["FAULTS_FLAGS"])
MOST_PAGES = 2**32 - 2


class FragileDecider(Decider):
    """Dies before or after a decision."""

    @activity.defn(name=DECIDE)
    async def decide(self, asked: DecideInput) -> Decision:
        POINTS.passing("before_decide")
        decision = await super().decide(asked)
        POINTS.passing("after_decide")
        return decision


class FragileMailer(SmtpMailer):
    """Dies before a mail, or when it is accepted; notes when it is not."""

    async def send(self, mail: Mail) -> None:
        POINTS.passing("before_mail")
        with _noted("mail"):
            await super().send(mail)
        POINTS.passing("after_mail")


class NotingWeb(HttpWeb):
    """Notes what was not accepted."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        with _noted("web"):
            await super().post(url, body, headers)


class FragileLedger(StoredLedger):
    """Notes when a line stands; dies then."""

    async def write(self, record: str, kind: str, line: LedgerLine, **how: Any) -> LedgerLine:
        standing = await super().write(record, kind, line, **how)
        POINTS.note("ledgered", key=line.key, outcome=standing.outcome)
        if kind == "email":
            POINTS.passing("after_ledger")
        return standing


FRAGILE: Mapping[str, Any] = {
    "Decider": FragileDecider,
    "SmtpMailer": FragileMailer,
    "HttpWeb": NotingWeb,
    "StoredLedger": FragileLedger,
}


@contextmanager
def _noted(world: str) -> Iterator[None]:
    """Note what an outside world has not accepted, and why."""
    try:
        yield
    except Exception as problem:
        POINTS.note("failed", world=world, problem=str(problem))
        raise


def _limited(connection: Connection) -> None:
    """What SQLite may do in this transaction, as flags in a directory say: a full or read-only database, on demand.

    SQLite itself answers then: `database or disk is full`, `attempt to write a readonly database`.
    """
    if connection.dialect.name != "sqlite":
        return
    pages = 1 if (FLAGS / "full").exists() else MOST_PAGES  # never fewer than the file has
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    connection.exec_driver_sql(f"PRAGMA query_only = {int((FLAGS / 'readonly').exists())}")


async def _hasty(*arguments: Any, **options: Any) -> Client:
    client = await connect(*arguments, **options)
    config: dict[str, Any] = {**client.config(), "interceptors": [Hasty()]}
    return Client(**config)


def _mortal() -> None:
    """On Linux the kernel ends this process when the world that started it is killed (prctl PR_SET_PDEATHSIG = 1)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


if __name__ == "__main__":
    _mortal()
    POINTS.note("began", wall=time.time())
    for name, port in FRAGILE.items():
        assert hasattr(wiring, name), name
        setattr(wiring, name, port)
    event.listen(Engine, "begin", _limited)
    if os.environ.get("FAULTS_HASTE"):
        setattr(services, "connect", _hasty)  # noqa: B010 - a name of another module, replaced knowingly
    sys.argv = ["milepost", "worker"]
    main()
