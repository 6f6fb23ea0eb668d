"""The OpenAPI document: what FastAPI makes of the routes, and what all of them have in common."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from starter.api import envelope, once
from starter.api.asking import NEEDS, STREAMED, UNKEPT
from starter.api.examples import Examples
from starter.api.problems import MEDIA_TYPE, Problem

Schema = dict[str, Any]

DESCRIPTION: Final = (
    "Service-level agreements, kept by durable workflows. All that can be asked on the command line can be asked here, "
    "and is answered the same. Refusals are problem documents (RFC 9457) with a code, the field and a remedy."
)
_WORDS: Final = {
    400: "The request is not what the operation takes.",
    401: "Nobody is known by the key or token.",
    403: "The right is missing.",
    404: "It does not exist.",
    409: "It may not happen now.",
    412: "It was changed meanwhile.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    422: "It can be read, but does not hold together.",
    429: "Too many requests.",
    503: "A service is not there.",
}
_REF: Final = {"$ref": "#/components/schemas/Problem"}


def describe(app: FastAPI) -> Schema:
    """The document of an application, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
        _share(schema)
        examples = Examples(schema["components"]["schemas"])
        for method, operation in _operations(schema):
            _complete(method, operation)
            examples.add(operation)
        app.openapi_schema = schema
    return app.openapi_schema


def _operations(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for methods in schema["paths"].values():
        yield from methods.items()


def _share(schema: Schema) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["Problem"].pop("$defs", {}))
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key, or an identity token of the OIDC provider."}
    }


def _complete(method: str, operation: Schema) -> None:
    """What every operation may answer, and what it may be sent besides."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    right = operation.pop(NEEDS, None)
    keyless = bool(operation.pop(STREAMED, False)) | bool(operation.pop(UNKEPT, False))
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])
    for answer in answers.values():
        answer.setdefault("headers", {})[envelope.HEADER] = {"schema": {"type": "string"}, "required": True}
    if right is None:
        return
    operation["security"] = [{"key": []}]
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds the right `{right}`.".strip()
    statuses = [400, 401, 403, 404, 422, 429, 503]
    statuses += [409, 413, 415] if "requestBody" in operation else [409] if method != "get" else []
    if any(one["name"] == "If-Match" for one in operation.get("parameters", [])):
        statuses.append(412)
    for status in sorted(statuses):
        answers.setdefault(str(status), _refusal(status))
    if method != "get" and not keyless:
        operation.setdefault("parameters", []).append(_KEY)


def _without_null(schema: Schema) -> Schema:
    """A parameter may be left out, and cannot be null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if not kinds:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return rest | kinds[0] if len(kinds) == 1 else rest | {"anyOf": kinds}


def _refusal(status: int) -> Schema:
    headers: Schema = {envelope.HEADER: {"schema": {"type": "string"}, "required": True}}
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}, "required": True}
    if status in (429, 503):
        headers["Retry-After"] = {"schema": {"type": "string"}, "required": True}
    return {"description": _WORDS[status], "headers": headers, "content": {MEDIA_TYPE: {"schema": _REF}}}


_KEY: Final = {
    "name": once.HEADER,
    "in": "header",
    "required": False,
    "description": "Chosen by you. The same request with the same key is answered again, and not carried out again.",
    "schema": {"type": "string", "pattern": once.PATTERN, "examples": ["3f1c9a52-0d7e-4d0b-9f5e-6f4a0c2b7d11"]},
}
