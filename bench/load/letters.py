"""The mail that every contestant sends, of the size of Milepost's own, and how they send it: one connection for each."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from aiosmtplib import SMTP

_LINES = (
    "The target for {milestone} of case {record} has just passed.",
    "",
    "  Case:        {record}",
    "  Milestone:   {milestone}",
    "  Account:     helios",
    "  Owner:       Ada Whitlock",
    "",
    "What to do: take the case up now, and tell the customer when to expect an answer.",
)
_TEXT = "\n".join(_LINES) + "\n"
_ROWS = "".join(
    f'<tr><td style="padding:4px 16px 4px 0;color:#555;font-size:14px">{line.strip() or "&nbsp;"}</td></tr>\n'
    for line in _LINES * 3
)
_HTML = f'<!doctype html><html><body style="font-family:sans-serif"><table role="presentation">{_ROWS}</table></body></html>'


def letter(record: str, milestone: str, kind: str) -> EmailMessage:
    """A mail in text and HTML; its Message-ID is made of what it is about, so that a second one shows."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = "Milepost <milepost@localhost>"
    message["To"] = "ada@support.example"
    message["Subject"] = f"{record}: {milestone} {kind}"
    message["Message-ID"] = f"<{record}.{milestone.replace(' ', '-')}.{kind}@localhost>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEXT.format(record=record, milestone=milestone), cte="quoted-printable")
    message.add_alternative(_HTML.format(record=record, milestone=milestone), subtype="html", cte="quoted-printable")
    return message


async def send(port: int, message: EmailMessage) -> None:
    """Send it to the mail server on loopback; returns when it is accepted."""
    client = SMTP(hostname="127.0.0.1", port=port, timeout=30, start_tls=False, local_hostname="[127.0.0.1]")
    async with client:
        await client.send_message(message)


def send_blocking(port: int, message: EmailMessage) -> None:
    """The same for programs that use threads."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="[127.0.0.1]", timeout=30) as client:
        client.send_message(message)
