"""The command `milepost`: its verbs, each in a module of its own."""

from typing import Annotated

import typer

from starter.answers import EXIT_CODES
from starter.cli import (
    access,
    apply,
    audit_log,
    bundle,
    calendars,
    case,
    codec,
    deployment,
    doctor,
    entitlement,
    explain,
    export,
    forget,
    hook,
    imports,
    mail,
    migrate,
    people,
    process,
    replay,
    running,
    schema,
    simulate,
    what_if,
)
from starter.cli.services import Services

_EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + "."
_HELP = "Milepost: service-level agreements, kept by durable workflows."
_VERBS = (
    running,
    doctor,
    apply,
    export,
    process,
    calendars,
    case,
    explain,
    mail,
    simulate,
    what_if,
    replay,
    bundle,
    imports,
    schema,
    deployment,
    codec,
    access,
    audit_log,
    hook,
    migrate,
    entitlement,
    people,
    forget,
)


def build(services: Services) -> typer.Typer:
    """The application, with the commands that `services` can carry out."""
    app = typer.Typer(name="milepost", help=_HELP, epilog=_EPILOG, add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(_main)
    for verb in _VERBS:
        verb.register(app, services)
    return app


def _main(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an unexpected error.")] = False,
) -> None:
    del debug  # looked for by `errors.run`, which must know it also when the arguments cannot be parsed
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415 - looks through all that is installed

        typer.echo(f"milepost {installed('milepost')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
