"""Opening a record: what it is promised decides under which process and by which hours, or whether at all."""

from typing import Any

import pytest

from sla.errors import MilepostError, ProcessNotNamed, RefusedEvent, UnknownProcess
from sla.events import Opened
from sla.setup_errors import EntitlementExhausted, EntitlementType, NotEntitled, UnknownEntitlement
from store.engine import Database
from store.records import Records
from tests.starter.setup.promised import Installation, an_installation
from tests.store.promises import apply, with_examples


@pytest.fixture
async def here(database: Database) -> Installation:
    return an_installation(await with_examples(database))


async def fields_of(database: Database, record: str) -> dict[str, Any]:
    (event,) = await Records(database).log(record)
    assert isinstance(event, Opened)
    return dict(event.fields)


async def test_a_record_follows_the_process_of_its_entitlement(here: Installation, database: Database) -> None:
    await here.desk.open(record="C-1", fields={"account": "helios", "contact": "lee"})
    assert [ref.process for ref in here.refs] == ["Premium Support SLA"]
    assert await fields_of(database, "C-1") == {
        "type": "case",
        "account": "helios",
        "contact": "lee",
        "entitlement": "helios-premium",
    }
    assert (await Records(database).get("C-1")).entitlement == "helios-premium"


async def test_the_narrowest_promise_gives_its_business_hours(here: Installation, database: Database) -> None:
    about = {"account": "helios", "contact": "kim", "asset": "helios-inverter-7"}
    await here.desk.open(record="C-1", fields=about)
    assert (await fields_of(database, "C-1"))["business_hours"] == "around-the-clock"
    found = (await here.desk.show("C-1")).entitlement
    assert found is not None
    assert (found.chosen, found.process) == ("helios-hall-7", "Premium Support SLA")
    assert [one.entitlement for one in found.rejected] == ["helios-premium"]


async def test_a_record_keeps_its_own_business_hours(here: Installation, database: Database) -> None:
    about = {"account": "juniper", "business_hours": "new-york-office"}
    await here.desk.open(record="C-1", fields=about)
    assert (await fields_of(database, "C-1"))["business_hours"] == "new-york-office"


async def test_a_record_about_an_asset_is_about_its_product(here: Installation, database: Database) -> None:
    await here.desk.open(record="C-1", fields={"account": "juniper", "asset": "juniper-tracker-1", "channel": "web"})
    assert (await fields_of(database, "C-1"))["entitlement"] == "juniper-tracker"


async def test_a_process_that_is_named_counts_and_the_entitlement_is_used_all_the_same(
    here: Installation, database: Database
) -> None:
    await here.desk.open(record="C-1", process="Premium Support SLA", fields={"account": "larkspur"})
    assert [ref.process for ref in here.refs] == ["Premium Support SLA"]
    assert (await fields_of(database, "C-1"))["entitlement"] == "larkspur-ten"
    assert [use.record for use in await here.desk.entitlements.uses("larkspur-ten")] == ["C-1"]


async def test_opening_twice_is_one_case_and_one_incident(here: Installation) -> None:
    for _ in range(2):
        await here.desk.open(record="C-1", fields={"account": "larkspur"})
    assert len(here.begun.cases) == 1
    assert (await here.desk.entitlements.get("larkspur-ten")).used == 1


async def test_what_was_promised_when_it_was_opened_counts(here: Installation, database: Database) -> None:
    await apply(database, {"entitlements": [{"entitlement": "old", "account": "larkspur", "ends_on": "2026-02-28"}]})
    fields = {"account": "larkspur", "opened_at": "2026-02-28T23:00:00-05:00"}  # the last hour of the month there
    await here.desk.open(record="C-1", process="Standard Support SLA", fields=fields)
    assert (await fields_of(database, "C-1"))["entitlement"] == "old"


async def test_an_empty_date_of_another_system_is_refused_by_the_law_and_uses_nothing(here: Installation) -> None:
    with pytest.raises(RefusedEvent, match="outside the years 1900 to 2199"):
        await here.desk.open(record="C-1", fields={"account": "larkspur", "opened_at": "0001-01-01T00:00:00Z"})
    assert (await here.desk.entitlements.get("larkspur-ten")).used == 0


# ---------------------------------------------------------------------- nothing is promised


@pytest.mark.parametrize("fields", [{}, {"account": "nobody"}, {"account": 7}, {"contact": "kim"}])
async def test_without_promises_all_is_as_ever(here: Installation, database: Database, fields: dict[str, Any]) -> None:
    with pytest.raises(ProcessNotNamed):
        await here.desk.open(record="C-1", fields=fields)
    await here.desk.open(record="C-1", process="Standard Support SLA", fields=fields)
    assert "entitlement" not in await fields_of(database, "C-1")
    assert (await here.desk.show("C-1")).entitlement is None


async def test_an_unknown_process_is_refused_before_anything_is_used(here: Installation) -> None:
    with pytest.raises(UnknownProcess):
        await here.desk.open(record="C-1", process="Gold", fields={"account": "larkspur"})
    assert (await here.desk.entitlements.get("larkspur-ten")).used == 0


