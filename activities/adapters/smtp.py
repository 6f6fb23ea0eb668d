"""Mail by SMTP (RFC 5321): one connection for each mail, and a clear answer to whether it is worth trying again.

4xx replies, time-outs and broken connections are Transient, 5xx replies Permanent, at whatever point of the exchange. The
connection may break after the server has taken the mail and before it said so; then the mail is sent again, under the same
Message-ID.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr
from typing import Literal, NoReturn

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from activities.actions.names import address
from activities.actions.texts import one_line
from activities.ports import Clock, Mail, Permanent, Transient

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The mail server, and who we are to it. `sender` is an address or `Name <address>`; no username, no authentication.

    `timeout_s` is for the whole exchange. `tls` replaces the system's trust, for a certificate of your own authority.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 30
    tls: ssl.SSLContext | None = None


class SmtpMailer:
    """Sends mail by SMTP; the `Mailer` port."""

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        name, spec = parseaddr(server.sender)
        self._sender = Address(display_name=name, addr_spec=spec)

    async def send(self, mail: Mail) -> None:
        """Send it; returns when the server has accepted it."""
        message = self._message(mail)
        try:
            async with asyncio.timeout(self._server.timeout_s):
                await self._exchange(message, mail.to)
        except SMTPRecipientsRefused as refusal:
            worst = max(refusal.recipients, key=lambda one: one.code)
            _raise(worst)
        except SMTPResponseException as reply:
            _raise(reply)
        except SMTPNotSupported as problem:
            raise Permanent(f"the mail server cannot take this mail: {_shown(str(problem))}") from None
        except TimeoutError:
            raise Transient(f"the mail server did not answer within {self._server.timeout_s:g} s") from None
        except (SMTPException, OSError) as problem:
            raise Transient(f"the mail server cannot be reached: {_shown(str(problem))}") from None
        except ValueError as problem:
            raise Permanent(f"the mail cannot be sent: {_shown(str(problem))}") from None

    async def _exchange(self, message: EmailMessage, to: tuple[str, ...]) -> None:
        client = self._client()
        try:
            await client.connect()
            refused, _ = await client.send_message(message, sender=self._sender.addr_spec, recipients=list(to))
            await _leave(client)
        finally:
            client.close()
        if refused:
            raise Permanent(f"{len(refused)} of {len(to)} recipients were refused; the others have the mail")

    def _client(self) -> SMTP:
        server = self._server
        domain = self._sender.domain
        return SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_s,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # and never "if offered": that can be taken away on the way
            username=server.username or None,
            password=server.password if server.username else None,
            tls_context=server.tls,
            local_hostname=domain if "." in domain else "[127.0.0.1]",  # or it would ask a name server, and wait for it
        )

    def _message(self, mail: Mail) -> EmailMessage:
        """The mail as it goes out. Raises Permanent where a header would carry a line break or another control character."""
        headers = {"Subject": mail.subject, "Message-ID": mail.message_id, "To": ", ".join(mail.to)}
        for name, value in headers.items():
            if not value.isprintable():
                raise Permanent(f"the mail's {name} has a line break or control character in it")
        message = EmailMessage(policy=SMTP_POLICY)
        try:
            message["From"] = self._sender
            message["To"] = [Address(addr_spec=address(one)) for one in mail.to]
            message["Subject"] = mail.subject
            message["Date"] = self._clock.now()
            message["Message-ID"] = mail.message_id
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, no loops
            message["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
            message.set_content(mail.text, cte="quoted-printable")
            message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        except (MessageError, ValueError, UnicodeError) as problem:
            raise Permanent(f"the mail cannot be written: {_shown(str(problem))}") from None
        return message


async def _leave(client: SMTP) -> None:
    """Say good-bye; the mail is accepted, whatever comes of that."""
    try:
        await client.quit()
    except (SMTPException, OSError):
        return


def _raise(reply: SMTPResponseException) -> NoReturn:
    told = f"the mail server answered {reply.code} {_shown(reply.message)}"
    if 500 <= reply.code <= 599:
        raise Permanent(told) from None
    raise Transient(told) from None


def _shown(text: str) -> str:
    return one_line(text)
