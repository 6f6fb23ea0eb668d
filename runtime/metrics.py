"""What Milepost counts about itself, and the one endpoint where Prometheus reads it together with the SDK's figures.

Workflows count nothing (a replay would count again); activities and the desk do, each event once.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EADDRINUSE
from http.server import BaseHTTPRequestHandler
from socket import AF_INET, AF_INET6
from socketserver import ThreadingTCPServer
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from sla.errors import PortInUse

Outcome = Literal["performed", "dropped", "gave_up"]

# from what a server's timer adds on a good day to what a weekend's outage does
LATENESS_S = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)
SDK_ANSWER_S = 2.0


class Metrics:
    """The figures of one process, in a registry of their own: two of these never meet."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self._lateness = Histogram(
            "milepost_trigger_lateness_seconds",
            "Seconds between a trigger's due time and the moment it was acted upon.",
            ["trigger"],
            buckets=LATENESS_S,
            registry=own,
        )
        self._warnings = Counter("milepost_warnings", "Warnings that fired.", registry=own)
        self._violations = Counter("milepost_violations", "Targets that passed unmet.", registry=own)
        self._retractions = Counter("milepost_retractions", "Violations that later knowledge withdrew.", registry=own)
        self._effects = Counter("milepost_effects", "Actions by how they ended.", ["kind", "outcome"], registry=own)
        self._retries = Counter("milepost_effect_retries", "Attempts at actions after the first.", ["kind"], registry=own)
        self._decisions = Counter("milepost_decisions", "Evaluations of a case's log.", registry=own)

    def triggered(self, trigger: str, late_s: float) -> None:
        """A trigger was acted upon, `late_s` seconds after it was due (below 0 counts as 0)."""
        self._lateness.labels(trigger).observe(max(0.0, late_s))

    def warned(self) -> None:
        """A warning fired."""
        self._warnings.inc()

    def violated(self) -> None:
        """A target passed unmet."""
        self._violations.inc()

    def retracted(self) -> None:
        """A violation was withdrawn."""
        self._retractions.inc()

    def effect(self, kind: str, outcome: Outcome) -> None:
        """An action came to its end."""
        self._effects.labels(kind, outcome).inc()

    def retried(self, kind: str) -> None:
        """An action is tried again."""
        self._retries.labels(kind).inc()

    def decided(self) -> None:
        """A case's log was evaluated."""
        self._decisions.inc()

    def text(self) -> bytes:
        """The figures in Prometheus' text format 0.0.4."""
        return generate_latest(self.registry)


@contextmanager
def serve(metrics: Metrics, *, port: int, host: str = "127.0.0.1", sdk_metrics: str | None = None) -> Iterator[int]:
    """Serve `GET /metrics` while the block runs; yields the port, which is a free one if 0 was given.

    `sdk_metrics` is the `host:port` of the Temporal SDK's own figures (`connect.Telemetry`); they are
    appended. When they cannot be had, ours are served all the same. In threads of its own, so that it answers
    while the event loop is stuck, which is when it is wanted. Raises `PortInUse`.
    """

    def everything() -> bytes:
        return metrics.text() + (_sdk_text(sdk_metrics) if sdk_metrics else b"")

    server = _listen(host, port, everything)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _listen(host: str, port: int, text: Callable[[], bytes]) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.split("?")[0] != "/metrics":
                self.send_error(404)
                return
            body = text()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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
