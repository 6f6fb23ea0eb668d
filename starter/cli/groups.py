"""Groups of commands, such as `milepost case …`."""

import typer


def group(app: typer.Typer, name: str, text: str) -> typer.Typer:
    """A group in which to register commands; by itself it shows its help."""
    inner = typer.Typer(help=text)

    @inner.callback(invoke_without_command=True)
    def alone(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    app.add_typer(inner, name=name)
    return inner
