"""Mail by SMTP, against servers that accept, refuse, hang, hang up, and protect their connections."""

import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.smtp import SmtpMailer, SmtpServer
from activities.fakes import SetClock
from activities.ports import Mail, Permanent, Transient
from tests.activities.builders import at
from tests.activities.smtp_servers import HOST, Accepting, a_certificate, dialogue, scripted, speaking

ID = "<3920fa5efdf66ffc86ed322e72ce436c.C-1042@sla.support.example>"
ANSWERS_AT_ONCE_S = 5.0


def a_mail(**facts: Any) -> Mail:
    given = {"message_id": ID, "to": ("ada@support.example",), "subject": "Violated: Größe", "text": "Überfällig.\n"}
    return Mail(**(given | {"html": "<p>Überfällig.</p>\n"} | facts))


def a_mailer(port: int, **facts: Any) -> SmtpMailer:
    given: dict[str, Any] = {
        "host": HOST,
        "port": port,
        "sender": "Support SLA <sla@support.example>",
        "security": "none",
        "timeout_s": 5,
    }
    return SmtpMailer(SmtpServer(**(given | facts)), SetClock(at("10:00")))


async def sent(mail: Mail) -> Accepting:
    server = Accepting()
    async with speaking(server) as port:
        await a_mailer(port).send(mail)
    return server


# ---------------------------------------------------------------------- the mail


async def test_a_mail_arrives_with_its_headers() -> None:
    server = await sent(a_mail())
    message = server.message()
    assert server.envelopes == [("sla@support.example", ("ada@support.example",))]
    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "Support SLA <sla@support.example>",
        "To": "ada@support.example",
        "Subject": "Violated: Größe",
        "Message-ID": ID,
        "Auto-Submitted": "auto-generated",
    }
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


async def test_it_has_a_text_and_an_html_part_with_the_text_first() -> None:
    message = (await sent(a_mail())).message()
    assert message.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()]
    assert parts == [("text/plain", "Überfällig."), ("text/html", "<p>Überfällig.</p>")]


async def test_what_goes_over_the_wire_is_ascii_in_lines_that_every_server_takes() -> None:
    (content,) = (await sent(a_mail(text="ü" * 5_000, subject="ß" * 200))).mails
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


async def test_lines_that_begin_with_a_dot_arrive_as_they_are() -> None:
    message = (await sent(a_mail(text=".\n..two\n.end\n"))).message()
    part = message.get_body(("plain",))
    assert part is not None
    assert part.get_content().splitlines() == [".", "..two", ".end"]


async def test_a_long_message_id_arrives_whole() -> None:
    long = f"<{'a' * 32}.{'b' * 40}@{'c' * 60}.{'d' * 60}.example>"
    message = (await sent(a_mail(message_id=long))).message()
    assert str(message["Message-ID"]).strip() == long


EVIL = ["a\r\nBcc: eve@evil.example", "a\nX: y", "a\r b", "a\0b", "a\x0bb", "a\x85b", "a\u2028b", "a\x1bb"]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("header", ["subject", "message_id"])
async def test_no_header_takes_a_line_break_or_control_character(header: str, evil: str) -> None:
    with pytest.raises(Permanent, match="control character"):
        await a_mailer(1).send(a_mail(**{header: evil}))


@pytest.mark.parametrize("evil", ["a@b.example\r\nDATA", "a@b.example>\r\nRCPT TO:<eve@evil.example", "a b", "", "a@", "@"])
async def test_no_recipient_can_speak_to_the_server(evil: str) -> None:
    with pytest.raises(Permanent):
        await a_mailer(1).send(a_mail(to=(evil,)))


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("reply", "failure"),
    [("421 closing", Transient), ("450 busy", Transient), ("451 later", Transient), ("550 never", Permanent),
     ("552 too large", Permanent), ("554 no", Permanent)],
)  # fmt: skip
@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
async def test_4xx_is_worth_another_try_and_5xx_is_not_at_any_moment(
    moment: str, reply: str, failure: type[Exception]
) -> None:
    server = Accepting()
    if moment == "MAIL":
        server.mail_reply = reply
    elif moment == "RCPT":
        server.rcpt_replies = {"ada@support.example": reply}
    else:
        server.data_reply = reply
    async with speaking(server) as port:
        with pytest.raises(failure, match=f"the mail server answered {reply}"):
            await a_mailer(port).send(a_mail())
    assert server.mails == []


@pytest.mark.parametrize(("reply", "failure"), [("421 too many", Transient), ("554 go away", Permanent)])
async def test_a_greeting_can_refuse_too(reply: str, failure: type[Exception]) -> None:
    async with scripted(lambda reader, writer: dialogue(reader, writer, reply)) as port:
        with pytest.raises(failure, match=reply):
            await a_mailer(port).send(a_mail())


async def test_a_refused_recipient_among_others_is_not_passed_over() -> None:
    server = Accepting(rcpt_replies={"ben@support.example": "550 no such user"})
    async with speaking(server) as port:
        with pytest.raises(Permanent, match="1 of 2 recipients were refused"):
            await a_mailer(port).send(a_mail(to=("ada@support.example", "ben@support.example")))
    assert server.envelopes == [("sla@support.example", ("ada@support.example",))]


