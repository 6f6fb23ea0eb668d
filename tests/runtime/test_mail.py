"""The mail catcher keeps what it is sent, and the mailbox reads it with or without it."""

import asyncio
import socket
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from runtime.mailbox import Mailbox
from runtime.mailcatcher import MailCatcher
from sla.errors import MailNotFound, PortInUse


def a_mail(subject: str = "Overdue: C-1042", to: str = "ann@example.com") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Milepost <sla@example.com>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    mail["Message-ID"] = "<key@example.com>"
    mail.set_content("First Response is überfällig.")
    mail.add_alternative("<p>First Response</p>", subtype="html")
    return mail


async def send(catcher: MailCatcher, mail: EmailMessage, recipients: list[str] | None = None) -> None:
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=catcher.port, recipients=recipients, timeout=5)


async def test_a_mail_that_was_sent_can_be_listed_and_read(tmp_path: Path) -> None:
    async with MailCatcher(tmp_path / "mail") as catcher:
        await send(catcher, a_mail(), recipients=["ann@example.com", "hidden@example.com"])
    (mail,) = Mailbox(tmp_path / "mail").list()
    assert (mail.id, mail.subject, mail.to) == ("1", "Overdue: C-1042", "ann@example.com")
    assert mail.sender == "Milepost <sla@example.com>"
    assert mail.recipients == ("ann@example.com", "hidden@example.com")
    assert mail.date == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    assert mail.message_id == "<key@example.com>"
    assert mail.text is not None
    assert mail.text.strip() == "First Response is überfällig."
    assert mail.html is not None
    assert "<p>First Response</p>" in mail.html


async def test_ids_go_on_after_a_restart_and_mean_the_same_mail_for_ever(tmp_path: Path) -> None:
    async with MailCatcher(tmp_path) as catcher:
        await asyncio.gather(*(send(catcher, a_mail(subject=f"n {n}")) for n in range(12)))
    first = {mail.id: mail.subject for mail in Mailbox(tmp_path).list()}
    async with MailCatcher(tmp_path) as catcher:
        await send(catcher, a_mail(subject="later"))
    mails = catcher.mailbox.list()
    assert [mail.id for mail in mails] == [str(n) for n in range(1, 14)]
    assert {mail.id: mail.subject for mail in mails[:12]} == first
    assert catcher.mailbox.get("13").subject == "later"
    assert [path.name for path in tmp_path.glob("*.part")] == []


@pytest.mark.parametrize("mail_id", ["7", "../secret", "", "1.eml", "²", "-1"])
def test_a_mail_that_is_not_there_is_refused_by_its_id(tmp_path: Path, mail_id: str) -> None:
    Mailbox(tmp_path).add(b"Subject: one\r\n\r\ntext\r\n")
    with pytest.raises(MailNotFound) as refused:
        Mailbox(tmp_path).get(mail_id)
    assert refused.value.facts == {"mail": mail_id}


def test_an_empty_mailbox_need_not_exist(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "none").list() == []


def test_a_mail_that_breaks_the_rules_is_shown_all_the_same(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    box.add(b"")
    box.add(b"Date: yesterday\r\nContent-Type: text/plain; charset=klingon\r\n\r\nQapla\xff\r\n")
    bare, odd = box.list()
    assert (bare.subject, bare.date, bare.html) == ("", None, None)
    assert odd.date is None
    assert odd.text is not None
    assert "Qapla" in odd.text


async def test_a_scripted_refusal_reaches_the_sender_and_nothing_is_kept(tmp_path: Path) -> None:
    refusals = {"ann@example.com": "451 4.3.0 try later"}
    async with MailCatcher(tmp_path, refusals=refusals) as catcher:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await send(catcher, a_mail())
        assert refused.value.recipients[0].code == 451
        assert catcher.mailbox.list() == []
        refusals.clear()
        await send(catcher, a_mail())
        assert len(catcher.mailbox.list()) == 1


async def test_a_conversation_under_way_does_not_keep_the_catcher_from_stopping(tmp_path: Path) -> None:
    async with MailCatcher(tmp_path) as catcher:
        reader, writer = await asyncio.open_connection("127.0.0.1", catcher.port)
        assert (await reader.readline()).startswith(b"220 ")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await writer.wait_closed()


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortInUse, match=r"mail catcher.*MILEPOST_MAIL_PORT"):
            async with MailCatcher(tmp_path, port=other.getsockname()[1]):
                pass
