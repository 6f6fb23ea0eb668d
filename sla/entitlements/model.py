"""The entitlements file as it is spelled (SPEC 6): products, assets, contracts, templates, and what is promised to whom.

Accounts and contacts are in the people file. What the file takes to exist may have been applied before: such references are
checked when it is applied.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from sla.entitlements.days import Day
from sla.people import Entry, Id, Ids, Named, identity
from sla.process.model import Name

OnExhausted = Literal["block", "warn", "allow"]
KINDS: Final = ("products", "assets", "contracts", "entitlement_templates", "entitlements")
"""The lists of a file, each after those that it may refer to."""


class ProductEntry(Entry):
    """Something that customers have."""

    product: Id
    name: Named


class AssetEntry(Entry):
    """One of a product, at a customer's."""

    asset: Id
    name: Named
    account: Id
    product: Id | None = None


class Term(Entry):
    """From when until when, in the account's zone. Both inclusive; blank is without bound."""

    starts_on: Day | None = None
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Term":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(f"ends_on ({self.ends_on}) is before starts_on ({self.starts_on})")
        return self


class ContractEntry(Term):
    """A service contract; no entitlement under it outlasts it."""

    contract: Id
    name: Named
    account: Id


class Promise(Entry):
    """What an entitlement promises, apart from whom: what a template can give."""

    type: Annotated[str, Field(min_length=1, max_length=120)] | None = Field(
        default=None, description="The type of records that it is for: case, work_order… Blank: any."
    )
    product: Id | None = Field(default=None, description="Only records about this product, or an asset of it.")
    channels: Ids = Field(default=(), description="How one may ask: phone, web… Empty: in any way.")
    business_hours: Annotated[str, Field(min_length=1, max_length=120)] | None = Field(
        default=None, description="When one may ask; copied onto a record that has none. Blank: the installation's."
    )
    process: Name | None = Field(default=None, description="What a record is held to. Blank: eligibility only.")
    per_incident: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = Field(
        default=None, description="For how many records it is good. Blank: for any number."
    )
    on_exhausted: OnExhausted = Field(default="block", description="What becomes of the next record when all are used.")
    description: Annotated[str, Field(max_length=255)] | None = None


class TemplateEntry(Promise):
    """A promise that is made to many."""

    template: Id


class EntitlementEntry(Promise, Term):
    """What is promised to one account. A field that it does not mention is as its template says."""

    entitlement: Id
    account: Id
    template: Id | None = None
    asset: Id | None = Field(default=None, description="Only records about this asset.")
    contract: Id | None = Field(default=None, description="The contract under which it was promised.")
    contacts: Ids = Field(default=(), description="Only records of these contacts. Empty: of any.")

    def of(self, template: TemplateEntry | None) -> "EntitlementEntry":
        """With the template's fields where it has none of its own; a field that is there, even as null, is its own."""
        if template is None:
            return self
        inherited = template.model_dump(include=template.model_fields_set - {"template"} - self.model_fields_set)
        return self.model_copy(update=inherited)

    def under(self, contract: ContractEntry | None) -> "EntitlementEntry":
        """With a term that does not reach beyond the contract's; the two may leave nothing in common."""
        if contract is None:
            return self
        starts = [on for on in (self.starts_on, contract.starts_on) if on is not None]
        ends = [on for on in (self.ends_on, contract.ends_on) if on is not None]
        return self.model_copy(update={"starts_on": max(starts, default=None), "ends_on": min(ends, default=None)})


class Entitlements(Entry):
    """An entitlements file. What it does not mention stays as it is."""

    products: tuple[ProductEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()
    contracts: tuple[ContractEntry, ...] = ()
    entitlement_templates: tuple[TemplateEntry, ...] = ()
    entitlements: tuple[EntitlementEntry, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Entitlements":
        for kind in KINDS:
            seen: dict[str, int] = {}
            for position, entry in enumerate(getattr(self, kind)):
                name = name_of(entry)
                if name in seen:
                    raise ValueError(f"{kind}[{position}]: '{name}' is already {kind}[{seen[name]}]; keep one")
                seen[name] = position
        return self

    def references(self) -> Iterator[tuple[str, str, str]]:
        """What the file takes to exist: the path that says so, the kind of thing, and its name."""
        for kind in KINDS:
            for position, entry in enumerate(getattr(self, kind)):
                for field in _REFERRING:
                    name = getattr(entry, field, None)
                    if name is not None and not _is_name_of(entry, field):
                        yield f"{kind}[{position}].{field}", field, name
                for i, contact in enumerate(getattr(entry, "contacts", ())):
                    yield f"{kind}[{position}].contacts[{i}]", "contact", contact

    def calendars(self) -> Iterator[tuple[str, str]]:
        """Every business hours that the file names, with the path that names them."""
        promises: Mapping[str, tuple[Promise, ...]] = {
            "entitlement_templates": self.entitlement_templates,
            "entitlements": self.entitlements,
        }
        for kind, entries in promises.items():
            for position, entry in enumerate(entries):
                if entry.business_hours is not None:
                    yield f"{kind}[{position}].business_hours", entry.business_hours


_ORDER: Final = (
    "name", "template", "account", "asset", "product", "contract", "contacts", "type", "channels", "starts_on", "ends_on",
    "business_hours", "process", "per_incident", "on_exhausted", "description",
)  # fmt: skip
"""Whom it is for, what it is for, from when until when, and what it gives: as people would write it."""
_REFERRING: Final = ("account", "product", "asset", "contract", "template", "process")
_NAMED_BY: Final[Mapping[type[Entry], str]] = {
    ProductEntry: "product",
    AssetEntry: "asset",
    ContractEntry: "contract",
    TemplateEntry: "template",
    EntitlementEntry: "entitlement",
}


def name_of(entry: Entry) -> str:
    """The id of an entry of any kind: the field that is called like its kind."""
    field = _NAMED_BY.get(type(entry))
    return str(getattr(entry, field)) if field else identity(entry)


def _is_name_of(entry: Entry, field: str) -> bool:
    return _NAMED_BY[type(entry)] == field


def document(file: Entitlements) -> dict[str, Any]:
    """The file as canonical data: lists in the order of `KINDS` sorted by name, each entry's name first, nothing unsaid.

    Two files that say the same, in whatever order, give the same data; read again, it gives the same file.
    """
    data: dict[str, Any] = {}
    for kind in KINDS:
        entries = sorted(getattr(file, kind), key=name_of)
        if entries:
            data[kind] = [as_said(entry) for entry in entries]
    return data


def as_said(entry: Entry) -> dict[str, Any]:
    """An entry as plain data, its name first, without what it leaves unsaid."""
    said = entry.model_dump(mode="json", exclude_unset=True)
    order = dict.fromkeys((_NAMED_BY[type(entry)], *_ORDER))
    return {name: said[name] for name in order if name in said}