async def test_what_the_server_says_is_told_in_one_line() -> None:
    server = Accepting(data_reply="550-first\r\n550 second\x07")
    async with speaking(server) as port:
        with pytest.raises(Permanent) as problem:
            await a_mailer(port).send(a_mail())
    assert str(problem.value).isprintable()


# ---------------------------------------------------------------------- connections


async def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    async with scripted(lambda reader, writer: dialogue(reader, writer, "220")) as port:
        pass
    with pytest.raises(Transient, match="cannot be reached"):
        await a_mailer(port).send(a_mail())


@pytest.mark.parametrize(
    "replies",
    [
        (None,),
        ("220 hello", None),
        ("220 hello", "250 mail.test", None),
        ("220 hello", "250 mail.test", "250 OK", "250 OK", "354 go on", None),
    ],
    ids=["greeting", "EHLO", "MAIL", "end of data"],
)
async def test_a_server_that_falls_silent_is_left_after_the_timeout(replies: tuple[str | None, ...]) -> None:
    began = time.monotonic()
    async with scripted(lambda reader, writer: dialogue(reader, writer, *replies)) as port:
        with pytest.raises(Transient, match=r"did not answer|cannot be reached"):
            await a_mailer(port, timeout_s=0.3).send(a_mail())
        assert time.monotonic() - began < ANSWERS_AT_ONCE_S


async def test_a_server_that_drips_is_left_after_the_timeout_too() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"220-")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with scripted(drip) as port:
        with pytest.raises(Transient):
            await a_mailer(port, timeout_s=0.3).send(a_mail())


@pytest.mark.parametrize(
    "replies",
    [
        (),
        ("220 hello",),
        ("220 hello", "250 mail.test", "250 OK"),
        ("220 hello", "250 mail.test", "250 OK", "250 OK", "354 go on"),
    ],
    ids=["at once", "after the greeting", "after MAIL", "after DATA"],
)
async def test_a_server_that_hangs_up_is_worth_another_try(replies: tuple[str, ...]) -> None:
    async with scripted(lambda reader, writer: dialogue(reader, writer, *replies)) as port:
        with pytest.raises(Transient, match="cannot be reached"):
            await a_mailer(port).send(a_mail())


async def test_a_server_that_speaks_no_smtp_is_worth_another_try_for_it_may_be_another_tomorrow() -> None:
    async with scripted(lambda reader, writer: dialogue(reader, writer, "HTTP/1.1 400 Bad Request")) as port:
        with pytest.raises(Transient):
            await a_mailer(port).send(a_mail())


async def test_a_mail_that_was_accepted_is_sent_although_the_good_bye_fails() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await dialogue(reader, writer, "220 hello", "250 mail.test", "250 OK", "250 OK", "354 go on")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await writer.drain()

    async with scripted(rude) as port:
        await a_mailer(port).send(a_mail())


# ---------------------------------------------------------------------- protection


async def test_starttls_encrypts_and_then_authenticates(tmp_path: Path) -> None:
    ours, theirs = a_certificate(tmp_path)
    server = Accepting()
    async with speaking(server, tls_context=ours, require_starttls=True, auth_required=True) as port:
        mailer = a_mailer(port, host="localhost", security="starttls", tls=theirs, username="sla", password="open sesame")
        await mailer.send(a_mail())
    assert (server.encrypted, server.logins) == ([True], ["sla"])


async def test_tls_encrypts_from_the_first_byte(tmp_path: Path) -> None:
    ours, theirs = a_certificate(tmp_path)
    server = Accepting()
    async with speaking(server, tls=ours) as port:
        await a_mailer(port, host="localhost", security="tls", tls=theirs).send(a_mail())
    assert server.encrypted == [True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(tmp_path: Path, security: str) -> None:
    ours, _ = a_certificate(tmp_path)
    server = Accepting()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # the server's side of the refusal
    how = {"tls": ours} if security == "tls" else {"tls_context": ours}
    async with speaking(server, **how) as port:
        with pytest.raises(Transient, match=r"certificate|cannot be reached"):
            await a_mailer(port, host="localhost", security=security).send(a_mail())
    assert server.mails == []


async def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    server = Accepting()
    async with speaking(server) as port:
        with pytest.raises(Transient, match="STARTTLS"):
            await a_mailer(port, security="starttls").send(a_mail())
    assert server.mails == []


async def test_a_wrong_password_is_a_5xx_like_any_other(tmp_path: Path) -> None:
    ours, theirs = a_certificate(tmp_path)
    server = Accepting()
    async with speaking(server, tls_context=ours, auth_required=True) as port:
        mailer = a_mailer(port, host="localhost", security="starttls", tls=theirs, username="sla", password="wrong")
        with pytest.raises(Permanent, match="535"):
            await mailer.send(a_mail())
    assert server.mails == []


def test_the_password_is_not_in_the_repr() -> None:
    server = SmtpServer(host="h", port=1, sender="a@b.example", username="sla", password="open sesame")
    assert not re.search("sesame", repr(server))
