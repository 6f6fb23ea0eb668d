"""How a process that has used Temporal ends.

The SDK's threads may still be returning to Python while the interpreter takes itself apart, and then the
process dies with `Fatal Python error: PyGILState_Release` and exit code 134, after it had done everything
right (temporalio/sdk-python#300). So an entry point ends with `leave`, which does not let the interpreter get there.
"""

import contextlib
import logging
import os
import sys
import threading
from typing import NoReturn

FLUSH_S = 2.0


def leave(code: int) -> NoReturn:
    """End this process with `code`, once the log lines and the output under way are written.

    That may take `FLUSH_S` seconds; what is not written by then is lost. Nothing else is run, no `finally` and no
    `atexit`: close before what must be closed. Output that nobody reads any more (`milepost … | head`) is no error.
    """
    # in a thread, because a sink that is stuck holds a lock for which we would wait for ever
    writer = threading.Thread(target=_write_out, daemon=True)
    writer.start()
    writer.join(FLUSH_S)
    os._exit(code)


def _write_out() -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
