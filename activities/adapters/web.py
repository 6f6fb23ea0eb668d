"""Posts by HTTP, for webhooks and chat. Follows no redirect and reads no answer but its status and `Retry-After`."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, Self

import httpx

from activities.actions.urls import host_of
from activities.ports import Clock, Permanent, Transient

MAX_WAIT_S: Final = 3_600
"""The longest that a receiver can make us wait before we ask again."""
_NOT_NOW: Final = frozenset({408, 425, 429})


class HttpWeb:
    """Posts to URLs; the `Web` port. `timeout_s` is for a whole exchange. Close it, or use it with `async with`.

    `transport` is for tests and for those who must go through a proxy; the environment is not looked at.
    """

    def __init__(self, clock: Clock, *, timeout_s: float = 10, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
            headers={"user-agent": "Milepost"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post it; returns when a 2xx status has come. What is raised names the host only: a path may be secret."""
        host = host_of(url)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", url, content=body, headers=dict(headers)) as response,
            ):
                status, retry_after = response.status_code, response.headers.get("retry-after")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as problem:
            raise Permanent(f"{host} cannot be posted to: {type(problem).__name__}") from None
        except (TimeoutError, httpx.TimeoutException):
            raise Transient(f"{host} did not answer within {self._timeout_s:g} s") from None
        except httpx.TransportError as problem:
            raise Transient(f"{host} cannot be reached: {type(problem).__name__}") from None
        self._judge(host, status, retry_after)

    def _judge(self, host: str, status: int, retry_after: str | None) -> None:
        if 200 <= status <= 299:
            return
        if status in _NOT_NOW or status >= 500:
            raise Transient(f"{host} answered {status}", retry_after_s=_seconds(retry_after, self._clock.now()))
        redirected = "; write the address that it redirects to" if 300 <= status <= 399 else ""
        raise Permanent(f"{host} answered {status}{redirected}")


def _seconds(retry_after: str | None, now: datetime) -> int | None:
    """`Retry-After` (RFC 9110, 10.2.3) in seconds from now: it is a number or a date. None if it is neither."""
    if retry_after is None:
        return None
    try:
        wait_s = int(retry_after) if retry_after.isdecimal() else (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError):  # not a date, or one without a zone
        return None
    return max(1, min(int(wait_s), MAX_WAIT_S))
