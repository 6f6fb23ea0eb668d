"""What an apply of a people file changed, entry by entry: for the audit log, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sla.governance.difference import told
from sla.people import People, identity

_KINDS: Final[Mapping[str, str]] = {"people": "person", "queues": "queue", "accounts": "account", "contacts": "contact"}

Facts = dict[str, Any]
Entries = Mapping[tuple[str, str], Facts]
"""What is said of each, by kind and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry that was added (`before` is None) or changed."""

    kind: str
    name: str
    before: Facts | None
    after: Facts

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        return f"{self.kind}/{self.name}"

    @property
    def sentence(self) -> str:
        """What is different, in words."""
        if self.before is None:
            return f"{self.kind} {self.name} added"
        was, now = self.before, self.after
        fields = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        parts = (f"{name} {_said(was.get(name))} → {_said(now.get(name))}" for name in fields)
        return f"{self.kind} {self.name}: {', '.join(parts)}"


def entries_of(file: People) -> Entries:
    """What a file says of each."""
    return {
        (kind, identity(entry)): entry.model_dump(mode="json", exclude_none=True)
        for listed, kind in _KINDS.items()
        for entry in getattr(file, listed)
    }


def changes_between(before: Entries, after: Entries) -> Iterator[EntryChange]:
    """Each entry of which something else is said now."""
    for (kind, name), facts in after.items():
        if before.get((kind, name)) != facts:
            yield EntryChange(kind=kind, name=name, before=before.get((kind, name)), after=facts)


def _said(value: Any) -> str:
    return "nothing" if value is None or value == [] else told(value)
