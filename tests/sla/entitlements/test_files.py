"""What an entitlements file may say, and how it is written back."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sla.documents import parse_documents, validate_document
from sla.entitlements.model import ContractEntry, Entitlements, TemplateEntry, document
from tests.sla.entitlements.builders import a_promise

EXAMPLE = Path(__file__).parents[3] / "examples" / "entitlements.yaml"


def the_example() -> Entitlements:
    (found,) = parse_documents(EXAMPLE.read_text("utf-8"), EXAMPLE.name)
    return validate_document(Entitlements, found)


def a_template(**more: Any) -> TemplateEntry:
    return TemplateEntry.model_validate({"template": "gold", **more})


def a_contract(**more: Any) -> ContractEntry:
    return ContractEntry.model_validate({"contract": "c", "name": "C", "account": "helios", **more})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "ends_on (2026-03-01) is before starts_on (2026-03-02)"),
        ({"ends_on": "2026-02-30"}, "there is no such day"),
        ({"ends_on": "31.12.2026"}, "is not a date; write it as 2026-12-31"),
        ({"ends_on": 20261231}, "is not a date"),
        ({"ends_on": "9999-12-31"}, "outside the years"),
        ({"per_incident": 0}, "greater than or equal to 1"),
        ({"per_incident": True}, "valid integer"),
        ({"on_exhausted": "stop"}, "'block', 'warn' or 'allow'"),
        ({"contacts": ["kim", "kim"]}, "'kim' is listed twice"),
        ({"priority": "P1"}, "Extra inputs are not permitted"),
    ],
)
def test_what_does_not_hold_together_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        a_promise(**wrong)


def test_a_name_is_given_once_in_each_list() -> None:
    twice = {"products": [{"product": "a", "name": "A"}] * 2}
    with pytest.raises(ValidationError, match=re.escape("products[1]: 'a' is already products[0]; keep one")):
        Entitlements.model_validate(twice)


def test_a_promise_has_from_its_template_what_it_does_not_say_itself() -> None:
    whole = a_promise(template="gold", channels=["web"]).of(a_template(process="Gold", per_incident=5, channels=["phone"]))
    assert (whole.process, whole.per_incident, whole.channels) == ("Gold", 5, ("web",))


def test_what_it_says_to_be_nothing_it_does_not_have_from_its_template() -> None:
    assert a_promise(template="gold", process=None).of(a_template(process="Gold")).process is None


@pytest.mark.parametrize(
    ("own", "contract", "comes_to"),
    [
        ((None, None), ("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-12-31")),
        (("2026-02-01", "2026-06-30"), ("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-06-30")),
        (("2025-02-01", "2027-06-30"), ("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-12-31")),
        (("2026-02-01", None), (None, None), ("2026-02-01", None)),
    ],
)
def test_nothing_outlasts_its_contract(own: Any, contract: Any, comes_to: Any) -> None:
    promise = a_promise(contract="c", starts_on=own[0], ends_on=own[1])
    whole = promise.under(a_contract(starts_on=contract[0], ends_on=contract[1]))
    assert tuple(str(on) if on else None for on in (whole.starts_on, whole.ends_on)) == comes_to


def test_the_example_names_only_what_exists() -> None:
    references = set(the_example().references())
    assert ("entitlements[1].contacts[0]", "contact", "kim") in references
    assert {kind for _, kind, _ in references} == {
        "account",
        "asset",
        "contact",
        "contract",
        "process",
        "product",
        "template",
    }
    assert dict(the_example().calendars())["entitlements[5].business_hours"] == "new-york-office"


def test_written_back_and_read_again_it_is_the_same_file() -> None:
    data = document(the_example())
    assert document(Entitlements.model_validate(data)) == data
    assert next(iter(data["entitlements"][0])) == "entitlement", "its name comes first"


def test_the_order_of_a_file_makes_no_difference_to_how_it_is_written_back() -> None:
    file = the_example()
    turned = file.model_copy(update={"entitlements": file.entitlements[::-1], "products": file.products[::-1]})
    assert document(turned) == document(file)


def test_what_is_said_to_be_nothing_is_written_back() -> None:
    file = Entitlements(entitlements=(a_promise(template="gold", process=None),))
    assert document(file) == {
        "entitlements": [{"entitlement": "basic", "template": "gold", "account": "helios", "process": None}]
    }
