"""Entitlements as they stand, which one each record was held to, and how many of a limited number are used.

The use of an entitlement is written once for each record, while its row is held: those who open records of one account at
the same time take turns, and each chooses knowing what the others have taken. `used` is the number of uses, always.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, RowMapping, Select, and_, bindparam, or_, select, update

from sla.entitlements.choosing import Choice, ProcessBy, Request, choose
from sla.entitlements.model import AssetEntry, EntitlementEntry, Entitlements, ProductEntry, TemplateEntry
from sla.entitlements.standing import Candidate
from store.connection import AnyConnection
from store.engine import Database
from store.entitlement_files import contract_of
from store.setup_tables import (
    assets,
    contracts,
    entitlement_choices,
    entitlement_templates,
    entitlement_uses,
    entitlements,
    products,
)
from store.tables import accounts, process_versions
from store.upsert import add

Entered = Literal["entered", "known", "overtaken"]
"""Whether the choice was written, another stands for the record already, or what it rested on has changed meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChoice:
    """The choice that was made when a record was opened. `rejected`: the reason by entitlement.

    `process_by` is what gave it its process; None if that was not kept.
    """

    record: str
    at: datetime
    chosen: str | None
    why: str
    rejected: Mapping[str, str]
    process_by: ProcessBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUse:
    """A record that an entitlement was good for."""

    entitlement: str
    record: str
    at: datetime


