"""The command line as it is built: its commands with their options, and whether a line of words can be parsed."""

from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from starter.cli.app import build
from workers.__main__ import services


def application() -> TyperGroup:
    """What `milepost` runs."""
    command = get_command(build(services()))
    assert isinstance(command, TyperGroup)
    return command


def leaves(group: TyperGroup | None = None, path: str = "milepost") -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Every command that does something, by its full name; a group that has options does something by itself."""
    for name, command in (group or application()).commands.items():
        if isinstance(command, TyperGroup):
            if command.params:
                yield f"{path} {name}", command
            yield from leaves(command, f"{path} {name}")
        else:
            assert isinstance(command, TyperCommand)
            yield f"{path} {name}", command


def options(command: TyperCommand | TyperGroup) -> set[str]:
    """Every spelling of every option."""
    spelt = (opt for parameter in command.params for opt in [*parameter.opts, *parameter.secondary_opts])
    return {opt for opt in spelt if opt.startswith("-")}


def parse(words: Sequence[str]) -> None:
    """Parse a command line as `milepost` would, and carry nothing out. Raises what it would complain of."""
    command: Any = application()
    context: Any = command.make_context("milepost", [word for word in words if word != "--help"])
    while isinstance(command, TyperGroup):
        rest = [*context._protected_args, *context.args]
        if not rest and context.command.params:  # a group that has options does something by itself
            return
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def is_command(words: Sequence[str]) -> bool:
    """Whether these words begin with a command's full name, or a group's."""
    command: Any = application()
    for word in words:
        if not isinstance(command, TyperGroup):
            return True
        if word.startswith(("-", "…")):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True
