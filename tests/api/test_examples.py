"""Examples in the API's description: of each answer and of what is asked for, made of the schemas and as these say."""

from copy import deepcopy
from typing import Any, Final

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from sla.duration import spoken
from starter.api.app import ROUTERS
from starter.api.describing import describe
from starter.api.examples import Examples
from starter.api.samples import PARAMETERS, SAMPLES
from starter.api.setup_samples import OTHERWISE

NO_TEXT: Final = ("text/html", "application/vnd.milepost.bundle")
"""A page and a file: an example would say less than opening one."""


def _document() -> dict[str, Any]:
    app = FastAPI(title="Milepost", version="1")
    for router in ROUTERS:
        app.include_router(router)
    return describe(app)


DOCUMENT: Final = _document()
OPERATIONS: Final = {spec["operationId"]: spec for methods in DOCUMENT["paths"].values() for spec in methods.values()}


def is_valid(value: Any, schema: dict[str, Any]) -> None:
    """Fails with what is wrong."""
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_each_good_answer_has_an_example_that_is_as_its_schema_says(name: str) -> None:
    good = {status: answer for status, answer in OPERATIONS[name]["responses"].items() if status.startswith("2")}
    assert good
    for status, answer in good.items():
        assert answer.get("content"), f"{status} says nothing"
        for kind, body in answer["content"].items():
            if kind not in NO_TEXT:
                is_valid(body["example"], body["schema"])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_is_asked_for_has_examples_that_it_takes(name: str) -> None:
    for parameter in OPERATIONS[name].get("parameters", []):
        given = [parameter["example"]] if "example" in parameter else parameter["schema"].get("examples", [])
        assert given or parameter["name"] not in PARAMETERS
        assert given or parameter["in"] != "path", parameter["name"]
        for one in given:
            is_valid(one, parameter["schema"])


def test_each_field_of_an_answer_has_a_sample_value_or_may_be_null() -> None:
    examples = Examples(DOCUMENT["components"]["schemas"])
    for operation in deepcopy(OPERATIONS).values():
        for answer in operation["responses"].values():
            for body in answer.get("content", {}).values():
                body.pop("example", None)
        examples.add(operation)
    assert not examples.unsaid, "give them one in starter/api/samples.py or setup_samples.py"


def test_the_sentence_of_the_sample_is_one_that_is_said_of_its_margins() -> None:
    was, would = (spoken(SAMPLES[f"margin_{side}_s"]) for side in ("before", "after"))
    assert SAMPLES["sentences"] == [f"{SAMPLES['milestone']}: {was} to spare → {would} to spare"]


def test_a_field_without_a_sample_value_is_told_by_its_model() -> None:
    gauge = {"title": "Gauge", "type": "object", "properties": {"pressure": {"type": "integer"}, "at": {"type": "string"}}}
    examples = Examples({"Gauge": gauge})
    body: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Gauge"}}
    examples.add({"operationId": "gauges.get", "responses": {"200": {"content": {"application/json": body}}}})
    assert examples.unsaid == {"Gauge.pressure"}
    assert set(body["example"]) == {"pressure", "at"}


def test_no_sample_value_is_left_of_what_is_gone() -> None:
    said = {*SAMPLES, *(name for values in OTHERWISE.values() for name in values)}
    schemas = DOCUMENT["components"]["schemas"]
    fields = {f"{model}.{field}" for model, schema in schemas.items() for field in schema.get("properties", {})}
    known = {*schemas, *OPERATIONS, *fields, *(field.rpartition(".")[2] for field in fields)}
    streamed = {f"records.watch.{field}" for field in ("id", "data", "retry")}
    assert said <= known | streamed
    asked = {one["name"] for spec in OPERATIONS.values() for one in spec.get("parameters", [])}
    assert set(PARAMETERS) <= asked
