"""What the doctor says of a hook whose secret is not set where it looks."""

from pathlib import Path

from pydantic import SecretStr

from starter.checkups.definitions import named
from starter.definitions import load
from tests.sla.hooks.builders import HOOKS
from tests.starter.command_line import EXAMPLES
from tests.starter.patients import on_file, told
from tests.starter.setup.desks import Clock, a_desk


async def test_a_hook_whose_secret_is_not_set_is_warned_of(tmp_path: Path) -> None:
    async with a_desk(tmp_path, Clock()) as desk:
        needed = ("processes/standard-support.yaml", "calendars", "people.yaml")
        await desk.apply(load([EXAMPLES / name for name in needed]))
        assert (await told(named, on_file(tmp_path))).verdict == "ok"
        await desk.apply(load([HOOKS]))
    found = await told(named, on_file(tmp_path, secrets={"jira": SecretStr("x")}))
    assert (found.verdict, found.found) == ("warning", "not set here: MILEPOST_SECRET_SERVICENOW, MILEPOST_SECRET_ZENDESK")
    secrets = {name: SecretStr("x") for name in ("jira", "servicenow", "zendesk")}
    assert (await told(named, on_file(tmp_path, secrets=secrets))).verdict == "ok"
