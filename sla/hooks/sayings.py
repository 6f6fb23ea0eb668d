"""How a value of an event is taken from a delivery: a text with `{paths}` in it, or a `from` with a table beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from sla.hooks.paths import Delivery, Path
from sla.instants import from_s, to_instant, to_text
from sla.setup_errors import UnmappablePayload
from sla.values import Scalar, Value, as_text

_PART: Final = re.compile(r"\{\{|\}\}|\{(?P<path>[^{}]+)\}|[^{}]+")
_TOO_LATE_S: Final = 10**11  # whatever is later is told in milliseconds


@dataclass(frozen=True, slots=True)
class Place:
    """A path in a template; `optional` if it may lead to nothing."""

    path: Path
    optional: bool


class Template:
    """A text with paths in braces: `ZD-{detail.id}`. `{path?}` may be absent; `{{` is a brace.

    A template that is one path and nothing else is the value itself, of whatever kind it is.
    """

    __slots__ = ("parts", "source")

    def __init__(self, source: str) -> None:
        parts: list[str | Place] = []
        place = 0
        while place < len(source):
            found = _PART.match(source, place)
            if found is None:
                raise ValueError(f"'{source}' has a brace too much; write a path as {{detail.id}}, and a brace as {{{{")
            parts.append(_place(found["path"]) if found["path"] else found[0][:1] if found[0] in ("{{", "}}") else found[0])
            place = found.end()
        self.source, self.parts = source, tuple(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Template({self.source!r})"

    def value(self, delivery: Delivery, hook: str) -> Any:
        """What it comes to. Raises UnmappablePayload."""
        if len(self.parts) == 1 and isinstance(only := self.parts[0], Place):
            return _plain(_found(only, delivery, hook), only.path, hook)
        return self.text(delivery, hook)

    def text(self, delivery: Delivery, hook: str) -> str:
        """What it comes to, as text; what may be absent is empty."""
        return "".join(part if isinstance(part, str) else _worded(part, delivery, hook) for part in self.parts)


def _place(text: str) -> Place:
    return Place(Path.parse(text.removesuffix("?")), text.endswith("?"))


def _found(place: Place, delivery: Delivery, hook: str) -> Any:
    found = delivery.at(place.path)
    if found is None and not place.optional:
        raise UnmappablePayload(hook=hook, path=place.path.text, problem="is not there, or null")
    return found


def _worded(place: Place, delivery: Delivery, hook: str) -> str:
    found = _found(place, delivery, hook)
    if isinstance(found, list | Mapping):
        raise UnmappablePayload(hook=hook, path=place.path.text, problem=f"is {_kind(found)}, not text or a number")
    return "" if found is None else as_text(found)


def _plain(found: Any, path: Path, hook: str) -> Any:
    """A value that a field can hold."""
    inner = found if isinstance(found, list) else [found]
    if isinstance(found, Mapping) or any(isinstance(one, list | Mapping) for one in inner):
        raise UnmappablePayload(hook=hook, path=path.text, problem=f"is {_kind(found)}, not a value or a list of values")
    return found


def _kind(found: Any) -> str:
    return "a mapping" if isinstance(found, Mapping) else "a list"


def _parsed(source: Any) -> Any:
    if isinstance(source, Template):
        return source
    if not isinstance(source, str):
        raise ValueError("should be text, in which paths stand in braces")
    return Template(source)


_WRITTEN = PlainSerializer(lambda template: template.source, return_type=str)
_SCHEMA = WithJsonSchema({"type": "string", "description": "text with paths in braces: ZD-{detail.id}"})
TemplateText = Annotated[Template, BeforeValidator(_parsed), _WRITTEN, _SCHEMA]


def _way(source: Any) -> Any:
    if isinstance(source, Path):
        return source
    if not isinstance(source, str):
        raise ValueError("should be a path, such as detail.id")
    return Path.parse(source)


_PATH_WRITTEN = PlainSerializer(lambda path: path.text, return_type=str)
PathText = Annotated[Path, BeforeValidator(_way), _PATH_WRITTEN, WithJsonSchema({"type": "string"})]

As = Literal["text", "number", "epoch_s", "epoch_ms", "utc"]


class From(BaseModel):
    """A value from a path, by way of a table: `{from: detail.priority, values: {URGENT: P1}, default: P4}`.

    `values`: what stands for what; any other value is taken as it is, unless there is a `default`, which counts also for
    what is absent. `as`: how it is read; `epoch_s` and `epoch_ms` are instants told as numbers, `utc` is one without a zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)

    path: PathText = Field(alias="from")
    values: dict[str, Scalar] = Field(default_factory=dict)
    default: Value = None
    form: As | None = Field(default=None, alias="as")

    def value(self, delivery: Delivery, hook: str) -> Any:
        """What it comes to. Raises UnmappablePayload."""
        found = _plain(delivery.at(self.path), self.path, hook)
        has_default = "default" in self.model_fields_set
        if found is not None and not isinstance(found, list) and (said := as_text(found)) in self.values:
            return self.values[said]
        if found is None or (self.values and has_default):
            if not has_default:
                raise UnmappablePayload(hook=hook, path=self.path.text, problem="is not there, or null")
            return self.default
        try:
            return _read(found, self.form)
        except (ValueError, OverflowError, OSError):
            problem = f"cannot be read as {self.form}: {str(found)[:60]!r}"
            raise UnmappablePayload(hook=hook, path=self.path.text, problem=problem) from None


def _read(found: Any, form: As | None) -> Any:
    if form is None or found is None:
        return found
    if isinstance(found, list):
        return [_read(one, form) for one in found]
    if form == "text":
        return as_text(found)
    if form == "number":
        return found if isinstance(found, int | float) and not isinstance(found, bool) else _number(str(found))
    if form == "utc":
        at = datetime.fromisoformat(str(found))
        return to_text(to_instant(at if at.tzinfo else at.replace(tzinfo=UTC)))
    seconds = int(found) // (1000 if form == "epoch_ms" else 1)
    return to_text(from_s(seconds))


def _number(text: str) -> int | float:
    return int(text) if text.strip().lstrip("-").isdigit() else float(text)


def instant_of(text: str) -> datetime:
    """An instant as a header tells it: as text, or as seconds or milliseconds since 1970. Raises ValueError."""
    if text.isascii() and text.isdigit() and len(text) < 15:
        number = int(text)
        return from_s(number // 1000 if number >= _TOO_LATE_S else number)
    return to_instant(text)


def _saying(source: Any) -> Any:
    if isinstance(source, str):
        return Template(source)
    if isinstance(source, Mapping):
        try:
            return From.model_validate(source)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(step) for step in first["loc"])
            raise ValueError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None
    if isinstance(source, Template | From) or source is None:
        return source
    if all(isinstance(one, str | bool | int | float) for one in (source if isinstance(source, list) else [source])):
        return source
    raise ValueError("should be a value, text with paths in braces, or {from: path}")


def _written(saying: Any) -> Any:
    if isinstance(saying, Template):
        return saying.source
    if isinstance(saying, From):
        return saying.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return saying


Saying = Annotated[
    Any,
    PlainValidator(_saying),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "description": "a value; text with paths in braces; or {from: path, values: {…}, default: …, as: …}",
            "type": ["string", "number", "boolean", "null", "array", "object"],
        }
    ),
]
"""What a value of an event is."""


def said(saying: Any, delivery: Delivery, hook: str) -> Any:
    """What a `Saying` comes to. Raises UnmappablePayload."""
    return saying.value(delivery, hook) if isinstance(saying, Template | From) else saying
