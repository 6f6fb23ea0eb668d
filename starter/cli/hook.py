"""`milepost hook list`, `show`, `remove`, `test`: webhooks of helpdesks. They are applied as other definitions are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from sla.hooks.model import Hook
    from starter.desk import Desk
    from starter.setup.views.hooks import HookView, Rehearsal

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The hook's name.")]
_HookFile = Annotated[Path, typer.Option("--hook", metavar="FILE", help="The file that declares the hook.")]
_Payload = Annotated[Path, typer.Option("--payload", metavar="FILE", help="A delivery's body: JSON; - is standard input.")]
_Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar="NAME:VALUE", help="A header of the delivery; may be given again.")
]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands that can be carried out."""
    hook = group(app, "hook", "Webhooks of helpdesks.")
    _register_test(hook)
    if services.desk is not None:
        _register_stored(hook, services)


def _register_test(hook: typer.Typer) -> None:
    @hook.command()
    def test(*, hook: _HookFile, payload: _Payload, header: _Headers = None, json: Json = False) -> None:
        """Show what a delivery would become. Nothing is sent, no server is needed, and no signature either."""
        from starter.files import read_bytes  # noqa: PLC0415 - keeps --help quick
        from starter.setup.hooks import rehearsed  # noqa: PLC0415

        headers = dict(_header(text) for text in header or [])
        shown = rehearsed(_only_hook(hook), read_bytes(payload), headers)
        if json:
            write_json([shown.model_dump(mode="json")])
        else:
            _show_rehearsal(shown)


def _register_stored(hook: typer.Typer, services: Services) -> None:
    @hook.command("list")
    def list_(*, json: Json = False) -> None:
        """List the hooks, and whether their secrets are set here."""

        async def asked(desk: "Desk") -> "list[HookView]":
            return await desk.hooks.list()

        found = ask(services, asked)
        if json:
            write_json(one.model_dump(mode="json") for one in found)
        else:
            _show(found)

    @hook.command()
    def show(name: _Name, *, json: Json = False) -> None:
        """Show a hook as a file has it."""

        async def asked(desk: "Desk") -> "HookView":
            return await desk.hooks.get(name)

        found = ask(services, asked)
        if json:
            write_json([found.model_dump(mode="json")])
        else:
            typer.echo(_as_yaml(found.definition), nl=False)

    @hook.command()
    def remove(name: _Name, *, json: Json = False) -> None:
        """Take no more deliveries under this name."""

        async def asked(desk: "Desk") -> "HookView":
            return await desk.hooks.remove(name)

        removed = ask(services, asked)
        if json:
            write_json([removed.model_dump(mode="json")])
        else:
            remark(f"The hook {removed.hook} is removed; deliveries to it are answered with 404.")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise typer.BadParameter(f"--header: '{text}' is not of the form name: value")
    return name.strip(), value.strip()


def _only_hook(path: Path) -> "Hook":
    from starter.definitions import load  # noqa: PLC0415 - keeps --help quick

    hooks = load([path]).hooks
    if len(hooks) != 1:
        raise typer.BadParameter(f"--hook: {path} declares {len(hooks)} hooks; name a file that declares one")
    return hooks[0].value


def _show(found: "list[HookView]") -> None:
    from rich.markup import escape  # noqa: PLC0415 - takes time that `--json` does not need

    from starter.cli.fitting import Col, Fitting, Way  # noqa: PLC0415

    if not found:
        remark("There is no hook yet. Apply one: milepost apply examples/hooks")
        return
    rows = []
    for one in found:
        state = "[green]is set[/]" if one.ready else "[bold red]is not set here[/]"
        variable = f"MILEPOST_SECRET_{one.secret.upper()}"
        rows.append((escape(one.hook), f"/v1/hooks/{one.hook}", variable, state, escape(one.description)))
    wide = [Col(name) for name in ("Hook", "Address", "Secret", "", "Description")]
    narrow = [Col("Hook"), Col("Address, secret", None, 20)]
    stacked = [[hook, f"{address}\n{variable} {state}\n[dim]{about}[/]"] for hook, address, variable, state, about in rows]
    console().print(Fitting(Way(wide, rows), Way(narrow, stacked)))


def _show_rehearsal(shown: "Rehearsal") -> None:
    if shown.record is None:
        remark("No rule of the hook looks for what this says: it would be acknowledged, and nothing told.")
        return
    if not any(event["type"] == "opened" for event in shown.events) and shown.opening is not None:
        remark(f"If nobody knows the record {shown.record}, it is opened first, with:")
        remark(_as_yaml(shown.opening).rstrip())
        remark("")
    if shown.process is not None:
        remark(f"A record that is opened follows the process '{shown.process}'.")
    for event in shown.events:
        typer.echo(_as_yaml([event]), nl=False)


def _as_yaml(data: Any) -> str:
    import yaml  # noqa: PLC0415 - keeps --help quick

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
