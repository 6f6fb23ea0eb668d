"""What the Desk answers about entitlements, without opening anything."""

import pytest

from sla.entitlements.choosing import Request
from sla.entitlements.model import document
from sla.setup_errors import EntitlementExhausted, UnknownEntitlement
from store.engine import Database
from store.entitlements import StoredEntitlements
from tests.starter.setup.promised import Installation, an_installation
from tests.store.builders import at
from tests.store.promises import apply, with_examples


@pytest.fixture
async def here(database: Database) -> Installation:
    return an_installation(await with_examples(database))


async def test_they_are_listed_by_what_they_are(here: Installation, database: Database) -> None:
    await apply(database, {"entitlements": [{"entitlement": "gone", "account": "helios", "ends_on": "2026-03-01"}]})
    desk = here.desk.entitlements
    assert len(await desk.list()) == 7
    assert [one.entitlement for one in await desk.list(account="helios", status="expired")] == ["gone"]
    assert [one.entitlement for one in await desk.list(process="Premium Support SLA")] == ["helios-hall-7", "helios-premium"]
    assert len(await desk.list(limit=2)) == 2


async def test_one_is_shown_with_what_it_has_from_elsewhere(here: Installation) -> None:
    found = await here.desk.entitlements.get("larkspur-ten")
    assert (found.process, found.template, found.status) == ("Standard Support SLA", "ten-incidents", "active")
    assert (found.per_incident, found.used, found.remaining) == (10, 0, 10)
    assert str((await here.desk.entitlements.get("helios-premium")).ends_on) == "2028-12-31", "its contract's"
    assert (await here.desk.entitlements.get("helios-premium")).remaining is None


@pytest.mark.parametrize("verb", ["get", "uses"])
async def test_an_unknown_one_is_refused(here: Installation, verb: str) -> None:
    with pytest.raises(UnknownEntitlement, match="milepost entitlement list"):
        await getattr(here.desk.entitlements, verb)("gold")


async def test_choosing_beforehand_says_the_same_and_uses_nothing(here: Installation) -> None:
    for _ in range(3):
        found = await here.desk.entitlements.choose(Request(account="larkspur", contact="nora"))
        assert (found.chosen, found.process) == ("larkspur-ten", "Standard Support SLA")
    assert (await here.desk.entitlements.get("larkspur-ten")).used == 0
    await here.desk.open(record="C-1", fields={"account": "larkspur", "contact": "nora"})
    assert (await here.desk.entitlements.uses("larkspur-ten"))[0].record == "C-1"


async def test_choosing_beforehand_can_be_asked_as_of_another_time(here: Installation) -> None:
    then = at("09:00").replace(year=2030)
    found = await here.desk.entitlements.choose(Request(account="helios"), at=then)
    assert (found.chosen, found.at) == (None, then)
    assert found.rejected[1].reason == "it expired: its last day was 2028-12-31"


async def test_choosing_beforehand_knows_the_product_of_an_asset(here: Installation) -> None:
    found = await here.desk.entitlements.choose(Request(account="juniper", asset="juniper-tracker-1"))
    assert found.chosen == "juniper-tracker"


async def test_a_named_one_that_is_used_up_is_refused_beforehand_too(here: Installation, database: Database) -> None:
    await apply(database, {"entitlements": [{"entitlement": "one", "account": "helios", "per_incident": 1}]})
    asked = Request(account="helios", entitlement="one")
    await here.desk.open(record="C-1", process="Standard Support SLA", fields={"account": "helios", "entitlement": "one"})
    with pytest.raises(EntitlementExhausted):
        await here.desk.entitlements.choose(asked)


async def test_whether_a_customer_may_call_now_and_until_when(here: Installation) -> None:
    desk = here.desk.entitlements
    advice = Request(account="larkspur", entitlement="larkspur-advice", channel="phone")
    early = await desk.eligible(advice)  # 4 in the morning in New York
    assert (early.may, early.again_at) == (False, at("13:30"))
    late = await desk.eligible(advice, at=at("20:00"))
    assert (late.may, late.until) == (True, at("22:30"))
    wide = await desk.eligible(Request(account="larkspur", channel="phone"))
    assert (wide.may, wide.entitlement) == (True, "larkspur-ten"), "which has no hours of its own"


async def test_what_ends_soon_is_listed_with_whom_to_speak_about_it(here: Installation, database: Database) -> None:
    soon = {"entitlement": "soon", "account": "larkspur", "ends_on": "2026-03-12", "process": "Standard Support SLA"}
    await apply(database, {"entitlements": [soon]})
    (found,) = await here.desk.entitlements.expiring(30)
    assert (found.entitlement, found.days_left, found.account_manager) == ("soon", 10, "iris")
    assert await here.desk.entitlements.expiring(9) == []


async def test_what_is_dumped_can_be_applied_again_and_changes_nothing(here: Installation, database: Database) -> None:
    stored = StoredEntitlements(database)
    data = document(await stored.file())
    counts = await apply(database, data)
    assert (counts.created, counts.changed) == (0, 0)
    assert document(await stored.file()) == data