# ---------------------------------------------------------------------- nothing fits


EXPIRED = {"entitlement": "gone", "account": "larkspur", "ends_on": "2026-03-01", "process": "Standard Support SLA"}


async def only(database: Database, *promises: dict[str, Any]) -> Installation:
    """An installation in which nothing else is promised."""
    await with_examples(database, entitlements=False)
    await apply(database, {"entitlements": list(promises)})
    return an_installation(database)


async def test_a_customer_whose_promises_have_all_ended_is_refused_with_the_way_out(database: Database) -> None:
    here = await only(database, EXPIRED)
    with pytest.raises(NotEntitled, match=r"'gone': it expired: its last day was 2026-03-01\). Renew"):
        await here.desk.open(record="C-1", fields={"account": "larkspur"})
    assert here.begun.cases == []


async def test_whoever_names_a_process_may_help_all_the_same_and_it_is_known_why(database: Database) -> None:
    here = await only(database, EXPIRED)
    await here.desk.open(record="C-1", process="Standard Support SLA", fields={"account": "larkspur"})
    found = (await here.desk.show("C-1")).entitlement
    assert found is not None
    assert (found.chosen, found.why) == (None, "the only one does not fit")
    assert found.rejected[0].reason == "it expired: its last day was 2026-03-01"


@pytest.mark.parametrize("process", [None, "Standard Support SLA"])
async def test_what_is_used_up_and_blocks_is_refused_whatever_is_named(database: Database, process: str | None) -> None:
    one = {"entitlement": "one", "account": "larkspur", "per_incident": 1, "process": "Standard Support SLA"}
    here = await only(database, one)
    await here.desk.open(record="C-1", process=process, fields={"account": "larkspur"})
    with pytest.raises(EntitlementExhausted, match="Raise its per_incident"):
        await here.desk.open(record="C-2", process=process, fields={"account": "larkspur"})


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"account": "helios", "entitlement": "unheard-of"}, UnknownEntitlement),
        ({"entitlement": "unheard-of"}, UnknownEntitlement),
        ({"account": "helios", "entitlement": "larkspur-ten"}, NotEntitled),
        ({"account": "helios", "entitlement": "helios-premium", "type": "work_order"}, EntitlementType),
        ({"account": "helios", "type": "work_order"}, NotEntitled),
    ],
)
async def test_what_a_record_names_must_be_its_own(
    here: Installation, fields: dict[str, Any], error: type[MilepostError]
) -> None:
    with pytest.raises(error):
        await here.desk.open(record="C-1", fields=fields)
    assert here.begun.cases == []


async def test_the_entitlement_that_a_record_names_is_taken(here: Installation, database: Database) -> None:
    about = {"account": "helios", "contact": "kim", "asset": "helios-inverter-7", "entitlement": "helios-premium"}
    await here.desk.open(record="C-1", fields=about)
    assert (await Records(database).get("C-1")).entitlement == "helios-premium"


async def test_a_record_without_a_type_may_not_turn_out_to_be_of_another_than_was_promised(database: Database) -> None:
    here = await only(database, {"entitlement": "visits", "account": "larkspur", "type": "work_order"})
    with pytest.raises(NotEntitled, match="'visits': it is for 'work_order', the record is of type 'case'"):
        await here.desk.open(record="C-1", fields={"account": "larkspur", "type": "case"})
    with pytest.raises(EntitlementType, match="for 'work_order', but the record is of type 'case'"):
        await here.desk.open(
            record="C-1", process="Standard Support SLA", fields={"account": "larkspur", "entitlement": "visits"}
        )


# ---------------------------------------------------------------------- a whole history at once


def a_history(**fields: Any) -> list[dict[str, Any]]:
    return [
        {"record": "C-1", "id": "e1", "type": "opened", "at": "2026-03-02T08:00:00Z", "fields": fields},
        {"record": "C-1", "id": "e2", "type": "noted", "at": "2026-03-02T08:30:00Z", "kind": "response.sent"},
    ]


async def test_a_record_taken_over_is_held_to_what_its_account_is_promised(here: Installation) -> None:
    assert await here.desk.take_over(a_history(account="larkspur")) == []
    (case,) = here.begun.cases
    opened = case.log[0]
    assert isinstance(opened, Opened)
    assert (case.ref.process, opened.fields["entitlement"], len(case.log)) == ("Standard Support SLA", "larkspur-ten", 2)
    assert await here.desk.take_over(a_history(account="larkspur")) == []
    assert (await here.desk.entitlements.get("larkspur-ten")).used == 1


async def test_a_history_whose_opening_is_refused_uses_nothing(here: Installation) -> None:
    history = a_history(account="larkspur", type="work_order", entitlement="larkspur-advice")
    refused = await here.desk.take_over(history, process="Standard Support SLA")
    assert [type(one) for one in refused] == [RefusedEvent, RefusedEvent]
    assert here.begun.cases == []
    assert (await here.desk.entitlements.get("larkspur-advice")).used == 0
