"""Check of the mail server: everything that sending a mail needs, up to the sender, and then good-bye. Nothing is sent."""

import ssl
from email.utils import parseaddr
from functools import partial

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from activities.actions.texts import one_line
from runtime.settings import Settings
from starter.checkups.findings import Told, failed, ok
from starter.checkups.patient import Patient

_HOW = {"none": "without encryption", "starttls": "with STARTTLS", "tls": "with TLS"}
ANSWER_S = 3.0
"""For each answer, so that a server that hangs is told of by name before the check's own time is up."""
_REACH = "See that it runs, and check MILEPOST_SMTP_HOST, MILEPOST_SMTP_PORT and MILEPOST_SMTP_SECURITY."


async def server(patient: Patient, *, tls: ssl.SSLContext | None = None) -> Told:
    """Whether it would take a mail of ours. `tls` replaces the system's trust."""
    settings = patient.settings
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    _, sender = parseaddr(settings.smtp_from)
    refusal = partial(_refusal, where)
    try:
        await _exchange(settings, sender, tls)
    except SMTPAuthenticationError as no:
        return refusal("our login", no, "Check MILEPOST_SMTP_USERNAME and MILEPOST_SMTP_PASSWORD.")
    except SMTPSenderRefused as no:
        return refusal(f"the sender {sender}", no, "Set MILEPOST_SMTP_FROM to an address that it sends for.")
    except SMTPResponseException as no:
        return refusal("us", no, _REACH)
    except SMTPNotSupported as problem:
        return failed(f"{where} cannot do it: {one_line(str(problem))}", _REACH)
    except (SMTPException, OSError) as problem:
        return failed(f"{where} cannot be reached: {_in_short(problem)}", _REACH)
    who = f", logged in as {settings.smtp_username}" if settings.smtp_username else ""
    return ok(f"{where} takes mail from {sender}, {_HOW[settings.smtp_security]}{who}")


def _refusal(where: str, what: str, no: SMTPResponseException, remedy: str) -> Told:
    return failed(f"{where} refuses {what}: {no.code} {one_line(no.message)}", remedy)


def _in_short(problem: BaseException) -> str:
    """The first cause in words."""
    while problem.__cause__ is not None and not isinstance(problem, SMTPTimeoutError):
        problem = problem.__cause__
    if isinstance(problem, SMTPTimeoutError | TimeoutError):
        return f"no answer within {ANSWER_S:g} s"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    return one_line(str(problem)) or type(problem).__name__


async def _exchange(settings: Settings, sender: str, tls: ssl.SSLContext | None) -> None:
    domain = sender.rpartition("@")[2]
    client = SMTP(  # as `activities.adapters.smtp` does it, of which the doors know nothing
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        timeout=ANSWER_S,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() if settings.smtp_username else None,
        tls_context=tls,
        local_hostname=domain if "." in domain else "[127.0.0.1]",
    )
    try:
        await client.connect()
        if not settings.smtp_username:
            await client.ehlo()  # else the login has done it
        await client.mail(sender)
        await client.rset()
        await client.quit()
    finally:
        client.close()
