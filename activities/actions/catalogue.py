"""The catalogue of actions: one line for each kind. The doors validate processes and draw forms by it."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from activities.actions import email, notify, reassign, task, update, webhook
from activities.actions.context import Kind
from activities.actions.names import Parameters
from sla.errors import InvalidAction, UnknownAction, UnknownTemplate
from sla.messages import World
from sla.process.model import Process

CATALOGUE: Final[Mapping[str, Kind]] = {
    email.KIND: email,
    notify.KIND: notify,
    reassign.KIND: reassign,
    task.KIND: task,
    update.KIND: update,
    webhook.KIND: webhook,
}

WORLDS: Final[Mapping[str, World]] = {name: kind.WORLD for name, kind in CATALOGUE.items()}
"""Each kind's outside world, for `sla.dispatch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody whom an action names, for the doors to look up in the directory."""

    where: str
    what: Literal["person", "role", "queue"]
    name: str


def read_params(kind: Kind, params: Mapping[str, Any]) -> Parameters:
    """The parameters of an action. Raises pydantic's ValidationError."""
    parameters: Parameters = kind.Params.model_validate(dict(params))
    return parameters


def check_action(kind: str, params: Mapping[str, Any], where: str) -> Parameters:
    """The parameters of an action at `where` in a file. Raises UnknownAction or InvalidAction, with the remedy."""
    found = CATALOGUE.get(kind)
    if found is None:
        raise UnknownAction(where=where, kind=kind, known=", ".join(CATALOGUE) + _hint(kind, CATALOGUE))
    try:
        return read_params(found, params)
    except ValidationError as error:
        problem = "; ".join(_problems(found, error))
        raise InvalidAction(where=f"{where}.{kind}", problem=problem) from None


def check_actions(process: Process, *, known_templates: Collection[str] | None = None) -> None:
    """Check every action of a process. Raises the first problem: UnknownAction, InvalidAction or UnknownTemplate.

    `known_templates` are the names of the mail templates (`activities.template_files.names`); None leaves them unchecked.
    """
    for where, action in process.actions():
        params = check_action(action.kind, action.params, where)
        template = getattr(params, "template", None)
        if known_templates is not None and template is not None and template not in known_templates:
            known = ", ".join(sorted(known_templates)) + _hint(template, known_templates)
            raise UnknownTemplate(where=f"{where}.{action.kind}.template", template=template, known=known)


def mentions(process: Process) -> Iterator[Mention]:
    """Every person, role and queue that the actions of a process name. The actions must be valid (`check_actions`)."""
    for path, action in process.actions():
        for name in getattr(check_action(action.kind, action.params, path), "to", ()):
            what, _, bare = name.rpartition(":")
            if what in ("role", "queue"):
                yield Mention(where=f"{path}.{action.kind}.to", what=what, name=bare)
            elif "@" not in name and name not in ("owner", "contact", "account_manager", "queue"):
                yield Mention(where=f"{path}.{action.kind}.to", what="person", name=name)


def _problems(kind: Kind, error: ValidationError) -> Iterator[str]:
    fields = list(kind.Params.model_fields)
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            yield f"there is no parameter '{path}'. Known: {', '.join(fields)}{_hint(path, fields)}"
        elif problem["type"] == "missing":
            yield f"'{path}' is missing; for example {kind.KIND}: {kind.EXAMPLE}"
        else:
            yield f"{path}: {problem['msg'].removeprefix('Value error, ')}"


def _hint(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
