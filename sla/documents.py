"""YAML text, JSON included, to plain data that knows its lines; and that data to a model, or one clear refusal.

Pure: text in, documents out. Which file it came from is only a name for messages. How YAML is read is in
`sla.yamlnodes` and `sla.yamldata`; how pydantic's errors are put into words, in `sla.wording`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sla.errors import InvalidDefinition
from sla.wording import Problem, problems_of
from sla.yamldata import Path, read_stream

Model = TypeVar("Model", bound=BaseModel)

_MOST: Final = 20  # problems told at once; who has more has misunderstood something that these show


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One definition as read: `data` is made of dicts with text keys, lists and scalars; `source` names the text."""

    data: Any
    source: str
    lines: Mapping[Path, int] = field(repr=False, compare=False)
    """The line, from 1, of each place in `data`; of the key for a value in a mapping."""

    def line_of(self, path: Path) -> int:
        """The line, from 1, of a place such as `("milestones", 0, "within")`, else of the nearest that would hold it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def parse_documents(text: str, source: str) -> list[Document]:
    """The documents of a YAML stream or JSON text, in order; a list at the top is so many documents, an empty one none.

    Raises MalformedDocument, with the line, for what cannot be read or is not allowed: duplicate keys, tags,
    excessive depth, aliases that multiply.
    """
    documents: list[Document] = []
    for data, lines in read_stream(text, source):
        if isinstance(data, list):
            documents += _items(data, lines, source)
        else:
            documents.append(Document(data=data, source=source, lines=lines))
    return [document for document in documents if document.data is not None]


def _items(data: list[Any], lines: Mapping[Path, int], source: str) -> list[Document]:
    below: list[dict[Path, int]] = [{} for _ in data]
    for path, line in lines.items():
        if path and isinstance(path[0], int):
            below[path[0]][path[1:]] = line
    return [Document(data=item, source=source, lines=own) for item, own in zip(data, below, strict=True)]


def validate_document(model: type[Model], document: Document) -> Model:
    """The document as a `model`; InvalidDefinition with source, line, path and problem if it does not hold together.

    Problems are told in the order of the document, a line for each, at most 20. The first is the error's own;
    as data they are all in its `problems`, each with `line`, `path` and `problem`.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        found = problems_of(model, error, document.data)
    raise _refusal(sorted(found, key=lambda problem: document.line_of(problem.place)), document)


def _refusal(found: list[Problem], document: Document) -> InvalidDefinition:
    listed = [{"line": document.line_of(p.place), "path": p.path, "problem": p.text} for p in found]
    first, others = listed[0], listed[1:_MOST]
    told = [
        first["problem"],
        *(f"{document.source}:{other['line']}: {other['path']}: {other['problem']}" for other in others),
        *([f"{document.source}: {len(listed) - _MOST} more problems"] if len(listed) > _MOST else []),
    ]
    return InvalidDefinition(
        source=document.source,
        line=first["line"],
        path=first["path"],
        problem="\n".join(str(line) for line in told),
        problems=listed,
    )
