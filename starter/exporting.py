"""What is in force, as files: `milepost apply` of them publishes nothing new, and they are the same byte for byte each time.

Left out are drafts, versions that are no longer in force, and what is retired.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from sla.calendar import BusinessHours
from sla.process.model import Process
from sla.yamlwriting import write_document
from starter.spelling import spelled, spelled_entry

if TYPE_CHECKING:
    from sla.entitlements.model import Entitlements
    from sla.hooks.model import Hook
    from sla.people import People

HEAD: Final = "# Written by milepost export; milepost apply reads it.\n"
"""How every exported file begins; a file that begins otherwise is somebody's own."""

IDENTITIES: Final[Mapping[str, str]] = {
    "people": "person", "queues": "queue", "accounts": "account", "contacts": "contact", "products": "product",
    "assets": "asset", "contracts": "contract", "entitlement_templates": "template", "entitlements": "entitlement",
}  # fmt: skip
"""What the entries of each list are known by."""
_LONGEST: Final = 80
_OTHER: Final = re.compile(r"[^a-z0-9]+")


def files_of(
    processes: Iterable[Process],
    calendars: Iterable[BusinessHours],
    people: "People",
    entitlements: "Entitlements",
    hooks: "Iterable[Hook]",
) -> dict[str, str]:
    """Texts by path, in the order of the paths."""
    files = {
        **_each("processes", {process.process: spelled(process) for process in processes}),
        **_each("calendars", {hours.calendar: spelled(hours) for hours in calendars}),
        **_each("hooks", {hook.hook: hook.as_applied() for hook in hooks}),
        **_one("people.yaml", people),
        **_one("entitlements.yaml", entitlements),
    }
    return {path: files[path] for path in sorted(files)}


def _each(directory: str, documents: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    names = file_names(list(documents))
    return {f"{directory}/{names[name]}.yaml": HEAD + write_document(data) for name, data in documents.items()}


def _one(path: str, entries: BaseModel) -> dict[str, str]:
    """A file of entries by kind, each by id; none if there are none."""
    data: dict[str, Any] = {}
    for kind in type(entries).model_fields:
        listed = [spelled_entry(one, IDENTITIES[kind]) for one in getattr(entries, kind)]
        if listed:
            data[kind] = sorted(listed, key=lambda one, kind=kind: str(one[IDENTITIES[kind]]))
    return {path: HEAD + write_document(data)} if data else {}


def file_names(names: Sequence[str]) -> dict[str, str]:
    """A file's name for each: lower-case letters, digits and hyphens. Those that would share one get a digest each."""
    plain = {name: _plain(name) for name in names}
    shared = list(plain.values())
    return {
        name: short if short and len(short) <= _LONGEST and shared.count(short) == 1 else _marked(short, name)
        for name, short in plain.items()
    }


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", letters).strip("-")


def _marked(short: str, name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{short[:_LONGEST].strip('-')}-{digest}".lstrip("-")
