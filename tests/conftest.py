"""What all tests share: how properties are searched for, and how a run ends that used Temporal."""

import logging
import sys
import time

import structlog
from hypothesis import settings

SETTLE_S = 0.5
"""The threads of Temporal's SDK need a moment before the interpreter may go, or it aborts (see `runtime.exits`)."""

# The same examples each time, but for some that Hypothesis makes of the constants in our modules, as far as they are loaded.
settings.register_profile("milepost", deadline=None, derandomize=True)
settings.load_profile("milepost")

# A worker that several tests share may still write a line while one of them reads what a command has printed. An API that
# they share tells of an answer after it was given, between two tests perhaps, where pytest catches nothing: but no details.
structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
)


def pytest_unconfigure() -> None:
    """The last thing that pytest does."""
    if "temporalio.bridge.runtime" in sys.modules:
        time.sleep(SETTLE_S)
