"""Log lines: one for each event, with the record's id, and without what may not be in them."""

import asyncio
import io
import json
import logging
import threading
import time
from typing import Any

import pytest
import structlog
from temporalio import workflow

from runtime import logs
from runtime.logs import bound, configure
from runtime.redaction import clean
from runtime.settings import Settings

JSON_LOGS = Settings(log_format="json")


class StuckSink(io.StringIO):
    """A sink that does not take a line until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def write(self, text: str) -> int:
        self.let_go.wait(5)
        return super().write(text)


def lines_of(sink: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_both_kinds_of_logger_write_lines_that_parse_and_carry_the_record() -> None:
    sink = io.StringIO()
    with configure(JSON_LOGS, sink), bound(record="C-1042"):
        structlog.get_logger("ours").info("effect_performed", kind="webhook")
        logging.getLogger("theirs").warning("slow %s", "query", extra={"seconds": 3})
    ours, theirs = lines_of(sink)
    assert (ours["event"], ours["record"], ours["kind"], ours["level"]) == (
        "effect_performed",
        "C-1042",
        "webhook",
        "info",
    )
    assert (theirs["event"], theirs["record"], theirs["seconds"], theirs["logger"]) == (
        "slow query",
        "C-1042",
        3,
        "theirs",
    )
    assert ours["timestamp"].endswith("Z")


async def test_records_that_are_worked_on_side_by_side_keep_their_own_ids() -> None:
    sink = io.StringIO()

    async def work(record: str) -> None:
        with bound(record=record):
            await asyncio.sleep(0)
            structlog.get_logger().info("step", expected=record)

    with configure(JSON_LOGS, sink):
        await asyncio.gather(*(work(f"C-{n}") for n in range(5)))
        structlog.get_logger().info("after")
    *steps, after = lines_of(sink)
    assert len(steps) == 5
    assert all(line["record"] == line["expected"] for line in steps)
    assert "record" not in after


def test_secrets_and_addresses_are_taken_out_wherever_they_are() -> None:
    sink = io.StringIO()
    with configure(JSON_LOGS, sink):
        log = structlog.get_logger()
        log.info("smtp_login", password="hunter2", Authorization="Bearer hunter2hunter2", api_key="hunter2")
        log.info("asked", headers={"X-Secret": "hunter2"}, to=["ann@example.com"], note="for <bob@example.org>.")
        logging.getLogger("db").warning("cannot reach %s", "postgresql://u:hunter2@db.example.com/m")
        try:
            raise ValueError("no mailbox for carol@example.com")
        except ValueError:
            log.exception("failed", cause=ValueError("dan@example.com"))
    text = sink.getvalue()
    assert len(lines_of(sink)) == 4
    for forbidden in ("hunter2", "ann@", "bob@", "carol@", "dan@"):
        assert forbidden not in text
    assert "no mailbox for [address]" in text


def test_a_long_text_without_an_address_costs_no_time_to_clean() -> None:
    began = time.perf_counter()
    clean("a" * 200_000 + "@")
    assert time.perf_counter() - began < 2


def test_what_temporal_adds_arrives_as_fields_and_not_in_the_message() -> None:
    sink = io.StringIO()
    with configure(JSON_LOGS, sink):
        assert not workflow.logger.workflow_info_on_message
        extra = {
            "temporal_workflow": {"workflow_id": "sla-case/C-1", "run_id": "r", "namespace": "n"},
            "record": "C-1",
        }
        logging.getLogger("temporalio.workflow").info("waiting", extra=extra)
    assert workflow.logger.workflow_info_on_message
    (line,) = lines_of(sink)
    assert (line["event"], line["workflow_id"], line["run_id"], line["record"]) == (
        "waiting",
        "sla-case/C-1",
        "r",
        "C-1",
    )
    assert "temporal_workflow" not in line


def test_people_get_lines_without_braces_and_below_the_level_nothing() -> None:
    sink = io.StringIO()
    with configure(Settings(log_level="warning"), sink), bound(record="C-1"):
        structlog.get_logger().info("unimportant")
        structlog.get_logger().warning("effect_gave_up", kind="email")
    assert "unimportant" not in sink.getvalue()
    assert "effect_gave_up" in sink.getvalue()
    assert "record=C-1" in sink.getvalue()
    assert "{" not in sink.getvalue()


def test_a_sink_that_is_stuck_stops_nobody_and_the_lines_lost_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "PIPE_LINES", 10)
    sink = StuckSink()
    with configure(JSON_LOGS, sink):
        began = time.perf_counter()
        for number in range(50):
            structlog.get_logger().info("line", number=number)
        assert time.perf_counter() - began < 1
        sink.let_go.set()
    *_, last = lines_of(sink)
    assert last["event"] == "log_lines_dropped"
    assert last["lines"] >= 39


def test_a_sink_that_stays_stuck_does_not_keep_a_process_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FLUSH_S", 0.1)
    monkeypatch.setattr(logs, "PIPE_LINES", 3)
    sink = StuckSink()
    began = time.perf_counter()
    with configure(JSON_LOGS, sink):
        for number in range(9):
            structlog.get_logger().info("line", number=number)
    assert time.perf_counter() - began < 2
    sink.let_go.set()


def test_afterwards_everything_is_as_it_was() -> None:
    root = logging.getLogger()
    before, level, threads = root.handlers[:], root.level, threading.active_count()
    configure(JSON_LOGS, io.StringIO()).close()
    assert (root.handlers, root.level, threading.active_count()) == (before, level, threads)


def test_libraries_that_log_addresses_of_webhooks_are_quieted() -> None:
    sink = io.StringIO()
    with configure(Settings(log_format="json", log_level="debug"), sink):
        logging.getLogger("httpx").info("HTTP Request: POST https://chat.example.com/services/T0/B0/hunter2")
    assert sink.getvalue() == ""
