"""A mail server for development, the demo and the tests: it accepts every mail, keeps it, and delivers nothing.

It runs in the caller's event loop and listens on loopback. Read what it caught with `mailbox.Mailbox`.
"""

import asyncio
import errno
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.mailbox import RECIPIENTS_HEADER, SENDER_HEADER, Mailbox
from runtime.ports import LOOPBACK
from sla.errors import PortInUse


class MailCatcher:
    """`async with MailCatcher(directory, port=1025) as catcher:` catches mail until the block ends.

    `port` 0 takes a free one; `catcher.port` says which. `refusals` scripts a bad day: recipients and the
    reply that each gets (`{"ann@example.com": "451 4.3.0 try later"}`); the mapping may be changed while the
    catcher runs. Entering raises `PortInUse`.
    """

    def __init__(self, directory: Path, *, port: int = 0, refusals: Mapping[str, str] | None = None) -> None:
        self.mailbox = Mailbox(directory)
        self.port = port
        self._handler = _Handler(self.mailbox, {} if refusals is None else refusals)
        self._server: asyncio.Server | None = None
        self._sessions: WeakSet[SMTP] = WeakSet()

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.get_running_loop().create_server(self._session, LOOPBACK, self.port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortInUse(port=self.port, purpose="mail catcher", setting="MILEPOST_MAIL_PORT") from None
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for session in self._sessions:  # closing a server leaves its conversations open
                if session.transport is not None:
                    session.transport.close()
            await self._server.wait_closed()

    def _session(self) -> SMTP:
        # a host name of our own, or the library asks the DNS for one, in the event loop
        session = SMTP(
            self._handler,
            hostname="milepost.localhost",
            ident="Milepost mail catcher",
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )
        self._sessions.add(session)
        return session


class _Handler:
    """What aiosmtpd asks about; the names of the methods are its."""

    def __init__(self, mailbox: Mailbox, refusals: Mapping[str, str]) -> None:
        self._mailbox = mailbox
        self._refusals = refusals

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self._refusals.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"{SENDER_HEADER}: {envelope.mail_from}\r\n{RECIPIENTS_HEADER}: {recipients}\r\n"
        return f"250 OK kept as {self._mailbox.add(head.encode() + content)}"
