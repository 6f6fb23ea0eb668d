"""Every key of an entitlements file has its line on its page, and nothing else has one."""

import pytest
from pydantic import BaseModel

from sla.entitlements.model import AssetEntry, ContractEntry, EntitlementEntry, ProductEntry, TemplateEntry
from tests.docs.pages import names, rows, text


@pytest.mark.parametrize(
    ("part", "model"),
    [
        ("products", ProductEntry),
        ("assets", AssetEntry),
        ("contracts", ContractEntry),
        ("entitlement_templates", TemplateEntry),
        ("entitlements", EntitlementEntry),
    ],
)
def test_every_key_is_documented_and_no_other(part: str, model: type[BaseModel]) -> None:
    documented = [name for row in rows(text("entitlements"), f"in `{part}`") for name in names(row[0])]
    assert sorted(documented) == sorted(model.model_fields)
