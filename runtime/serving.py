"""The one port where machines ask after this process: `/metrics` for Prometheus, `/live` and `/ready` for who supervises it.

In threads of its own, so that it answers while the event loop is stuck, which is when it is wanted.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from errno import EADDRINUSE
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socket import AF_INET, AF_INET6
from socketserver import ThreadingTCPServer
from typing import NamedTuple

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from runtime.health import Health, State
from runtime.metrics import Metrics
from sla.errors import PortInUse

SDK_ANSWER_S = 2.0
ASKER_S = 10.0
"""How long somebody may take to ask."""


class Answer(NamedTuple):
    """What is sent back."""

    status: HTTPStatus
    kind: str
    body: bytes


Pages = Mapping[str, Callable[[], Answer]]


@contextmanager
def serve(
    metrics: Metrics, health: Health, *, port: int, host: str = "127.0.0.1", sdk_metrics: str | None = None
) -> Iterator[int]:
    """Serve while the block runs; yields the port, which is a free one if 0 was given.

    `sdk_metrics` is the `host:port` of the Temporal SDK's own figures (`connect.Telemetry`); they are appended to ours.
    When they cannot be had, ours are served all the same. Raises `PortInUse`.
    """

    def figures() -> Answer:
        text = metrics.text() + (_sdk_text(sdk_metrics) if sdk_metrics else b"")
        return Answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, text)

    pages: Pages = {
        "/metrics": figures,
        "/live": lambda: _told(health.live(), "alive"),
        "/ready": lambda: _told(health.ready(), "ready"),
    }
    server = _listen(host, port, pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="serving", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _told(state: State, word: str) -> Answer:
    status = HTTPStatus.OK if state.well else HTTPStatus.SERVICE_UNAVAILABLE
    body = {"status": word if state.well else f"not {word}", "parts": dict(state.parts)}
    return Answer(status, "application/json", json.dumps(body).encode() + b"\n")


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _listen(host: str, port: int, pages: Pages) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        timeout = ASKER_S

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            page = pages.get(self.path.split("?")[0])
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            answer = page()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if body:
                self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """A scrape every few seconds is no news."""

    class Server(_Server):
        address_family = AF_INET6 if ":" in host else AF_INET

    try:
        return Server((host, port), Handler)
    except OSError as error:
        if error.errno != EADDRINUSE:
            raise
        raise PortInUse(port=port, purpose="metrics", setting="MILEPOST_METRICS_PORT") from None


def _sdk_text(address: str) -> bytes:
    connection = http.client.HTTPConnection(address, timeout=SDK_ANSWER_S)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return b"# The figures of the Temporal SDK could not be read.\n"
    finally:
        connection.close()
