"""Deadlines kept as rows of a table, and the poller at work on them."""

import asyncio
import time
from pathlib import Path

from bench.load.contestants import DEADLINE
from bench.load.driving import PATIENCE_S
from bench.load.ground import Ground
from bench.load.processes import Child, python
from bench.rivals.poller import INDEX, INSERT, TABLE, database

PHASES = 30
"""The deadlines lie in so many seconds, spread evenly over the time between two polls."""

LEAD_S = 3.0


async def polled(here: Ground, name: str, cases: int, *, period_s: int, url: str | None = None) -> tuple[float, ...]:
    """How late the mails were, in seconds after they were due, of deadlines spread evenly over one period."""
    file: Path = here.directory / f"{name}.db"
    url = url or f"sqlite:///{file}"
    begins = time.time() + LEAD_S
    dues = [begins + period_s * ((number % PHASES) + 0.5) / PHASES for number in range(cases)]
    rows = [{"record": f"{name}-{number}", "milestone": DEADLINE, "due": due} for number, due in enumerate(dues)]
    _fill(url, rows)
    mails = here.post.count()
    command = python("bench.rivals.poller", url, str(here.post.port), str(begins + period_s), str(period_s))
    async with Child(command, log=here.directory / f"{name}.log", ready="polling"):
        await asyncio.sleep(max(0.0, begins + period_s - time.time()))
        due = {str(row["record"]): float(str(row["due"])) for row in rows}
        arrived = await here.post.until_each(list(due), since=mails, patience_s=PATIENCE_S)
    return tuple(mail.at - due[mail.record] for mail in arrived)


def _fill(url: str, rows: list[dict[str, object]]) -> None:
    engine = database(url)
    with engine.begin() as connection:
        for statement in (TABLE, INDEX):
            connection.exec_driver_sql(statement)
        connection.execute(INSERT, rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    engine.dispose()
