"""The writing side of entitlements: what a file says, put into its tables.

How many records an entitlement was good for is no file's business: `used` is left alone, also when everything else changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Table, func, select, update

from sla.entitlements.model import (
    AssetEntry,
    ContractEntry,
    EntitlementEntry,
    Entitlements,
    ProductEntry,
    TemplateEntry,
    as_said,
)
from sla.errors import UnknownCalendar, UnknownPerson
from sla.setup_errors import EntitlementOfTwoTypes, NotDefined, OfAnotherAccount
from store.people import Counts
from store.publication import Publication
from store.setup_tables import assets, contracts, entitlement_templates, entitlements, products
from store.tables import accounts, calendar_versions, contacts, process_versions

Facts = Mapping[str, Any]
_KINDS: Final[Mapping[str, Table]] = {
    "product": products,
    "asset": assets,
    "contract": contracts,
    "template": entitlement_templates,
    "account": accounts,
    "contact": contacts,
}


class StoredEntitlementFiles:
    """Writes entitlements within a publication, whose transaction and actor it shares."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._connection = publication.connection

    async def put(self, file: Entitlements, where: str) -> Counts:
        """Make the tables hold what the file says; what it does not mention stays.

        Raises UnknownPerson, UnknownCalendar or NotDefined for a reference to nothing, OfAnotherAccount for one to another
        customer's, and EntitlementOfTwoTypes. The calendars and processes that it names must be active by now.
        """
        await self._check(file, where)
        counts = await self._put(products, "product", [product_row(one) for one in file.products])
        counts += await self._put(assets, "asset", [asset_row(one) for one in file.assets])
        counts += await self._put(contracts, "contract", [contract_row(one) for one in file.contracts])
        templates = [template_row(one) for one in file.entitlement_templates]
        counts += await self._put(entitlement_templates, "entitlement_template", templates)
        return counts + await self._put_entitlements(file, where)

    async def _put_entitlements(self, file: Entitlements, where: str) -> Counts:
        """Those of the file; and of the others those whose template or contract it mentions are derived anew."""
        told = {one.entitlement: one for one in file.entitlements}
        kept = await self._connection.scalars(select(entitlements.c.body))
        others = [one for one in map(EntitlementEntry.model_validate, kept) if one.entitlement not in told]
        touched_templates = {one.template for one in file.entitlement_templates}
        touched_contracts = {one.contract for one in file.contracts}
        touched = [one for one in others if one.template in touched_templates or one.contract in touched_contracts]
        templates, terms = await self._templates(), await self._contracts()
        derived = {
            one.entitlement: entitlement_row(one, templates.get(one.template or ""), terms.get(one.contract or ""))
            for one in (*file.entitlements, *touched)
        }
        await self._check_types(file, touched, templates, where)
        await self._put(entitlements, "entitlement", [derived[one.entitlement] for one in touched])
        return await self._put(entitlements, "entitlement", [derived[name] for name in told], used=0)

    async def _put(self, table: Table, kind: str, rows: Sequence[Facts], **at_first: Any) -> Counts:
        """Add or change rows."""
        stored = (await self._connection.execute(select(table))).mappings() if rows else ()
        there = {row["id"]: dict(row) for row in stored}
        new = [row for row in rows if row["id"] not in there]
        changed = [row for row in rows if row["id"] in there and any(there[row["id"]][k] != v for k, v in row.items())]
        if new:
            await self._connection.execute(table.insert(), [{**row, **at_first} for row in new])
        if changed:
            await self._hold(table)
        for row in changed:
            await self._connection.execute(update(table).where(table.c.id == row["id"]).values(dict(row)))
        for row in (*new, *changed):
            before, now = there.get(row["id"]), _facts(row)
            if before is None or _facts(before) != now:  # else only what follows from a template or contract
                told = None if before is None else _facts(before)
                self._publication.note("catalogue.apply", f"{kind}/{row['id']}", before=told, after=now)
        return Counts(created=len(new), changed=len(changed), unchanged=len(rows) - len(new) - len(changed))

    async def _hold(self, table: Table) -> None:
        """Take all rows in the order of their ids, as openings take theirs: so nobody waits for anybody in a ring.

        A publication may write to a table more than once, each time other rows; once it has all, the order is free.
        """
        await self._connection.execute(select(table.c.id).order_by(table.c.id).with_for_update(key_share=True))

    # ------------------------------------------------------------------ what a file takes to exist

    async def _check(self, file: Entitlements, where: str) -> None:
        known = {kind: set(await self._connection.scalars(select(table.c.id))) for kind, table in _KINDS.items()}
        known["product"] |= {one.product for one in file.products}
        known["asset"] |= {one.asset for one in file.assets}
        known["contract"] |= {one.contract for one in file.contracts}
        known["template"] |= {one.template for one in file.entitlement_templates}
        known["process"] = set(await self._processes())
        for path, kind, name in file.references():
            if name not in known[kind]:
                if kind in ("account", "contact"):
                    raise UnknownPerson(where=f"{where}: {path}", what=f"the {kind}", name=name)
                raise NotDefined(where=f"{where}: {path}", kind=f"active {kind}" if kind == "process" else kind, name=name)
        active = select(calendar_versions.c.name).where(calendar_versions.c.status == "active").distinct()
        calendars = set(await self._connection.scalars(active))
        for path, calendar in file.calendars():
            if calendar not in calendars:
                listed = ", ".join(sorted(calendars)) or "none"
                raise UnknownCalendar(where=f"{where}: {path}", calendar=calendar, known=listed)
        await self._check_accounts(file, where)

    async def _check_accounts(self, file: Entitlements, where: str) -> None:
        of_asset = await self._accounts_of(assets) | {one.asset: one.account for one in file.assets}
        of_contract = await self._accounts_of(contracts) | {one.contract: one.account for one in file.contracts}
        of_contact = await self._accounts_of(contacts)
        for position, one in enumerate(file.entitlements):
            named = [("asset", one.asset, of_asset.get(one.asset or ""))]
            named += [("contract", one.contract, of_contract.get(one.contract or ""))]
            named += [("contact", contact, of_contact.get(contact)) for contact in one.contacts]
            for kind, name, account in named:
                if name is not None and account != one.account:
                    theirs = "no account" if account is None else f"'{account}'"
                    place = f"{where}: entitlements[{position}]"
                    raise OfAnotherAccount(where=place, kind=kind, name=name, theirs=theirs, account=one.account)

    async def _check_types(
        self,
        file: Entitlements,
        touched: Iterable[EntitlementEntry],
        templates: Mapping[str, TemplateEntry],
        where: str,
    ) -> None:
        """A record is of one type: the entitlement's and its process's must be the same."""
        applies_to = await self._processes()
        for one in (*file.entitlements, *touched):
            whole = one.of(templates.get(one.template or ""))
            found = applies_to.get(whole.process or "")
            if whole.type is not None and found is not None and whole.type != found:
                place = f"{where}: entitlement '{one.entitlement}'"
                raise EntitlementOfTwoTypes(where=place, promised=whole.type, process=whole.process, found=found)

    async def _accounts_of(self, table: Table) -> dict[str, str]:
        rows = await self._connection.execute(select(table.c.id, table.c.account).where(table.c.account.is_not(None)))
        return {row.id: row.account for row in rows}

    async def _processes(self) -> dict[str, str]:
        """The types of records that the processes in force are for."""
        applies_to = func.coalesce(process_versions.c.body["applies_to"].as_string(), "case").label("applies_to")
        in_force = process_versions.c.is_default, process_versions.c.status == "active"
        rows = await self._connection.execute(select(process_versions.c.name, applies_to).where(*in_force))
        return {row.name: row.applies_to for row in rows}

    async def _templates(self) -> dict[str, TemplateEntry]:
        bodies = await self._connection.scalars(select(entitlement_templates.c.body))
        return {one.template: one for one in map(TemplateEntry.model_validate, bodies)}

    async def _contracts(self) -> dict[str, ContractEntry]:
        rows = (await self._connection.execute(select(contracts))).mappings()
        return {row["id"]: contract_of(dict(row)) for row in rows}


