"""A process's actions against the catalogue of kinds: `sla` does not know them, and the catalogue does not know files.

Refusals name file, line and path.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from activities.actions import CATALOGUE, check_actions
from sla.errors import InvalidAction, MilepostError, UnknownAction, UnknownTemplate
from sla.process.model import Process
from starter.definitions import Found


def check_actions_of(found: Found[Process], *, templates: Collection[str] | None) -> None:
    """Raise UnknownAction, InvalidAction or UnknownTemplate for the first action that could never be performed.

    `templates` are the names of the e-mail templates; None leaves them unchecked.
    """
    with _located(found):
        check_actions(found.value, known_templates=templates)


def check_shapes_of(found: Found[Process]) -> None:
    """Raise UnknownAction or InvalidAction for an action that has not its kind's shape (SPEC 5), whatever the values."""
    for path, action in found.value.actions():
        if action.kind not in CATALOGUE:
            raise UnknownAction(where=found.where(path), kind=action.kind, known=", ".join(CATALOGUE))
        known = CATALOGUE[action.kind].Params.model_fields
        missing = [name for name, field in known.items() if field.is_required() and name not in action.params]
        problems = [f"'{name}' is missing" for name in missing]
        problems += [f"there is no parameter '{name}'" for name in action.params if name not in known]
        if problems:
            text = f"{'; '.join(problems)}. Known: {', '.join(known)}"
            raise InvalidAction(where=found.where(f"{path}.{action.kind}"), problem=text)


def values_refused(found: Found[Process]) -> MilepostError | None:
    """The refusal of an action's values, such as an address that is none; templates are not looked at."""
    try:
        check_actions_of(found, templates=None)
    except InvalidAction as refusal:
        return refusal
    return None


@contextmanager
def _located(found: Found[Process]) -> Iterator[None]:
    """Put file and line before the path that a refusal names."""
    try:
        yield
    except (UnknownAction, InvalidAction, UnknownTemplate) as refusal:
        located: MilepostError = type(refusal)(**{**refusal.facts, "where": found.where(refusal.facts["where"])})
        raise located from None
