"""A webhook endpoint that does as it is told, as the mail server does."""

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import Final, Literal, Self

from runtime.ports import LOOPBACK
from tests.faults.mailserver import FOR_EVER_S, SLOWNESS_S, Delivery

Mood = Literal["willing", "down", "hangs", "slow", "503", "429", "410", "drops"]
_ANSWERS: Final = {
    "503": "503 Service Unavailable",
    "429": "429 Too Many Requests\r\nRetry-After: 2",
    "410": "410 Gone",
}


class WebServer:
    """Takes POSTs on a port of its own while it is not down. `accepted` is all that it ever took, by `webhook-id`; `met` how
    often somebody met it in which mood (down it meets nobody).
    """

    def __init__(self) -> None:
        self.accepted: list[Delivery] = []
        self.met: Counter[Mood] = Counter()
        self.mood: Mood = "willing"
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def become(self, mood: Mood) -> None:
        """From now on be like this. Going down hangs up on everybody."""
        self.mood = mood
        if mood == "down":
            self._close()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None
        for task in self._open:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        mood = self.mood
        self.met[mood] += 1
        if mood in ("hangs", "slow"):
            await asyncio.sleep(FOR_EVER_S if mood == "hangs" else SLOWNESS_S)
        if mood not in _ANSWERS:
            identity = headers.get("webhook-id") or json.loads(body)["text"]  # a chat message has nothing else
            self.accepted.append(Delivery(identity, "", time.monotonic()))
        if mood == "drops":
            writer.transport.abort()
            return False
        writer.write(f"HTTP/1.1 {_ANSWERS.get(mood, '204 No Content')}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True