class StoredEntitlements:
    """The entitlements of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(self, *, account: str | None = None, named: str | None = None) -> list[Candidate]:
        """Those of an account, and the one of this name whosever it is; by name."""
        async with self._database.reading() as connection:
            if named is None and (await connection.execute(_ANY, {"account": account})).first() is None:
                return []  # as of most, where nothing is promised: asked at every opening
            return await _candidates(connection, _asked(account, named))

    async def all(self, *, account: str | None = None, process: str | None = None) -> list[Candidate]:
        """All, or those of an account or with a process; by name."""
        wanted = {entitlements.c.account: account, entitlements.c.process: process}
        conditions = [column == value for column, value in wanted.items() if value is not None]
        async with self._database.reading() as connection:
            return await _candidates(connection, and_(True, *conditions))

    async def ending(self, now: datetime, days: int) -> list[Candidate]:
        """Those whose last day is about now or at most so many days ahead: a day more at both ends, since zones differ."""
        first, last = now.date() - timedelta(days=1), _later(now.date(), days + 1)
        async with self._database.reading() as connection:
            return await _candidates(connection, entitlements.c.ends_on.between(first, last))

    async def product_of(self, asset: str) -> str | None:
        """What an asset is one of."""
        async with self._database.reading() as connection:
            product: str | None = await connection.scalar(select(assets.c.product).where(assets.c.id == asset))
        return product

    async def choice_of(self, record: str) -> StoredChoice | None:
        """What was chosen for a record; None if nothing was promised to its account."""
        query = select(entitlement_choices).where(entitlement_choices.c.record == record)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _choice(row)

    async def enter(
        self, record: str, request: Request, choice: Choice, at: datetime, *, process_by: ProcessBy | None = None
    ) -> Entered:
        """Write a choice, and the use of what was chosen, if it would still be made; once for each record.

        Raises as `choose` what has come to be refused meanwhile.
        """
        async with self._database.transaction() as connection:
            held = await _candidates(connection, _asked(request.account, request.entitlement), hold=True)
            if await _chosen(connection, record) is not None:
                return "known"
            if choose(held, request, at).name != choice.name:
                return "overtaken"
            row = {
                "record": record,
                "at": at,
                "chosen": choice.name,
                "why": choice.why,
                "rejected": [{"entitlement": one.entitlement, "reason": one.reason} for one in choice.rejected],
                "process_by": process_by,
            }
            await add(connection, entitlement_choices, [row])
            stands = await _chosen(connection, record)
            if stands is None or stands.chosen != choice.name:  # somebody opened it for another account at the same time
                return "known"
            if choice.name is not None:
                await _use(connection, choice.name, record, at)
            return "entered"

    async def uses(self, entitlement: str) -> list[StoredUse]:
        """The records that it was good for, the earliest first."""
        query = select(entitlement_uses).where(entitlement_uses.c.entitlement == entitlement)
        ordered = query.order_by(entitlement_uses.c.at, entitlement_uses.c.record)
        async with self._database.reading() as connection:
            rows = (await connection.execute(ordered)).mappings().all()
        return [StoredUse(**row) for row in rows]

    async def file(self) -> Entitlements:
        """All of it as one file would say it, for export."""
        async with self._database.reading() as connection:
            templates = await connection.scalars(select(entitlement_templates.c.body))
            promised = await connection.scalars(select(entitlements.c.body))
            return Entitlements(
                products=tuple([_product(row) for row in await _rows(connection, select(products))]),
                assets=tuple([_asset(row) for row in await _rows(connection, select(assets))]),
                contracts=tuple([contract_of(dict(row)) for row in await _rows(connection, select(contracts))]),
                entitlement_templates=tuple(TemplateEntry.model_validate(body) for body in templates),
                entitlements=tuple(EntitlementEntry.model_validate(body) for body in promised),
            )


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))


def _asked(account: str | None, named: str | None) -> ColumnElement[bool]:
    return or_(entitlements.c.account == account if account is not None else False, entitlements.c.id == named)


async def _candidates(connection: AnyConnection, wanted: ColumnElement[bool], *, hold: bool = False) -> list[Candidate]:
    """With `hold`, their rows stay ours until the transaction ends; on SQLite the whole file is."""
    query = _WHOLE.where(wanted)
    rows = await _rows(connection, query.with_for_update(of=entitlements) if hold else query)
    return [_candidate(row) for row in rows]


def _whole() -> Select[*tuple[Any, ...]]:
    """Entitlements with what belongs to them, by name. Made once: to make it takes longer than to run it."""
    in_force = and_(
        process_versions.c.name == entitlements.c.process,
        process_versions.c.is_default,
        process_versions.c.status == "active",
    )
    template = entitlements.c.body["template"].as_string()
    joined = entitlements.join(accounts, accounts.c.id == entitlements.c.account)
    joined = joined.outerjoin(entitlement_templates, entitlement_templates.c.id == template)
    joined = joined.outerjoin(contracts, contracts.c.id == entitlements.c.contract)
    joined = joined.outerjoin(process_versions, in_force)
    columns = (
        entitlements.c.body,
        entitlements.c.used,
        accounts.c.timezone,
        entitlement_templates.c.body.label("template"),
        process_versions.c.body["applies_to"].as_string().label("applies_to"),
        *(column.label(f"contract_{column.name}") for column in contracts.c),
    )
    return select(*columns).select_from(joined).order_by(entitlements.c.id)


_WHOLE = _whole()
_ANY = select(entitlements.c.id).where(entitlements.c.account == bindparam("account")).limit(1)


def _candidate(row: RowMapping) -> Candidate:
    contract = {name.removeprefix("contract_"): value for name, value in row.items() if name.startswith("contract_")}
    template = None if row["template"] is None else TemplateEntry.model_validate(row["template"])
    whole = EntitlementEntry.model_validate(row["body"]).of(template)
    return Candidate(
        entitlement=whole.under(None if contract["id"] is None else contract_of(contract)),
        timezone=row["timezone"],
        used=row["used"],
        applies_to=row["applies_to"],
    )


async def _use(connection: AnyConnection, entitlement: str, record: str, at: datetime) -> None:
    await connection.execute(entitlement_uses.insert().values(entitlement=entitlement, record=record, at=at))
    one_more = {"used": entitlements.c.used + 1}
    await connection.execute(update(entitlements).where(entitlements.c.id == entitlement).values(one_more))


async def _chosen(connection: AnyConnection, record: str) -> StoredChoice | None:
    rows = await _rows(connection, select(entitlement_choices).where(entitlement_choices.c.record == record))
    return _choice(rows[0]) if rows else None


async def _rows(connection: AnyConnection, query: Select[*tuple[Any, ...]]) -> list[RowMapping]:
    return list((await connection.execute(query)).mappings())


def _choice(row: RowMapping) -> StoredChoice:
    rejected: Iterable[Mapping[str, str]] = row["rejected"]
    return StoredChoice(
        record=row["record"],
        at=row["at"],
        chosen=row["chosen"],
        why=row["why"],
        rejected={one["entitlement"]: one["reason"] for one in rejected},
        process_by=row["process_by"],
    )


def _product(row: RowMapping) -> ProductEntry:
    return ProductEntry(product=row["id"], name=row["name"])


def _asset(row: RowMapping) -> AssetEntry:
    said = {"asset": row["id"], "name": row["name"], "account": row["account"], "product": row["product"]}
    return AssetEntry.model_validate({name: value for name, value in said.items() if value is not None})
