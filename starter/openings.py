"""Files of cases to open: what each says, read strictly. The fields that every record has may stand beside `fields`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sla.documents import Document, parse_documents, validate_document
from sla.errors import InvalidDefinition
from sla.events import Identifier
from sla.instants import Instant
from sla.values import Value
from starter.files import name_of, read_text

COMMON = (
    "type", "account", "contact", "asset", "product", "contract", "owner", "queue", "priority", "status", "subject",
    "opened_at", "business_hours", "entitlement",
)  # fmt: skip
"""The fields that every record has (SPEC 2)."""


class Opening(BaseModel):
    """A case to open: `record` (or `id`), the `process` if there are several, `at`, and its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: Identifier
    process: str | None = None
    at: Instant | None = None
    event_id: Identifier | None = None
    fields: dict[str, Value] = Field(default_factory=dict)
    type: Value = None
    account: Value = None
    contact: Value = None
    asset: Value = None
    product: Value = None
    contract: Value = None
    owner: Value = None
    queue: Value = None
    priority: Value = None
    status: Value = None
    subject: Value = None
    opened_at: Value = None
    business_hours: Value = None
    entitlement: Value = None

    @model_validator(mode="before")
    @classmethod
    def _id_is_record(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "id" not in data:
            return data
        if "record" in data:
            raise ValueError("give either 'record' or 'id', which mean the same")
        return {("record" if name == "id" else name): value for name, value in data.items()}

    @model_validator(mode="after")
    def _each_field_once(self) -> "Opening":
        twice = [name for name in self.fields if name in COMMON and name in self.model_fields_set]
        if twice:
            raise ValueError(f"'{twice[0]}' is given both by itself and among 'fields'")
        return self

    def all_fields(self) -> dict[str, Value]:
        """Every field of the record, wherever it stood."""
        common = {name: getattr(self, name) for name in COMMON if name in self.model_fields_set}
        return {**common, **self.fields}


def read_openings(path: Path) -> list[Opening]:
    """The cases of a YAML or JSON file: one, a list, or a stream of them.

    Raises UnreadableFile, MalformedDocument or InvalidDefinition; the latter also for a record that is there twice.
    """
    name = name_of(path)
    documents = parse_documents(read_text(path), name)
    if not documents:
        raise InvalidDefinition(source=name, line=1, path="document", problem="the file holds no case")
    openings = [validate_document(Opening, document) for document in documents]
    _check_once(zip(openings, documents, strict=True))
    return openings


def _check_once(pairs: Iterable[tuple[Opening, Document]]) -> None:
    seen: dict[str, int] = {}
    for opening, document in pairs:
        key = "id" if "id" in document.data else "record"
        line = document.line_of((key,))
        if opening.record in seen:
            problem = f"'{opening.record}' is already on line {seen[opening.record]}; open each record once"
            raise InvalidDefinition(source=document.source, line=line, path=key, problem=problem)
        seen[opening.record] = line


def opening_from(record: str, **data: Any) -> Opening:
    """A case from the command line. Raises InvalidDefinition."""
    document = Document(data={"record": record, **data}, source="command line", lines={(): 1})
    return validate_document(Opening, document)
