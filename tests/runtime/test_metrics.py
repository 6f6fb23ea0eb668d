"""One endpoint shows what we count and what the Temporal SDK counts."""

import asyncio
import urllib.error
import urllib.request

import pytest

from runtime.connect import connect, temporal_runtime
from runtime.health import Health
from runtime.metrics import Metrics
from runtime.ports import free_port
from runtime.serving import serve
from runtime.settings import Settings
from sla.errors import PortInUse, ServiceUnavailable


def scrape(port: int, path: str = "/metrics") -> str:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        f"http://127.0.0.1:{port}{path}", timeout=5
    ) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return str(answer.read().decode())


def test_what_happens_to_cases_is_counted() -> None:
    metrics = Metrics()
    metrics.triggered("violation", 3.2)
    metrics.triggered("violation", -0.1)
    metrics.warned()
    metrics.violated()
    metrics.retracted()
    metrics.effect("email", "gave_up")
    metrics.retried("email")
    metrics.decided()
    lines = metrics.text().decode().splitlines()
    for line in (
        'milepost_trigger_lateness_seconds_bucket{le="0.1",trigger="violation"} 1.0',
        'milepost_trigger_lateness_seconds_bucket{le="5.0",trigger="violation"} 2.0',
        "milepost_warnings_total 1.0",
        "milepost_violations_total 1.0",
        "milepost_retractions_total 1.0",
        'milepost_effects_total{kind="email",outcome="gave_up"} 1.0',
        'milepost_effect_retries_total{kind="email"} 1.0',
        "milepost_decisions_total 1.0",
    ):
        assert line in lines


def test_two_processes_worth_of_metrics_in_one_test_do_not_meet() -> None:
    one, other = Metrics(), Metrics()
    one.warned()
    assert b"milepost_warnings_total 0.0" in other.text()


async def test_the_endpoint_serves_the_sdks_figures_with_ours() -> None:
    settings = Settings(metrics_port=free_port())
    telemetry = temporal_runtime(settings)
    with pytest.raises(ServiceUnavailable):  # the attempt is what the SDK has to count
        await connect(settings, address=f"127.0.0.1:{free_port()}", runtime=telemetry.runtime)
    telemetry.runtime.metric_meter.create_counter("temporal_seen", "").add(1)
    metrics = Metrics()
    metrics.decided()
    with serve(metrics, Health(), port=settings.metrics_port, sdk_metrics=telemetry.sdk_metrics) as port:
        text = await asyncio.to_thread(scrape, port)
    assert "milepost_decisions_total 1.0" in text
    assert "temporal_seen_total" in text


def test_ours_are_served_although_the_sdks_cannot_be_had() -> None:
    with serve(Metrics(), Health(), port=0, sdk_metrics=f"127.0.0.1:{free_port()}") as port:
        text = scrape(port)
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            scrape(port, "/")
        refused.value.close()
    assert "milepost_decisions_total 0.0" in text
    assert "could not be read" in text


def test_without_a_port_the_sdk_opens_none() -> None:
    assert temporal_runtime(Settings()).sdk_metrics is None


def test_a_taken_port_is_named() -> None:
    with (
        serve(Metrics(), Health(), port=0) as port,
        pytest.raises(PortInUse, match="MILEPOST_METRICS_PORT"),
        serve(Metrics(), Health(), port=port),
    ):
        pass


def test_a_stopped_endpoint_frees_its_port() -> None:
    with serve(Metrics(), Health(), port=0) as port:
        pass
    with serve(Metrics(), Health(), port=port) as again:
        assert again == port