def product_row(one: ProductEntry) -> Facts:
    """A row of `products`."""
    return {"id": one.product, "name": one.name}


def asset_row(one: AssetEntry) -> Facts:
    """A row of `assets`."""
    return {"id": one.asset, "name": one.name, "account": one.account, "product": one.product}


def contract_row(one: ContractEntry) -> Facts:
    """A row of `contracts`."""
    return {
        "id": one.contract,
        "name": one.name,
        "account": one.account,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
    }


def contract_of(row: Mapping[str, Any]) -> ContractEntry:
    """A contract as its row says."""
    return ContractEntry(**{"contract": row["id"], **{name: row[name] for name in _CONTRACT if row[name] is not None}})


_CONTRACT: Final = ("name", "account", "starts_on", "ends_on")


def template_row(one: TemplateEntry) -> Facts:
    """A row of `entitlement_templates`."""
    return {"id": one.template, "body": as_said(one)}


def entitlement_row(one: EntitlementEntry, template: TemplateEntry | None, contract: ContractEntry | None) -> Facts:
    """A row of `entitlements`: `body` is what the file says, the columns what that comes to with template and contract."""
    whole = one.of(template).under(contract)
    return {
        "id": one.entitlement,
        "account": one.account,
        "asset": one.asset,
        "product": whole.product,
        "contract": one.contract,
        "contacts": list(one.contacts),
        "process": whole.process,
        "ends_on": whole.ends_on,
        "per_incident": whole.per_incident,
        "body": as_said(one),
    }


def _facts(row: Mapping[str, Any]) -> Facts:
    """What the audit log says of a row."""
    if "body" in row:
        return dict(row["body"])
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items() if k != "id" and v is not None}
