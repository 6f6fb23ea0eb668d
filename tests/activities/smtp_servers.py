"""Mail servers on loopback, good and bad: aiosmtpd for those that speak SMTP, a script for those that misbehave."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass(slots=True)
class Accepting:
    """Accepts mail and keeps it, unless a reply is set for one of the three moments at which it may be refused."""

    mail_reply: str | None = None
    rcpt_replies: dict[str, str] = field(default_factory=dict)
    data_reply: str | None = None
    mails: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str | None, tuple[str, ...]]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_reply is not None:
            return self.mail_reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if reply := self.rcpt_replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_reply is not None:
            return self.data_reply
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"open sesame", handled=False)

    def message(self) -> EmailMessage:
        """The one mail that was accepted. (No property: aiosmtpd looks at all of a handler's.)"""
        (content,) = self.mails
        message = message_from_bytes(content, policy=SMTP_POLICY)
        assert isinstance(message, EmailMessage)
        return message


@asynccontextmanager
async def speaking(handler: Accepting, *, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[int]:
    """A server that speaks SMTP; yields its port. `tls` encrypts from the first byte; see aiosmtpd for the options."""
    loop = asyncio.get_running_loop()
    if options.get("auth_required"):
        options["authenticator"] = handler.authenticate

    def session() -> SMTP:
        return SMTP(handler, hostname="mail.test", loop=loop, enable_SMTPUTF8=True, **options)

    server = await loop.create_server(session, HOST, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@asynccontextmanager
async def scripted(conversation: Conversation) -> AsyncIterator[int]:
    """A server that does with each connection what the conversation says, and hangs up after it."""
    open_ones: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones.add(task)
        try:
            await conversation(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        await server.wait_closed()


async def dialogue(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *replies: str | None) -> None:
    """Greet with the first reply, then answer each line of the client with the next; None says nothing at all."""
    for number, reply in enumerate(replies):
        if number:
            await reader.readline()
        if reply is None:
            await asyncio.sleep(60)
            return
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()


def a_certificate(directory: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side and a client's side of TLS for `localhost`, with a certificate made for the occasion."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
