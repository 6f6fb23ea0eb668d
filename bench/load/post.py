"""The mail server of the load measures: takes every mail, keeps the instant of each, and costs next to nothing.

A program of its own, so that it shares no interpreter with what is measured: `python -m bench.load.post FILE PORT-FILE`.
Milepost's own mail catcher writes a file for each mail, which would be measured too. Speaks as much of SMTP (RFC 5321)
as the mailers that it hears from.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.load.processes import Child, python

POLL_S = 0.02
END = b"\r\n.\r\n"


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, book: IO[str]) -> None:
        self._book = book
        self._heard = b""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 post.localhost ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Take commands line by line, and a mail until its final dot."""
        self._heard += data
        while self._step():
            pass

    def _step(self) -> bool:
        mark = END if self._in_data else b"\r\n"
        part, found, rest = self._heard.partition(mark)
        if not found:
            return False
        self._heard = rest
        self._take_mail(part) if self._in_data else self._answer(part)
        return True

    def _take_mail(self, mail: bytes) -> None:
        self._in_data = False
        head = mail.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        ids = [line.partition(b":")[2].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")]
        self._book.write(f"{time.time():.6f} {ids[0].decode() if ids else '-'} {len(mail)}\n")
        self._book.flush()
        self._transport.write(b"250 OK\r\n")

    def _answer(self, line: bytes) -> None:
        word = line[:4].upper()
        if word == b"DATA":
            self._in_data = True
            self._transport.write(b"354 go on\r\n")
        elif word == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        elif word == b"EHLO":
            self._transport.write(b"250-post.localhost\r\n250 8BITMIME\r\n")
        else:
            self._transport.write(b"250 OK\r\n")


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A mail: when it was accepted (seconds since the epoch), its Message-ID, its length in bytes."""

    at: float
    message_id: str
    size: int

    @property
    def record(self) -> str:
        """What it is about: Milepost has it after the digest in the Message-ID, the others have it first."""
        first, second, *_ = self.message_id.strip("<>").split("@")[0].split(".")
        return second if re.fullmatch("[0-9a-f]{32}", first) else first


@dataclass(frozen=True, kw_only=True)
class Post:
    """The mail server while it runs."""

    port: int
    book: Path

    def arrivals(self, since: int = 0) -> list[Arrival]:
        """Every mail but the first `since`, in order."""
        lines = self.book.read_text().splitlines()[since:]
        parts = [line.split() for line in lines]
        return [Arrival(at=float(at), message_id=message_id, size=int(size)) for at, message_id, size in parts]

    def count(self) -> int:
        """How many mails there are."""
        return self.book.read_bytes().count(b"\n")

    async def until_each(self, records: Sequence[str], *, since: int = 0, patience_s: float) -> list[Arrival]:
        """Wait until each of these records has its mail; answers with all about them but those among the first `since`.

        A mail of any other record is passed over: a worker that was ended may send what it could not write down once more.
        Raises RuntimeError if it takes too long.
        """
        deadline, wanted = time.monotonic() + patience_s, set(records)
        while True:
            if self.count() - since >= len(wanted):
                mails = [mail for mail in self.arrivals(since) if mail.record in wanted]
                if len({mail.record for mail in mails}) == len(wanted):
                    return mails
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.count() - since} mails for {len(wanted)} records after {patience_s:g} s")
            await asyncio.sleep(POLL_S)


@asynccontextmanager
async def running_post(directory: Path) -> AsyncIterator[Post]:
    """A mail server on a free port of loopback, until the block ends."""
    book = directory / "post.txt"
    book.touch()
    async with Child(python("bench.load.post", str(book)), log=directory / "post.log", ready="port ") as child:
        yield Post(port=int(child.said().split()[1]), book=book)


async def serve(book: Path) -> None:
    """Listen until ended."""
    with book.open("a") as lines:
        server = await asyncio.get_running_loop().create_server(lambda: Conversation(lines), "127.0.0.1", 0, backlog=1000)
        print(f"port {server.sockets[0].getsockname()[1]} ", flush=True)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
