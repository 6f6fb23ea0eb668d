"""What is in force, as files: `milepost apply` of them publishes nothing new, and they are the same byte for byte each time.

Left out are drafts, versions that are no longer in force, and what is retired.
"""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from sla.calendar import BusinessHours
from sla.process.model import Process
from sla.yamlwriting import write_document
from starter.spelling import spelled

if TYPE_CHECKING:
    from sla.entitlements.model import EntitlementEntry, Entitlements
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


def still_told(file: "Entitlements", processes: Container[str], calendars: Container[str], at: datetime) -> "Entitlements":
    """Without the entitlements that are over, where what they promised is no longer in force: nobody could apply them."""
    templates = {one.template: one for one in file.entitlement_templates}
    contracts = {one.contract: one for one in file.contracts}
    yesterday = (at - timedelta(days=1)).date()  # a day ends somewhere on Earth a day later than in UTC

    def applicable(one: "EntitlementEntry") -> bool:
        whole = one.of(templates.get(one.template or "")).under(contracts.get(one.contract or ""))
        named = (whole.process is None or whole.process in processes) and (
            whole.business_hours is None or whole.business_hours in calendars
        )
        return named or whole.ends_on is None or whole.ends_on >= yesterday

    return file.model_copy(update={"entitlements": tuple(one for one in file.entitlements if applicable(one))})


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
        listed = [_entry(kind, one) for one in getattr(entries, kind)]
        if listed:
            data[kind] = sorted(listed, key=itemgetter(IDENTITIES[kind]))
    return {path: HEAD + write_document(data)} if data else {}


def _entry(kind: str, entry: BaseModel) -> dict[str, Any]:
    """An entry, its id first. Of a promise also what is as by default, if it was said: it stands against a template."""
    said = kind in ("entitlement_templates", "entitlements")
    data: dict[str, Any] = entry.model_dump(mode="json", exclude_unset=said, exclude_defaults=not said)
    return {IDENTITIES[kind]: data[IDENTITIES[kind]], **data}


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
