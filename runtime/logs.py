"""Log lines of the whole process: structlog and the standard library through one pipe, to standard error.

    log = structlog.get_logger(__name__)
    with configure(settings):
        with bound(record="C-1042"):
            log.info("effect_performed", kind="email")

A line is rendered where it is written, so that it sees that task's context and freezes its values; a thread
of its own writes it out, because a sink that blocks would stall a workflow task until Temporal's deadlock
detector fires (two seconds, not adjustable). The pipe holds `PIPE_LINES` lines; when the sink cannot keep up,
lines are dropped and counted: losing a line is better than stopping a case.

Workflows may not use structlog (it would repeat its lines on every replay). They write to `workflow.logger`,
with `extra={"record": …}`; activities and everything else use structlog or the standard library as they please.
"""

import logging
import logging.handlers
import queue
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

import structlog
from structlog.typing import Processor
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from runtime.redaction import redact
from runtime.settings import Settings

PIPE_LINES = 10_000
FLUSH_S = 1.0

# At their own levels these write every peer, address or URL (which for chat webhooks is the secret itself).
# The last two only say what we say ourselves.
_QUIETED = ("mail.log", "mail.debug", "httpx", "httpcore", "asyncio", "alembic", "temporalio.worker")

# What Temporal puts into `extra`, and the names that we give it on a line.
_TEMPORAL_EXTRAS = ("temporal_workflow", "temporal_activity")
_TEMPORAL_NAMES = {
    "workflow_id": "workflow_id",
    "run_id": "run_id",
    "workflow_run_id": "run_id",
    "workflow_type": "workflow_type",
    "activity_id": "activity_id",
    "activity_type": "activity_type",
    "attempt": "attempt",
    "task_queue": "task_queue",
    "update_id": "update_id",
    "update_name": "update_name",
}


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Put fields, such as `record=`, on every line of this task (and of the tasks it starts) within the block."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def configure(settings: Settings, stream: TextIO | None = None) -> ExitStack:
    """Send every log line of the process to `stream` (default: standard error), until the stack is closed.

    Use it as a context manager, or call its `close()`: that writes out what is under way, ends the thread (a sink
    that is stuck is given `FLUSH_S` seconds) and puts back what was configured before. One at a time in a process;
    logging is global by nature.
    """
    pipe = _Pipe(_formatter(settings))
    sink = logging.StreamHandler(sys.stderr if stream is None else stream)
    listener = logging.handlers.QueueListener(pipe.lines, sink)
    stack = ExitStack()
    listener.start()
    stack.callback(pipe.finish, listener)
    _replace_root(stack, pipe, getattr(logging, settings.log_level.upper()))
    _plain_temporal_messages(stack)
    _told_once(stack)
    stack.callback(structlog.configure, **structlog.get_config())
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    stack.callback(pipe.report_dropped)
    return stack


class _Pipe(logging.handlers.QueueHandler):
    """The front of the pipe: renders the line and leaves it for the thread; never blocks, never raises."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.lines: queue.Queue[Any] = queue.Queue(PIPE_LINES)
        self.dropped = 0
        super().__init__(self.lines)
        self.setFormatter(formatter)

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.lines.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def flush(self) -> None:
        """Wait until the thread has written what is in the pipe, at most `FLUSH_S`."""
        self.emptied()

    def emptied(self) -> bool:
        """The same, and whether it has."""
        with self.lines.all_tasks_done:
            return self.lines.all_tasks_done.wait_for(lambda: not self.lines.unfinished_tasks, FLUSH_S)

    def finish(self, listener: logging.handlers.QueueListener) -> None:
        """End the thread, unless its sink is stuck: then it is left behind, and goes with the process."""
        if self.emptied():
            listener.stop()

    def report_dropped(self) -> None:
        if self.dropped:
            self.flush()
            logging.getLogger(__name__).warning("log_lines_dropped", extra={"lines": self.dropped})


def _replace_root(stack: ExitStack, handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    before, level_before = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(level)

    def restore() -> None:
        root.handlers[:] = before
        root.setLevel(level_before)

    stack.callback(restore)
    for name in _QUIETED:
        logger = logging.getLogger(name)
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(max(level, logging.WARNING))


def _plain_temporal_messages(stack: ExitStack) -> None:
    """Keep Temporal's dictionary out of the message; it arrives as fields."""
    stack.callback(setattr, workflow.logger, "workflow_info_on_message", workflow.logger.workflow_info_on_message)
    stack.callback(setattr, activity.logger, "activity_info_on_message", activity.logger.activity_info_on_message)
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def _told_once(stack: ExitStack) -> None:
    """An action that fails has said so in a line of ours; the SDK would add the trace of a failure that is no defect."""
    logger = logging.getLogger("temporalio.activity")
    logger.addFilter(_unexpected)
    stack.callback(logger.removeFilter, _unexpected)


def _unexpected(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], ApplicationError))


def _formatter(settings: Settings) -> logging.Formatter:
    last: list[Processor]
    if settings.log_format == "json":
        last = [structlog.processors.JSONRenderer()]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=32)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_SHARED],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _temporal_fields,
            structlog.processors.format_exc_info,
            redact,  # after the traceback has become text, before anything is rendered
            *last,
        ],
    )


def _temporal_fields(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Temporal's `extra` dictionaries as plain fields; what the caller said itself wins."""
    for extra in _TEMPORAL_EXTRAS:
        for theirs, value in (line.pop(extra, None) or {}).items():
            if ours := _TEMPORAL_NAMES.get(theirs):
                line.setdefault(ours, value)
    line.pop("temporal_log", None)  # the core's record; its fields are in the message already
    return line


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
