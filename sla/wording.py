"""Pydantic's validation errors in the words of whoever wrote the document: where, and what is wrong there.

The place of an error is made to fit the data (pydantic adds steps of its own within unions), common messages
are put plainly, and for a field that does not exist the nearest one that does is suggested.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic_core import ErrorDetails

from sla.yamldata import Path

_Schema: TypeAlias = Mapping[str, Any]

_A_LIST: Final = "should be a list"
_A_MAPPING: Final = "should be a mapping of fields"
_PLAINLY: Final[Mapping[str, str]] = {  # by pydantic's error type; others keep pydantic's words
    "missing": "is required",
    "string_type": "should be text",
    "list_type": _A_LIST,
    "tuple_type": _A_LIST,
    "dict_type": _A_MAPPING,
    "mapping_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "model_attributes_type": _A_MAPPING,
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
}
_SUBJECT: Final = re.compile(r"^(Input|String|Value|List|Tuple|Dictionary|Set|Data) (?=should )")
_LONG: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong at a `place` in the data, in words."""

    place: Path
    text: str

    @property
    def path(self) -> str:
        """The place as people write it: `milestones[0].warnings[1].at`; `document` for the whole."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.place)
        return "".join(steps).removeprefix(".") or "document"


def problems_of(model: type[BaseModel], error: ValidationError, data: Any) -> list[Problem]:
    """What is wrong with `data`, which is no `model`: one problem for each place, in pydantic's order; never empty."""
    told: dict[Path, str] = {}
    for details in error.errors(include_url=False):
        place = _place(details, data)
        text = _text(model, details, place)
        if place not in told:
            told[place] = text
        elif text not in told[place]:  # the branches of a union, of which none fits
            told[place] += f"; or {text}"
    return [Problem(place=place, text=text) for place, text in told.items()]


def _place(details: ErrorDetails, data: Any) -> Path:
    """The place of an error, without the steps that pydantic took within unions and validators."""
    missing = details["type"] == "missing"
    steps = details["loc"][:-1] if missing else details["loc"]
    place: list[str | int] = []
    for index, step in enumerate(steps):
        if _leads(data, step) and not _is_a_tag(data, step, steps[index + 1 :], details["input"]):
            place.append(step)
            data = data[step]
    return (*place, *details["loc"][-1:]) if missing else tuple(place)


def _leads(data: Any, step: str | int) -> bool:
    if isinstance(data, Mapping):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _is_a_tag(data: Any, step: str | int, following: Sequence[str | int], given: Any) -> bool:
    """Whether a step that could be a key names a branch of a union instead, as `date` does in `(date, hours)`."""
    if following:
        return not _leads(data[step], following[0]) and _leads(data, following[0])
    return data is given and data[step] is not given


def _text(model: type[BaseModel], details: ErrorDetails, place: Path) -> str:
    kind, said = details["type"], details["msg"]
    if kind == "extra_forbidden":
        return _unknown(str(place[-1]), _fields(model, place[:-1]))
    plain = _PLAINLY.get(kind) or _SUBJECT.sub("", said.removeprefix("Value error, "))
    shown = _shown(details["input"])
    if kind == "missing" or shown is None or not (kind in _PLAINLY or _SUBJECT.match(said)):
        return plain
    return f"{plain}, not {shown}"


def _shown(given: Any) -> str | None:
    """A scalar as it may stand in a document; None for what would be too much to show."""
    if given is None or isinstance(given, bool):
        return {None: "nothing", True: "true", False: "false"}[given]
    if isinstance(given, int | float):
        return str(given)
    return f"'{given}'" if isinstance(given, str) and len(given) <= _LONG else None


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}" if known else ""
    return f"unknown field '{name}'" + (f"; {hint}" if hint else "")


def _fields(model: type[BaseModel], place: Path) -> list[str]:
    """The names of the fields that a mapping at `place` may have, in their order, of all branches of unions."""
    top = _schema(model)
    known: Mapping[str, _Schema] = top.get("$defs", {})
    branches = list(_branches(top, known))
    for step in place:
        branches = [end for branch in branches for below in _below(branch, step) for end in _branches(below, known)]
    return list(dict.fromkeys(name for branch in branches for name in branch.get("properties", ())))


@lru_cache(maxsize=64)
def _schema(model: type[BaseModel]) -> _Schema:
    try:
        return model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return {}


def _branches(schema: _Schema, known: Mapping[str, _Schema]) -> Iterator[_Schema]:
    """The schema without references and unions: each of its branches."""
    if "$ref" in schema:
        yield from _branches(known[schema["$ref"].rpartition("/")[2]], known)
        return
    yield schema
    for kind in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(kind, ()):
            yield from _branches(branch, known)


def _below(schema: _Schema, step: str | int) -> Iterator[_Schema]:
    """The schemas of what is at one step below."""
    if isinstance(step, int):
        found = schema.get("items")
    else:
        found = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(found, Mapping):
        yield found
