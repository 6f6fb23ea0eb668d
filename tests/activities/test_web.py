"""Posts by HTTP, against a server on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.adapters.clock import SystemClock
from activities.adapters.secrets import GivenSecrets
from activities.adapters.web import HttpWeb
from activities.fakes import Posted, SetClock
from activities.ports import Permanent, Transient
from tests.activities.builders import Scene, at, violating
from tests.activities.smtp_servers import HOST, scripted
from tests.activities.test_webhook import verified


@dataclass(slots=True)
class Receiver:
    """Answers every request alike and keeps them."""

    reply: str = "204 No Content"
    headers: str = ""
    delay_s: float = 0
    requests: list[Posted] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append(Posted(url=first, body=body, headers=headers))
        await asyncio.sleep(self.delay_s)
        writer.write(f"HTTP/1.1 {self.reply}\r\nContent-Length: 0\r\nConnection: close\r\n{self.headers}\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def posting(conversation: Callable[..., Any], **facts: Any) -> AsyncIterator[tuple[HttpWeb, str]]:
    """A way to post, and the URL of a server that converses like this."""
    async with scripted(conversation) as port, HttpWeb(SetClock(at("10:00")), **({"timeout_s": 5} | facts)) as web:
        yield web, f"http://{HOST}:{port}/hook/token?x=1"


async def post(receiver: Receiver, **facts: Any) -> None:
    async with posting(receiver.answer, **facts) as (web, url):
        await web.post(url, b'{"a": 1}', {"content-type": "application/json", "webhook-id": "msg_1"})


async def test_a_request_arrives_as_it_was_given() -> None:
    receiver = Receiver()
    await post(receiver)
    (request,) = receiver.requests
    assert (request.url, request.body) == ("POST /hook/token?x=1 HTTP/1.1", b'{"a": 1}')
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["user-agent"] == "Milepost"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_2xx_is_the_acceptance(status: int) -> None:
    await post(Receiver(reply=f"{status} Fine"))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_not_now_is_worth_another_try(status: int) -> None:
    with pytest.raises(Transient, match=f"{HOST} answered {status}"):
        await post(Receiver(reply=f"{status} Later"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422])
async def test_never_is_not(status: int) -> None:
    with pytest.raises(Permanent, match=f"{HOST} answered {status}"):
        await post(Receiver(reply=f"{status} Never"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_for_it_could_lead_anywhere(status: int) -> None:
    receiver = Receiver(reply=f"{status} Elsewhere", headers="Location: http://127.0.0.1:1/\r\n")
    with pytest.raises(Permanent, match="write the address that it redirects to"):
        await post(receiver)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("999999", 3_600),
        ("Mon, 02 Mar 2026 10:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 1),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
async def test_retry_after_is_heeded_within_reason(said: str, seconds: int | None) -> None:
    with pytest.raises(Transient) as problem:
        await post(Receiver(reply="503 Later", headers=f"Retry-After: {said}\r\n"))
    assert problem.value.retry_after_s == seconds


async def test_a_server_that_falls_silent_is_left_after_the_timeout() -> None:
    began = time.monotonic()
    with pytest.raises(Transient, match=r"did not answer within 0\.3 s"):
        await post(Receiver(delay_s=30), timeout_s=0.3)
    assert time.monotonic() - began < 5


async def test_a_server_that_drips_is_left_after_the_timeout_too() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 200 OK\r\nX: y\r\n" if not writer.is_closing() else b"")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with posting(drip, timeout_s=0.3) as (web, url):
        with pytest.raises(Transient):
            await web.post(url, b"", {})


async def test_an_endless_answer_is_not_read() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with posting(endless) as (web, url):
        await asyncio.wait_for(web.post(url, b"", {}), 2)


async def test_a_server_that_hangs_up_or_talks_nonsense_is_worth_another_try() -> None:
    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readline()

    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.test ESMTP\r\n")
        await writer.drain()

    for conversation in (hang_up, nonsense):
        async with posting(conversation) as (web, url):
            with pytest.raises(Transient, match=f"{HOST} cannot be reached"):
                await web.post(url, b"", {})


async def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    async with posting(Receiver().answer) as (_, url):
        pass
    async with HttpWeb(SystemClock()) as web:
        with pytest.raises(Transient, match=f"{HOST} cannot be reached"):
            await web.post(url, b"", {})


@pytest.mark.parametrize("url", ["ftp://x.example/", "nonsense", "http://"])
async def test_what_is_no_address_fails_for_good(url: str) -> None:
    async with HttpWeb(SystemClock()) as web:
        with pytest.raises(Permanent, match="cannot be posted to"):
            await web.post(url, b"", {})


async def test_what_is_raised_never_shows_the_path_which_may_be_secret() -> None:
    for reply in ("500 Later", "404 Never", "302 Elsewhere"):
        with pytest.raises((Transient, Permanent)) as problem:
            await post(Receiver(reply=reply))
        assert "token" not in str(problem.value)


async def test_a_webhook_arrives_signed_and_the_receiver_can_verify_it() -> None:
    receiver = Receiver()
    async with posting(receiver.answer) as (web, url):
        scene = Scene(process=violating({"webhook": {"url": url, "secret": "helpdesk"}}))
        scene.secrets.values = {"helpdesk": "a long and random text"}
        scene.web = web  # type: ignore[assignment]  # the real one
        await scene.perform(kind="webhook")
    assert verified(receiver.requests[0], b"a long and random text")


def test_given_secrets_are_found_by_name_and_not_shown() -> None:
    secrets = GivenSecrets({"helpdesk": "open sesame"})
    assert (secrets.get("helpdesk"), secrets.get("other")) == ("open sesame", None)
    assert "sesame" not in repr(secrets)
