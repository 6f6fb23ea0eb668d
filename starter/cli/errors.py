"""The one place where the command line fails: a sentence on standard error and an exit code, never a trace (`answers`)."""

import asyncio
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer.main import get_command

from sla.errors import MilepostError
from starter.answers import BAD_INPUT, DEFECT, FINE, answer_for
from starter.cli.output import as_json, remark

INTERRUPTED = 130


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command line to its end; returns the exit code.

    With `--json` among the arguments a failure is one JSON object on standard error. `--debug` adds the trace of a defect.
    """
    failure = _Failure(structured="--json" in arguments, debug="--debug" in arguments)
    try:
        result = get_command(app).main(args=list(arguments), prog_name="milepost", standalone_mode=False)
    except MilepostError as error:
        return failure.told(error.code, str(error), error.facts, answer_for(error).exit_code)
    except typer.TyperException as error:
        return failure.told("usage", _usage(error), {}, BAD_INPUT)
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        return INTERRUPTED
    except SystemExit:  # how typer and rich say that nobody reads our output any more (`milepost … | head`): no error
        return FINE
    except Exception as defect:
        return failure.defect(defect)
    return result if isinstance(result, int) else FINE


class _Failure:
    """How a failure is told."""

    def __init__(self, *, structured: bool, debug: bool) -> None:
        self._structured = structured
        self._debug = debug

    def told(self, code: str, message: str, facts: dict[str, Any], exit_code: int) -> int:
        """Tell it, and hand back the exit code."""
        if self._structured:
            plain = {name: value if _is_json(value) else str(value) for name, value in facts.items()}
            remark(as_json({"error": {"code": code, "message": message, "facts": plain}}))
        else:
            remark(f"Error: {message}")
        return exit_code

    def defect(self, defect: Exception) -> int:
        """Tell of what should not have happened."""
        if self._debug:
            traceback.print_exception(defect, file=sys.stderr)
        kind = type(defect).__name__
        message = (
            f"This is a defect of Milepost, not of your input: {kind}: {defect}. Run it again with --debug and report it."
        )
        return self.told("defect", message, {"kind": kind}, DEFECT)


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    message = error.format_message().rstrip()
    if context is None:
        return message
    return f"{message}{'' if message.endswith(('.', '?')) else '.'} See: {context.command_path} --help"


def _is_json(value: Any) -> bool:
    try:
        as_json(value)
    except (TypeError, ValueError):
        return False
    return True
