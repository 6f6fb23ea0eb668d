"""Each opening uses one incident, once: never more than were promised, and never fewer, whoever opens what when."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import func, select

from sla.entitlements.choosing import Request, choose
from sla.entitlements.model import Entitlements
from sla.events import AnyEvent, Opened
from sla.messages import ProcessRef
from sla.setup_errors import EntitlementExhausted
from starter.placing import Place, Placing
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.entitlement_files import StoredEntitlementFiles
from store.entitlements import StoredEntitlements
from store.setup_tables import entitlement_choices, entitlement_uses, entitlements
from tests.store.promises import GRACE, NOW, apply, enter, with_examples

OPENINGS = 50


def a_promise(name: str, **more: Any) -> dict[str, Any]:
    return {"entitlement": name, "account": "larkspur", "process": "Standard Support SLA", **more}


async def with_promises(database: Database, *promises: dict[str, Any]) -> None:
    """Larkspur is promised these, and nothing else."""
    await with_examples(database, entitlements=False)
    await apply(database, {"entitlements": list(promises)})


def opening(database: Database, record: str, **fields: Any) -> Awaitable[Place]:
    """Open a record of Larkspur, as the Desk does, up to where the case would begin."""
    placing = Placing(Catalogue(database), StoredDefinitions(database), StoredEntitlements(database))
    event = Opened(record=record, id="opened", at=NOW, recorded_at=NOW, fields={"account": "larkspur", **fields})

    async def nothing_against_it(event: AnyEvent, ref: ProcessRef) -> None:
        await asyncio.sleep(0)

    return placing.place(event, None, nothing_against_it)


async def counted(database: Database) -> dict[str, tuple[int, int]]:
    """Of each entitlement how many are used: as it says itself, and as its uses say."""
    uses = select(func.count()).where(entitlement_uses.c.entitlement == entitlements.c.id).scalar_subquery().label("uses")
    async with database.reading() as connection:
        rows = await connection.execute(select(entitlements.c.id, entitlements.c.used, uses))
        return {row.id: (row.used, row.uses) for row in rows}


async def all_at_once(database: Database, another: Database) -> Counter[str]:
    """Fifty records are opened at once, from two processes; how often each entitlement was chosen, and how many refused."""
    openings = [opening((database, another)[number % 2], f"C-{number:02}") for number in range(OPENINGS)]
    answers = await asyncio.gather(*openings, return_exceptions=True)
    found: Counter[str] = Counter()
    for answer in answers:
        if isinstance(answer, Place):
            found[str(answer.event.fields["entitlement"])] += 1
        else:
            assert isinstance(answer, EntitlementExhausted), answer
            found["refused"] += 1
    return found


async def test_of_fifty_openings_at_once_as_many_succeed_as_were_promised(database: Database, another: Database) -> None:
    await with_promises(database, a_promise("twenty", per_incident=20))
    assert await all_at_once(database, another) == {"twenty": 20, "refused": 30}
    assert await counted(database) == {"twenty": (20, 20)}


async def test_what_one_lacks_the_next_best_gives(database: Database, another: Database) -> None:
    ten = a_promise("ten", per_incident=10, ends_on="2026-06-30")
    fifteen = a_promise("fifteen", per_incident=15, ends_on="2026-12-31")
    await with_promises(database, ten, fifteen, a_promise("any"))
    assert await all_at_once(database, another) == {"ten": 10, "fifteen": 15, "any": 25}
    assert await counted(database) == {"ten": (10, 10), "fifteen": (15, 15), "any": (25, 25)}


async def test_beyond_what_was_promised_is_counted_too_where_it_may_be(database: Database, another: Database) -> None:
    await with_promises(database, a_promise("ten", per_incident=10, on_exhausted="warn"))
    assert await all_at_once(database, another) == {"ten": OPENINGS}
    assert await counted(database) == {"ten": (OPENINGS, OPENINGS)}


async def test_whoever_applies_meanwhile_loses_no_use(database: Database, another: Database) -> None:
    await with_promises(database, a_promise("forty", per_incident=40))

    async def apply_again_and_again() -> None:
        for number in range(10):
            await apply(another, {"entitlements": [a_promise("forty", per_incident=40, description=f"{number}. edition")]})

    found, _ = await asyncio.gather(all_at_once(database, another), apply_again_and_again())
    assert found == {"forty": 40, "refused": 10}
    assert await counted(database) == {"forty": (40, 40)}


@pytest.mark.parametrize(
    "files",
    [
        [{"entitlements": [a_promise(name, per_incident=7)]} for name in ("z", "a")],
        [
            {
                "entitlement_templates": [{"template": "gold", "per_incident": 7}],
                "entitlements": [a_promise("a", per_incident=7)],
            }
        ],
    ],
    ids=["in two files", "by its template"],
)
async def test_whoever_applies_and_whoever_opens_never_wait_for_each_other_in_a_ring(
    database: Database, another: Database, files: list[dict[str, Any]]
) -> None:
    await with_promises(database, a_promise("a"))
    gold = {"template": "gold", "process": "Standard Support SLA"}
    of_gold = {"entitlement": "z", "account": "larkspur", "template": "gold"}
    await apply(database, {"entitlement_templates": [gold], "entitlements": [of_gold]})

    async def apply_first_z_then_a() -> None:
        async with Catalogue(another).publishing(at=NOW, actor=GRACE) as publication:
            for file in files:
                await StoredEntitlementFiles(publication).put(Entitlements.model_validate(file), "entitlements.yaml")

    async with database.transaction() as connection:  # as an opening takes them, but slowly
        held = select(entitlements.c.id).with_for_update()
        await connection.execute(held.where(entitlements.c.id == "a"))
        applying = asyncio.create_task(apply_first_z_then_a())
        await asyncio.wait([applying], timeout=0.5)
        await connection.execute(held.where(entitlements.c.id == "z"))
    await applying
    async with database.reading() as connection:
        promised = select(entitlements.c.id, entitlements.c.per_incident).order_by(entitlements.c.id)
        assert [tuple(row) for row in await connection.execute(promised)] == [("a", 7), ("z", 7)]


async def test_one_record_opened_many_times_at_once_uses_one(database: Database, another: Database) -> None:
    await with_promises(database, a_promise("ten", per_incident=10), a_promise("more", per_incident=10))
    answers = await asyncio.gather(*(opening((database, another)[number % 2], "C-1") for number in range(20)))
    assert {answer.event.fields["entitlement"] for answer in answers} == {"more"}
    assert await counted(database) == {"more": (1, 1), "ten": (0, 0)}


async def test_a_record_opened_again_keeps_its_choice_whatever_has_been_applied_since(database: Database) -> None:
    await with_promises(database, a_promise("one", per_incident=1))
    first = await opening(database, "C-1")
    await apply(database, {"entitlements": [a_promise("better", contacts=["nora"])]})
    again = await opening(database, "C-1", contact="nora")
    assert (again.event.fields["entitlement"], again.ref) == ("one", first.ref)
    assert (await counted(database))["one"] == (1, 1)


async def test_a_choice_that_rests_on_what_is_no_longer_so_is_not_written(database: Database) -> None:
    await with_promises(database, a_promise("one", per_incident=1, ends_on="2026-06-30"), a_promise("two"))
    stored, request = StoredEntitlements(database), Request(account="larkspur")
    stale = choose(await stored.candidates(account="larkspur"), request, NOW)
    assert await enter(database, "C-1", account="larkspur") == "entered"
    assert await stored.enter("C-2", request, stale, NOW) == "overtaken"
    assert await stored.choice_of("C-2") is None
    assert await enter(database, "C-2", account="larkspur") == "entered"
    assert await enter(database, "C-2", account="larkspur") == "known"
    assert await counted(database) == {"one": (1, 1), "two": (1, 1)}


async def test_the_choice_is_kept_with_the_reasons_for_and_against(database: Database) -> None:
    await with_promises(database, a_promise("gone", ends_on="2026-03-01"), a_promise("here"))
    await opening(database, "C-1")
    stored = StoredEntitlements(database)
    choice = await stored.choice_of("C-1")
    assert choice is not None
    assert (choice.chosen, choice.at, choice.why) == ("here", NOW, "the best of 2: it is for the account")
    assert choice.rejected == {"gone": "it expired: its last day was 2026-03-01"}
    assert [(use.record, use.at) for use in await stored.uses("here")] == [("C-1", NOW)]


async def test_an_opening_that_the_law_refuses_uses_nothing(database: Database) -> None:
    await with_promises(database, a_promise("one", per_incident=1))
    placing = Placing(Catalogue(database), StoredDefinitions(database), StoredEntitlements(database))
    event = Opened(record="C-1", id="opened", at=NOW, recorded_at=NOW, fields={"account": "larkspur"})

    async def against_it(event: AnyEvent, ref: ProcessRef) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await placing.place(event, None, against_it)
    assert await counted(database) == {"one": (0, 0)}
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(entitlement_choices)) == 0
