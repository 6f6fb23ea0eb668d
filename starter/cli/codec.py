"""`milepost key` and `milepost codec`: keys, and showing what they encrypt to those who may see it."""

import asyncio
import secrets
from typing import Annotated

import typer

from starter.cli.groups import group
from starter.cli.services import Services

_KeyName = Annotated[str, typer.Option("--name", metavar="ID", help="The key's id; default: derived from the key.")]
_Holder = Annotated[str, typer.Argument(metavar="NAME", help="Who will have it; the log of the codec server says so.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands."""
    _register_key(group(app, "key", "The keys under which Temporal keeps what it is told."))
    _register_codec(group(app, "codec", "Showing what is encrypted to those who may see it."), services)


def _register_key(key: typer.Typer) -> None:
    @key.command()
    def new(*, name: _KeyName = "") -> None:
        """Print a new key, as MILEPOST_ENCRYPTION_KEYS takes it. It is kept nowhere: put it where secrets are kept."""
        from runtime.keys import KEY_BYTES, new_key  # noqa: PLC0415 - keeps --help quick

        try:
            typer.echo(new_key(secrets.token_bytes(KEY_BYTES), name).written)
        except ValueError as problem:
            raise typer.BadParameter(f"--name: {problem}") from None


def _register_codec(codec: typer.Typer, services: Services) -> None:
    @codec.command()
    def serve() -> None:
        """Serve Temporal's pages and command line what is encrypted, to those with a token. Ctrl-C or SIGTERM ends it."""
        from runtime.codec_server import serve_codec  # noqa: PLC0415

        asyncio.run(serve_codec(services.settings()))

    @codec.command()
    def token(name: _Holder) -> None:
        """Print a new token for somebody, as MILEPOST_CODEC_TOKENS takes it."""
        from runtime.tokens import read_tokens  # noqa: PLC0415

        written = f"{name}:{secrets.token_urlsafe(32)}"
        try:
            read_tokens(written)
        except ValueError:
            raise typer.BadParameter("NAME: must be letters, digits, dots, dashes or underscores") from None
        typer.echo(written)
