"""The same case on DBOS, as its documentation has it: asynchronous workflows, `recv` with a time-out, a step for the mail.

`python -m bench.rivals.dbos_case SYSTEM-DATABASE-URL SMTP-PORT`. DBOS is a library in the program that serves people; so
this one is asked over a connection, in lines of JSON, as it would be asked over the web. All settings are DBOS's defaults.
"""

import asyncio
import json
import sys
import time
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bench.load.letters import letter, send

WHILE_NOTHING_IS_DUE_S = 31_536_000.0
"""A year: `recv` wants to know how long it may wait."""


class Mail:
    """Where the mail server is; set once, before anything runs."""

    port = 0


@DBOS.step()  # type: ignore[untyped-decorator]
async def send_letter(record: str, milestone: str, kind: str) -> None:
    """Send a mail."""
    await send(Mail.port, letter(record, milestone, kind))


@DBOS.workflow()  # type: ignore[untyped-decorator]
async def follow(record: str, opened_at: float, due: dict[str, float]) -> str:
    """One case: wait for news or the next deadline until it is closed. One of a single milestone ends with its violation."""
    waiting, now = dict(due), opened_at
    while True:
        ahead = min(waiting.values()) - now if waiting else WHILE_NOTHING_IS_DUE_S
        news = await DBOS.recv_async(timeout_seconds=max(0.0, ahead))
        if news is None:
            milestone = min(waiting, key=lambda name: waiting[name])
            now = max(now, waiting.pop(milestone))
            await send_letter(record, milestone, "violation")
            if len(due) == 1:
                return "violated"
        elif news["type"] == "closed":
            return "closed"
        else:
            now = news["at"]
            if waiting.pop(news["milestone"], None) is not None and not waiting:
                await send_letter(record, news["milestone"], "success")


async def open_case(asked: dict[str, Any]) -> None:
    """Answers when the case is durable."""
    with SetWorkflowID(asked["record"]):
        await DBOS.start_workflow_async(follow, asked["record"], time.time(), asked["due"])


async def report(asked: dict[str, Any]) -> None:
    """Answers when the news is durable; that of the closing, when the case has ended."""
    await DBOS.send_async(asked["record"], asked["news"] | {"at": time.time()})
    if asked["news"]["type"] == "closed":
        handle = await DBOS.retrieve_workflow_async(asked["record"])
        await handle.get_result(polling_interval_sec=0.05)


DOORS = {"open": open_case, "report": report}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each line, in whatever order they are done."""

    async def answer(asked: dict[str, Any]) -> None:
        problem = None
        try:
            await DOORS[asked["do"]](asked)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        writer.write(json.dumps({"n": asked["n"], "problem": problem}).encode() + b"\n")

    async with asyncio.TaskGroup() as group:
        async for line in reader:
            group.create_task(answer(json.loads(line)))


async def main(url: str, smtp_port: int) -> None:
    """Serve until ended."""
    Mail.port = smtp_port
    config: DBOSConfig = {"name": "milepost-bench", "system_database_url": url}
    DBOS(config=config)
    DBOS.launch()
    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    print(f"dbos_ready {server.sockets[0].getsockname()[1]} ", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
