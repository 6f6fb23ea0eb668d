"""What is promised: how a file comes into the store and out of it again, and what it takes to exist."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from sla.entitlements.model import document
from sla.errors import MilepostError, UnknownCalendar, UnknownPerson
from sla.setup_errors import EntitlementOfTwoTypes, NotDefined, OfAnotherAccount
from store.engine import Database
from store.entitlements import StoredEntitlements
from store.people import Counts
from store.setup_tables import audit_log, entitlements
from tests.store.builders import at
from tests.store.promises import GRACE, apply, enter, the_file, with_examples


def a_promise(name: str = "more", account: str = "helios", **more: Any) -> dict[str, Any]:
    return {"entitlements": [{"entitlement": name, "account": account, **more}]}


async def column(database: Database, name: str, of: str) -> Any:
    async with database.reading() as connection:
        return await connection.scalar(select(entitlements.c[name]).where(entitlements.c.id == of))


async def told(database: Database) -> list[tuple[str, str, Any, Any]]:
    """What the audit log has about entitlements."""
    kinds = ("product/", "asset/", "contract/", "entitlement")
    query = select(audit_log).order_by(audit_log.c.number)
    async with database.reading() as connection:
        rows = (await connection.execute(query)).mappings().all()
    return [(row["who"], row["subject"], row["before"], row["after"]) for row in rows if row["subject"].startswith(kinds)]


class TestApply:
    async def test_the_example_is_applied_once_and_then_known(self, database: Database) -> None:
        await with_examples(database, entitlements=False)
        assert await apply(database, the_file()) == Counts(created=16)
        lines = len(await told(database))
        assert await apply(database, the_file()) == Counts(unchanged=16)
        assert len(await told(database)) == lines == 16

    async def test_what_comes_out_is_what_went_in(self, database: Database) -> None:
        await with_examples(database)
        file = await StoredEntitlements(database).file()
        assert document(file) == document(the_file())
        assert await apply(database, file) == Counts(unchanged=16)

    async def test_each_change_is_in_the_audit_log_with_what_was_before(self, database: Database) -> None:
        await with_examples(database)
        before = len(await told(database))
        await apply(database, a_promise("helios-premium", contract="helios-2026", channels=["web"]))
        [(who, subject, was, now)] = (await told(database))[before:]
        assert (who, subject) == (GRACE.name, "entitlement/helios-premium")
        assert (was["template"], now.get("template"), now["channels"]) == ("premium", None, ["web"])

    async def test_an_apply_that_is_refused_leaves_nothing(self, database: Database) -> None:
        await with_examples(database, entitlements=False)
        with pytest.raises(NotDefined):
            await apply(database, the_file().model_copy(update={"contracts": ()}))
        assert await told(database) == []
        assert await StoredEntitlements(database).all() == []

    async def test_what_a_template_gives_is_derived_anew_when_it_changes(self, database: Database) -> None:
        await with_examples(database)
        lines = len(await told(database))
        changed = {"template": "ten-incidents", "process": "Premium Support SLA", "per_incident": 12}
        await apply(database, {"entitlement_templates": [changed]})
        assert await column(database, "process", "larkspur-ten") == "Premium Support SLA"
        assert await column(database, "per_incident", "larkspur-ten") == 12
        assert [subject for _, subject, _, _ in (await told(database))[lines:]] == ["entitlement_template/ten-incidents"]

    async def test_nothing_outlasts_its_contract_also_when_that_is_cut_short(self, database: Database) -> None:
        await with_examples(database)
        assert await column(database, "ends_on", "helios-premium") == date(2028, 12, 31)
        shorter = {"contract": "helios-2026", "name": "Cut short", "account": "helios", "ends_on": "2026-06-30"}
        await apply(database, {"contracts": [shorter]})
        assert await column(database, "ends_on", "helios-premium") == date(2026, 6, 30)
        [one] = await StoredEntitlements(database).candidates(named="helios-premium")
        assert one.entitlement.ends_on == date(2026, 6, 30)

    async def test_how_many_are_used_is_no_files_business(self, database: Database) -> None:
        await with_examples(database)
        assert await enter(database, "C-1", account="larkspur", contact="nora") == "entered"
        ten = a_promise("larkspur-ten", "larkspur", process="Standard Support SLA", per_incident=3)
        assert await apply(database, ten) == Counts(changed=1)
        assert await column(database, "used", "larkspur-ten") == 1


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (a_promise(account="nobody"), UnknownPerson, "entitlements[0].account names the account 'nobody'"),
        (a_promise(contacts=["zoe"]), UnknownPerson, "entitlements[0].contacts[0] names the contact 'zoe'"),
        (a_promise(asset="x"), NotDefined, "entitlements[0].asset names the asset 'x'"),
        (a_promise(product="x"), NotDefined, "entitlements[0].product names the product 'x'"),
        (a_promise(contract="x"), NotDefined, "entitlements[0].contract names the contract 'x'"),
        (a_promise(template="x"), NotDefined, "entitlements[0].template names the template 'x'"),
        (a_promise(process="Gold"), NotDefined, "entitlements[0].process names the active process 'Gold'"),
        (
            a_promise(business_hours="moon"),
            UnknownCalendar,
            "entitlements[0].business_hours names the business hours 'moon'",
        ),
        (a_promise(asset="juniper-tracker-1"), OfAnotherAccount, "is of 'juniper', but this is of 'helios'"),
        (a_promise(contract="juniper-care"), OfAnotherAccount, "is of 'juniper', but this is of 'helios'"),
        (a_promise(contacts=["nora"]), OfAnotherAccount, "the contact 'nora', which is of 'larkspur'"),
        (
            a_promise(type="work_order", process="Premium Support SLA"),
            EntitlementOfTwoTypes,
            "the entitlement is for 'work_order', but its process 'Premium Support SLA' for 'case'",
        ),
        (
            {"entitlement_templates": [{"template": "premium", "type": "work_order", "process": "Premium Support SLA"}]},
            EntitlementOfTwoTypes,
            "entitlement 'helios-premium': the entitlement is for 'work_order'",
        ),
        ({"assets": [{"asset": "a", "name": "A", "account": "helios", "product": "x"}]}, NotDefined, "the product 'x'"),
    ],
)
async def test_what_refers_to_nothing_or_to_somebody_elses_is_refused(
    database: Database, wrong: dict[str, Any], error: type[MilepostError], said: str
) -> None:
    await with_examples(database)
    with pytest.raises(error, match=re.escape(said)):
        await apply(database, wrong)


class TestReading:
    async def test_a_candidate_is_whole(self, database: Database) -> None:
        await with_examples(database)
        found = {one.name: one for one in await StoredEntitlements(database).candidates(account="juniper")}
        tracker = found["juniper-tracker"]
        assert list(found) == ["juniper-office", "juniper-tracker"]
        assert (tracker.entitlement.process, tracker.entitlement.channels) == ("Business Hours Support SLA", ("web",))
        assert (tracker.timezone, tracker.applies_to, tracker.entitlement.starts_on) == (
            "Europe/London",
            "case",
            date(2025, 7, 1),
        )

    async def test_they_are_found_by_account_by_name_and_by_process(self, database: Database) -> None:
        await with_examples(database)
        stored = StoredEntitlements(database)
        named = await stored.candidates(account="larkspur", named="helios-premium")
        assert [one.name for one in named] == ["helios-premium", "larkspur-advice", "larkspur-ten"]
        by_process = await stored.all(process="Premium Support SLA")
        assert [one.name for one in by_process] == ["helios-hall-7", "helios-premium"]
        assert len(await stored.all()) == 6
        assert await stored.candidates() == []

    async def test_what_ends_soon_is_found_with_a_day_to_spare(self, database: Database) -> None:
        await with_examples(database)
        await apply(database, a_promise("soon", ends_on="2026-03-10"))
        stored = StoredEntitlements(database)
        assert [one.name for one in await stored.ending(at("09:00"), 7)] == ["soon"]
        assert await stored.ending(at("09:00"), 6) == []
        assert len(await stored.ending(at("09:00"), 100_000_000)) == 5

    async def test_an_asset_is_one_of_a_product(self, database: Database) -> None:
        await with_examples(database)
        stored = StoredEntitlements(database)
        assert await stored.product_of("helios-inverter-7") == "inverter"
        assert await stored.product_of("x") is None
