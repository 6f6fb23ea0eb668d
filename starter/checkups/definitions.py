"""Checks of what was chosen and written: the settings, the mail templates, and what the active processes name."""

from collections.abc import Iterator
from pathlib import Path

from activities.template_files import names
from runtime.settings import SECRET_PREFIX, Settings, variable_of
from sla.process.model import Process
from starter.checkups.findings import Told, counted, failed, ok, some, warning
from starter.checkups.patient import Patient

_SECRET_URL = "secret:"  # noqa: S105 - how a process file begins an address that is a secret


async def settings(patient: Patient) -> Told:
    """Which were given; their values are not told. That they make sense is known when this is asked."""
    given = sorted([*_variables(patient.settings), *(patient.settings.temporal or {})])
    return ok(f"given: {some(given)}; all else is as by default" if given else "all as by default")


def _variables(given: Settings) -> Iterator[str]:
    for field in given.model_fields_set:
        if not type(given).model_fields[field].exclude:
            yield variable_of(field)
    yield from (f"{SECRET_PREFIX}{name.upper()}" for name in given.secrets)


async def templates(patient: Patient) -> Told:
    """Whether the installation's own templates can be read."""
    own = patient.settings.templates_dir
    if own is None:
        return ok(f"those of Milepost: {some(list(names()))}")
    if not own.is_dir():
        return failed(f"there is no directory {own}", "Make it, or set MILEPOST_TEMPLATES_DIR to where they are.")
    files = sorted(own.glob("*.j2"))
    if unreadable := [file.name for file in files if not _readable(file)]:
        return failed(f"cannot be read as UTF-8 text: {some(unreadable)}", f"Mend or remove them in {own}.")
    return ok(f"{counted(len(files), 'file')} in {own}; with those of Milepost: {some(list(names(own)))}")


def _readable(file: Path) -> bool:
    try:
        file.read_text("utf-8")
    except (OSError, ValueError):
        return False
    return True


async def named(patient: Patient) -> Told:
    """Whether the templates and secrets are there that the active processes name, and the secrets of hooks."""
    processes = await patient.store.active_processes()
    if not processes:
        return warning("no process is active: no case can be opened", "Publish one:", "milepost apply FILE")
    known = names(patient.settings.templates_dir)
    lacking = sorted({one for process in processes for one in _templates(process)} - set(known))
    if lacking:
        return failed(
            f"no such mail template: {some(lacking)}", "Put it where MILEPOST_TEMPLATES_DIR says, or apply without."
        )
    secrets = {one for process in processes for one in _secrets(process)}
    secrets |= {hook.verify.secret for hook in await patient.store.hooks()}
    if unset := sorted(secrets - set(patient.settings.secrets)):
        variables = [f"{SECRET_PREFIX}{name.upper()}" for name in unset]
        return warning(
            f"not set here: {some(variables)}",
            "Set them where the worker runs, those of hooks where the API runs; if that is elsewhere, look there.",
        )
    return ok(f"{counted(len(processes), 'active process', 'active processes')}; all that they name is there")


def _templates(process: Process) -> Iterator[str]:
    for _, action in process.actions():
        if action.kind == "email" and isinstance(name := action.params.get("template"), str):
            yield name


def _secrets(process: Process) -> Iterator[str]:
    """The names of secrets: `secret: helpdesk` of a webhook, and `url: secret:slack`."""
    for _, action in process.actions():
        if isinstance(name := action.params.get("secret"), str):
            yield name
        if isinstance(url := action.params.get("url"), str) and url.startswith(_SECRET_URL):
            yield url.removeprefix(_SECRET_URL)
