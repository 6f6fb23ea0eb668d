"""Definition files to definitions: which document is what, that each holds together, and that no name is given twice.

What a definition needs of its surroundings (limits, calendars, templates, actions) is checked in `starter.checks`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from sla.calendar import BusinessHours
from sla.documents import Document, parse_documents, validate_document
from sla.errors import InvalidDefinition
from sla.process.model import Process
from starter.files import definition_files, name_of, read_text

if TYPE_CHECKING:
    from sla.entitlements.model import Entitlements
    from sla.hooks.model import Hook
    from sla.people import People

Model = TypeVar("Model", bound=BaseModel)

KINDS: dict[str, tuple[str, ...]] = {
    "process": ("process",),
    "calendar": ("calendar",),
    "people": ("people", "queues", "accounts", "contacts"),
    "entitlements": ("products", "assets", "contracts", "entitlement_templates", "entitlements"),
    "hook": ("hook",),
}
"""Each kind of document, and the keys of which any one tells that it is of this kind."""

_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, kw_only=True)
class Found(Generic[Model]):
    """A definition and the document that it was read from."""

    value: Model
    document: Document

    def where(self, path: str = "") -> str:
        """Source, line and path of a field, as in `p.yaml:12: milestones[0].within`, for messages."""
        place = f"{self.document.source}:{self._line(path)}"
        return f"{place}: {path}" if path else place

    def refused(self, path: str, problem: str) -> InvalidDefinition:
        """The refusal of a field."""
        return InvalidDefinition(source=self.document.source, line=self._line(path), path=path, problem=problem)

    def _line(self, path: str) -> int:
        return self.document.line_of(tuple(int(step) if step.isdigit() else step for step in _STEP.findall(path)))


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """What some files define, in their order."""

    processes: tuple[Found[Process], ...] = ()
    calendars: tuple[Found[BusinessHours], ...] = ()
    people: tuple["Found[People]", ...] = ()
    entitlements: tuple["Found[Entitlements]", ...] = ()
    hooks: tuple["Found[Hook]", ...] = ()

    @property
    def hours(self) -> dict[str, BusinessHours]:
        """The calendars by name."""
        return {found.value.calendar: found.value for found in self.calendars}


def load(paths: Sequence[Path]) -> Definitions:
    """Read files, directories and `-`.

    Raises UnreadableFile, MalformedDocument or InvalidDefinition, which name file, line and path.
    """
    return assemble(
        document for path in definition_files(paths) for document in parse_documents(read_text(path), name_of(path))
    )


def assemble(documents: Iterable[Document]) -> Definitions:
    """Documents to definitions; InvalidDefinition for one of no known kind, or whose name another has already."""
    sorted_out: dict[str, list[Found[Any]]] = {kind: [] for kind in KINDS}
    for document in documents:
        kind = _kind_of(document)
        sorted_out[kind].append(Found(value=validate_document(model_of(kind), document), document=document))
    _once(sorted_out["process"], "process")
    _once(sorted_out["calendar"], "calendar")
    _once(sorted_out["hook"], "hook")
    return Definitions(
        processes=tuple(sorted_out["process"]),
        calendars=tuple(sorted_out["calendar"]),
        people=tuple(sorted_out["people"]),
        entitlements=tuple(sorted_out["entitlements"]),
        hooks=tuple(sorted_out["hook"]),
    )


def model_of(kind: str) -> type[BaseModel]:
    """The model of a kind of document."""
    if kind == "process":
        return Process
    if kind == "calendar":
        return BusinessHours
    if kind == "entitlements":
        from sla.entitlements.model import Entitlements  # noqa: PLC0415 - needs what people need

        return Entitlements
    if kind == "hook":
        from sla.hooks.model import Hook  # noqa: PLC0415 - few files have one

        return Hook
    from sla.people import People  # noqa: PLC0415 - checks addresses, with a library that most commands never need

    return People


def _kind_of(document: Document) -> str:
    keys = set(document.data) if isinstance(document.data, dict) else set()
    kinds = [kind for kind, telling in KINDS.items() if keys & set(telling)]
    if len(kinds) == 1:
        return kinds[0]
    known = "'process', 'calendar', 'people', 'queues', 'accounts', 'contacts', 'entitlements', 'hook'…"
    if kinds:
        problem = f"this is both a {kinds[0]} and a {kinds[1]}; put a line with --- between two documents"
    elif keys:
        problem = f"this is no definition: it has none of the keys {known}; found {', '.join(sorted(keys)[:10])}"
    else:
        problem = f"a definition is a mapping with one of the keys {known}"
    raise InvalidDefinition(source=document.source, line=document.line_of(()), path="document", problem=problem)


def _once(found: list[Found[Any]], key: str) -> None:
    first: dict[str, Found[Any]] = {}
    for one in found:
        name = getattr(one.value, key)
        if name in first:
            raise one.refused(key, f"'{name}' is already defined at {first[name].where()}; give each a name of its own")
        first[name] = one
