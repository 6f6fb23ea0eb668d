"""A customer's records on real servers: the case follows what was promised, and what is used up stays used up."""

import asyncio
import json
from pathlib import Path

import pytest

from sla.setup_errors import EntitlementExhausted
from starter.definitions import load
from tests.starter.command_line import EXAMPLES
from tests.starter.patients import desked, on_file, served, with_tables, worked

PATIENCE_S = 60


async def test_a_case_follows_what_its_account_is_promised_and_uses_it_once(tmp_path: Path) -> None:
    file = tmp_path / "larkspur.yaml"
    promise = {"entitlement": "two", "account": "larkspur", "process": "Premium Support SLA", "per_incident": 2}
    file.write_text(json.dumps({"entitlements": [promise | {"business_hours": "new-york-office"}]}), "utf-8")
    settings = await with_tables(on_file(tmp_path))
    names = ("processes", "calendars", "people.yaml")
    async with asyncio.timeout(PATIENCE_S), served() as client, worked(client, settings), desked(client, settings) as desk:
        await desk.apply(load([*(EXAMPLES / name for name in names), file]))
        opened = await asyncio.gather(
            *(desk.open(record=f"C-{number % 3}", fields={"account": "larkspur"}) for number in range(6)),
            return_exceptions=True,
        )
        refused = [one for one in opened if isinstance(one, BaseException)]
        assert [type(one) for one in refused] == [EntitlementExhausted] * 2, "both who opened the third record"
        records = [view.record for view in (await desk.list()).records]
        assert [use.record for use in await desk.entitlements.uses("two")] == sorted(records)
        assert len(records) == 2
        found = await desk.show(records[0])
        assert (found.record.process, found.record.entitlement) == ("Premium Support SLA", "two")
        assert found.timeline.fields["business_hours"] == "new-york-office"
        assert found.entitlement is not None
        assert found.entitlement.why == "the only one: it is for the account"
        with pytest.raises(EntitlementExhausted):
            await desk.open(record="C-9", fields={"account": "larkspur"})
