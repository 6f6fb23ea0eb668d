"""JSON Schemas of the files that people write, for editors: made from the models and the catalogue of actions.

They say what can be said of a field by itself; what holds together only as a whole, the loader says.
"""

import json
from collections.abc import Mapping
from typing import Any

from activities.actions import CATALOGUE
from sla.calendar import BusinessHours
from sla.entitlements.model import Entitlements
from sla.hooks.model import Hook
from sla.people import People
from sla.process.condition_schema import CONDITION_SCHEMA
from sla.process.model import Process

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFS = "$defs"
_REFERENCE = "#/$defs/{model}"
_CONDITION = {"$ref": _REFERENCE.format(model="Condition")}


def schemas() -> Mapping[str, str]:
    """The text of each schema by file name."""
    made = {
        "process": process_schema(),
        "calendar": calendar_schema(),
        "people": People.model_json_schema(),
        "entitlements": Entitlements.model_json_schema(),
        "hook": hook_schema(),
    }
    return {f"{name}.schema.json": _as_text(name, schema) for name, schema in made.items()}


def process_schema() -> Schema:
    """A process; its actions are those of the catalogue."""
    schema: Schema = _naming_conditions(Process.model_json_schema(ref_template=_REFERENCE))
    definitions = schema[_DEFS]
    definitions["Condition"] = _condition_schema()
    kinds = {name: _action_schema(name, definitions) for name in CATALOGUE}
    definitions["Action"] = {
        "description": "Something to do: one key, its kind, with its parameters; and a description beside it if you like.",
        "type": "object",
        "oneOf": list(kinds.values()),
    }
    return schema


def hook_schema() -> Schema:
    """A hook; its conditions look at paths into the payload."""
    schema: Schema = _naming_conditions(Hook.model_json_schema(ref_template=_REFERENCE))
    schema[_DEFS]["Condition"] = _condition_schema()
    return schema


def _naming_conditions(schema: Any) -> Any:
    """The schema with a reference wherever a condition is spelled out."""
    if schema == CONDITION_SCHEMA:
        return _CONDITION
    if isinstance(schema, dict):
        return {key: _naming_conditions(value) for key, value in schema.items()}
    return [_naming_conditions(item) for item in schema] if isinstance(schema, list) else schema


def _condition_schema() -> Schema:
    """A condition, made of conditions."""
    several = {"type": "array", "items": _CONDITION, "minItems": 1}
    properties = CONDITION_SCHEMA["properties"] | {"all": several, "any": several, "not": _CONDITION}
    return CONDITION_SCHEMA | {"properties": properties}


def _action_schema(name: str, definitions: dict[str, Any]) -> Schema:
    params = CATALOGUE[name].Params.model_json_schema(ref_template=_REFERENCE)
    for inner, definition in params.pop(_DEFS, {}).items():
        if definitions.setdefault(inner, definition) != definition:
            raise ValueError(f"two definitions are called {inner}; rename the one of the action {name}")
    to = params["properties"].get("to", {})
    if to.get("type") == "array":  # one name may stand without its brackets (SPEC 5)
        params["properties"]["to"] = {"description": to.pop("description", ""), "anyOf": [to["items"], to]}
    definitions[f"{name}-action"] = params
    return {
        "properties": {
            name: {"$ref": _REFERENCE.format(model=f"{name}-action")},
            "description": {"type": ["string", "null"], "maxLength": 255},
        },
        "required": [name],
        "additionalProperties": False,
    }


def calendar_schema() -> Schema:
    """Business hours, one or a list of them."""
    one = BusinessHours.model_json_schema(ref_template=_REFERENCE)
    definitions = one.pop(_DEFS, {}) | {"BusinessHours": one}
    reference = {"$ref": _REFERENCE.format(model="BusinessHours")}
    return {_DEFS: definitions, "anyOf": [reference, {"type": "array", "items": reference}]}


def _as_text(name: str, schema: Schema) -> str:
    head = {"$schema": _DIALECT, "$id": f"{name}.schema.json", "title": f"Milepost: {name} file"}
    return json.dumps({**head, **{k: v for k, v in schema.items() if k != "title"}}, indent=2, ensure_ascii=False) + "\n"
