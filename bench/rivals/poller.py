"""The usual design: a job each minute selects what is overdue and acts on it. APScheduler on the database that has the rows.

`python -m bench.rivals.poller DATABASE-URL SMTP-PORT FIRST PERIOD-S`: polls at the instant FIRST (seconds since the epoch)
and each PERIOD-S seconds after, until ended. The job itself is kept in APScheduler's SQLAlchemy job store on the same
database, as its documentation advises for jobs that must survive a restart. Mails go out on ten threads, which is as many
as APScheduler would use by itself.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, text

from bench.load.letters import letter, send_blocking

THREADS = 10
TABLE = "CREATE TABLE deadlines (record text PRIMARY KEY, milestone text, due double precision, told boolean)"
INDEX = "CREATE INDEX deadlines_due ON deadlines (told, due)"
INSERT = text("INSERT INTO deadlines VALUES (:record, :milestone, :due, false)")
OVERDUE = text("SELECT record, milestone FROM deadlines WHERE NOT told AND due <= :now ORDER BY due")
TOLD = text("UPDATE deadlines SET told = true WHERE record = :record")


def database(url: str) -> Engine:
    """The table's database, which is the scheduler's too."""
    return create_engine(url, pool_size=THREADS, connect_args={"timeout": 30} if url.startswith("sqlite") else {})


def poll(url: str, smtp_port: int) -> None:
    """Act upon all that is overdue, and note each as soon as it is done."""
    engine = database(url)
    writing = threading.Lock()

    def act(record: str, milestone: str) -> None:
        send_blocking(smtp_port, letter(record, milestone, "violation"))
        with writing, engine.begin() as connection:
            connection.execute(TOLD, {"record": record})

    with engine.connect() as connection:
        overdue = [(str(row.record), str(row.milestone)) for row in connection.execute(OVERDUE, {"now": time.time()})]
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(lambda one: act(*one), overdue):
            pass
    engine.dispose()


def main(url: str, smtp_port: int, first: float, period_s: int) -> None:
    """Poll until ended."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.blocking import BlockingScheduler

    scheduler = BlockingScheduler(jobstores={"default": SQLAlchemyJobStore(url=url)}, timezone=UTC)
    scheduler.add_job(
        "bench.rivals.poller:poll",
        "interval",
        args=(url, smtp_port),
        seconds=period_s,
        start_date=datetime.fromtimestamp(first, UTC),
        id="poll",
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    print("polling ", flush=True)
    scheduler.start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
