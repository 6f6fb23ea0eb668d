"""Examples of answers and parameters, made of the schemas: each field has the sample value of its name (`samples.py`).

So an operation that is added has its example by itself, and a field that is added needs one line. A model may say an
example of its own, which goes before.
"""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from starter.api.samples import PARAMETERS, SAMPLES
from starter.api.setup_samples import OTHERWISE

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
_NULL: Final = {"type": "null"}
_PLAIN: Final[Mapping[str, Any]] = {"string": "…", "integer": 1, "number": 1.0, "boolean": False, "array": [], "object": {}}


class Examples:
    """Of the schemas of one document. `unsaid`: the fields, as `Model.field`, for whose names there is no sample value."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self.unsaid: set[str] = set()

    def add(self, operation: Schema) -> None:
        """Give the operation's parameters and good answers theirs, where they have none."""
        asked = operation["operationId"]
        otherwise = {name: value for part, values in OTHERWISE.items() if part in asked for name, value in values.items()}
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            sample = (PARAMETERS | otherwise).get(name)
            if name in PARAMETERS and "examples" not in parameter["schema"]:
                parameter["example"] = sample
        for status, answer in operation["responses"].items():
            for body in answer.get("content", {}).values() if status < "300" else ():
                if body["schema"].get("type") != "string":  # a text or a file: who describes the operation says it
                    body.setdefault("example", _Walk(self, otherwise).value(body["schema"], asked))

    def fits(self, value: Any, schema: Schema) -> bool:
        """Whether a value is as a schema says: one name means a text here and a list there."""
        return Draft202012Validator({**schema, "components": {"schemas": self._schemas}}).is_valid(value)

    def resolved(self, schema: Schema) -> tuple[str, Schema]:
        """What a schema refers to, and its name; a schema that refers to none has no name."""
        if "$ref" not in schema:
            return "", schema
        name = schema["$ref"].removeprefix(_REF)
        return name, self._schemas[name]


class _Walk:
    """Through one answer. A model within itself is left out there."""

    def __init__(self, examples: Examples, otherwise: Mapping[str, Any]) -> None:
        self._examples, self._samples = examples, (otherwise, SAMPLES)
        self._within: list[str] = []

    def value(self, schema: Schema, where: str) -> Any:
        """An example of this schema. `where`: the model and the field that has it."""
        name, found = self._examples.resolved(schema)
        known = (name, where, where.rpartition(".")[2])
        for said in [samples[one] for samples in self._samples for one in known if one in samples]:
            if self._examples.fits(said, schema):
                return said
        return found["examples"][0] if "examples" in found else self._made(found, name or where)

    def _made(self, schema: Schema, where: str) -> Any:
        """Of its parts."""
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self._chosen(options, where)
        if "properties" in schema:
            return self._object(schema, where)
        if schema.get("type") == "array":
            return [self.value(schema["items"], where)]
        if one_of := [schema["const"]] if "const" in schema else schema.get("enum"):
            return one_of[0]
        self._examples.unsaid.add(where)
        return _PLAIN.get(schema.get("type", ""))

    def _chosen(self, options: list[Schema], where: str) -> Any:
        """A model, unless it is within itself; else null where that may be."""
        first = next(one for one in options if one != _NULL)
        name, found = self._examples.resolved(first)
        if _NULL in options and ("properties" not in found or name in self._within):
            return None
        return self.value(first, where)

    def _object(self, schema: Schema, name: str) -> dict[str, Any]:
        self._within.append(name)
        made = {field: self.value(one, f"{name}.{field}") for field, one in schema["properties"].items()}
        self._within.pop()
        return made
