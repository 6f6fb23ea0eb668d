"""Two companies have merged, with 8 and 15 processes (docs/merger): audited, consolidated, 9 remain."""

from collections import Counter

from starter.definitions import load
from starter.desk import Desk
from starter.setup.views.governance import FindingView
from tests.starter.command_line import ROOT

MERGER = ROOT / "docs" / "merger"
ARDEN = {
    "Premium Support", "Standard Support", "Basic Support", "Critical Incidents", "Service Requests", "Problem Reports",
    "Billing Questions", "On-site Repair",
}  # fmt: skip


async def findings(desk: Desk, code: str) -> list[FindingView]:
    return [one for one in await desk.governance.audit() if one.code == code]


async def in_force(desk: Desk) -> set[str]:
    return {one.name for one in await desk.catalogue.processes() if one.status == "active"}


async def consolidated(desk: Desk, code: str) -> int:
    """Let Arden's process of each group take over Brook's; how many were retired."""
    retired = 0
    for finding in await findings(desk, code):
        [keep] = ARDEN.intersection(finding.names)
        sources = [name for name in finding.names if name != keep]
        foreseen = await desk.governance.consolidate(keep, sources, dry_run=True)
        done = await desk.governance.consolidate(keep, sources)
        assert done == foreseen.model_copy(update={"dry_run": False})
        retired += sum(bool(source.retired) for source in done.sources)
    return retired


def test_each_company_is_one_small_file() -> None:
    counts = {path.stem: len(load([path]).processes) for path in sorted(MERGER.glob("*.yaml"))}
    assert counts == {"arden": 8, "brook": 15}
    assert all(path.stat().st_size < 15_000 for path in MERGER.iterdir())


async def test_of_twenty_three_processes_twelve_are_duplicates_and_the_others_become_nine(desk: Desk) -> None:
    await desk.catalogue.apply(load([MERGER]))
    assert len(await in_force(desk)) == 23
    same = await findings(desk, "same_timeline")
    assert len(same) == len(ARDEN)
    assert sum(len(one.names) - 1 for one in same) == 12

    assert await consolidated(desk, "same_timeline") == 12
    assert await findings(desk, "same_timeline") == []
    assert len(await in_force(desk)) == 11
    near = await findings(desk, "near_timeline")
    assert [one.names for one in near] == [("Platinum Care", "Premium Support"), ("Silver Care Plus", "Standard Support")]

    assert await consolidated(desk, "near_timeline") == 2
    assert await in_force(desk) == ARDEN | {"Security Advisories"}
    left = {(one.code, one.subject) for one in await desk.governance.audit() if one.severity == "error"}
    assert left == {("promises_differ", "account/thornbury")}  # people must decide which of the two they meant


async def test_every_customer_keeps_a_promise_and_nobody_is_stranded(desk: Desk) -> None:
    await desk.catalogue.apply(load([MERGER]))
    before = {one.entitlement: one.account for one in await desk.entitlements.list()}
    for code in ("same_timeline", "near_timeline"):
        await consolidated(desk, code)
    after = await desk.entitlements.list()
    assert {one.entitlement: one.account for one in after} == before
    assert {one.process for one in after} == await in_force(desk)
    assert Counter(one.process for one in after)["Premium Support"] == 4


async def test_a_customer_of_both_companies_is_promised_two_things(desk: Desk) -> None:
    await desk.catalogue.apply(load([MERGER]))
    told = [one for one in await desk.governance.audit() if one.code == "promises_differ" and "thornbury" in one.subject]
    assert [one.names for one in told] == [("Gold Care", "Standard Support")]


async def test_applying_the_files_twice_changes_nothing(desk: Desk) -> None:
    await desk.catalogue.apply(load([MERGER]))
    again = await desk.catalogue.apply(load([MERGER]))
    assert {line.outcome for line in again.lines} == {"unchanged"}
