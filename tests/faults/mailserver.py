"""A mail server that does as it is told: it can be down, hang, be slow, refuse, or hang up when it has the mail."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from types import TracebackType
from typing import Final, Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.ports import LOOPBACK

Mood = Literal["willing", "down", "hangs", "slow", "421", "450", "550", "drops"]
SLOWNESS_S: Final = 2.0
FOR_EVER_S: Final = 3600.0
OK: Final = "250 OK"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that was accepted: a mail's Message-ID, or a webhook's id; and when, by the monotonic clock."""

    id: str
    to: str
    at: float


class MailServer:
    """Listens on a port of its own while it is not down. `accepted` is all that it ever took, `met` how often somebody met
    it in which mood (down it meets nobody).
    """

    def __init__(self) -> None:
        self.accepted: list[Delivery] = []
        self.met: Counter[Mood] = Counter()
        self.mood: Mood = "willing"
        self.begun = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    async def become(self, mood: Mood) -> None:
        """From now on be like this."""
        self.mood = mood
        self.begun.clear()
        if mood == "down":
            self._close()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="mail.test"), LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    # ------------------------------------------------------------------ aiosmtpd's hooks

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.mood in ("hangs", "421"):
            self.met[self.mood] += 1
        if self.mood == "hangs":
            await asyncio.sleep(FOR_EVER_S)
        if self.mood == "421":
            return "421 Service not available"
        envelope.mail_from = address
        return OK

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.mood in ("450", "550"):
            self.met[self.mood] += 1
            return f"{self.mood} Mailbox unavailable"
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.begun.set()
        if self.mood in ("slow", "drops"):
            self.met[self.mood] += 1
        if self.mood == "slow":
            await asyncio.sleep(SLOWNESS_S)
        content = envelope.content
        assert isinstance(content, bytes)
        message_id = str(message_from_bytes(content)["Message-ID"])
        self.accepted += [Delivery(message_id, to, time.monotonic()) for to in envelope.rcpt_tos]
        if self.mood == "drops":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            await asyncio.sleep(FOR_EVER_S)  # no answer: the session ends with its connection
        return OK
