"""Poisoned cases beside healthy ones: huge custom fields, a template that loops, a condition on everything."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from activities.sandbox import MAX_STEPS
from sla.documents import parse_documents
from starter.definitions import assemble
from tests.faults.fault import Fault
from tests.faults.seen import Seen
from tests.faults.traffic import Happening, Story
from tests.faults.world import World

PROCESS: Final = "Faults Poison"
FIELDS: Final = 100
"""Custom fields of a poisoned case, each of a thousand characters: the log of one has some 400 kB."""
CHANGES: Final = 3
CASES: Final = 6
ENDLESS: Final = "endless"
TOO_MUCH: Final = f"the template takes more than {MAX_STEPS} steps"
TURNS: Final = "{% for {v} in 'abcdefghij' %}"


def _everything(value: str) -> dict[str, Any]:
    """True while not all fields are as given: looked at in every way that there is, at every depth."""
    some = [{"not": {f"custom_{n}": {"starts_with": value}}} for n in range(FIELDS)]
    every = [{f"custom_{n}": {"contains": [value, "nothing of the kind"]}} for n in range(FIELDS)]
    return {"any": [{"all": every}, {"any": some}, {"after": "customer.replied"}]}


def _process(world: World) -> str:
    unit = max(1, round(world.span_s / 10))
    email = [{"email": {"to": "owner", "template": ENDLESS}}, {"email": {"to": "grace", "template": "warning"}}]
    milestone = {
        "milestone": "First Response",
        "within": f"{3 * unit}s",
        "when": _everything("a"),
        "stop_when": {"all": [{"not": _everything("b")}, {"status": "Waiting on Customer"}]},
        "complete_when": {"event": "response.sent"},
        "warnings": [{"at": "50%", "actions": email}],
        "violations": [{"actions": email}],
    }
    return json.dumps({"process": PROCESS, "business_hours": "always-open", "milestones": [milestone]})


def _endless() -> str:
    """A million turns, in a template of two lines."""
    letters = "abcdef"
    begin = "".join(TURNS.replace("{v}", letter) for letter in letters)
    return begin + "x" + "{% endfor %}" * len(letters) + "\n"


async def _guests(world: World) -> list[Story]:
    for part, text in (("txt", _endless()), ("subject.txt", "Without end\n")):
        (world.directory / "templates" / f"{ENDLESS}.{part}.j2").write_text(text)
    await world.desk.apply(assemble(parse_documents(_process(world), "poison.json")))
    return [_story(world, number) for number in range(1, CASES + 1)]


def _story(world: World, number: int) -> Story:
    dice, record = Random(f"poison/{number}"), f"P-{number}"

    def huge() -> dict[str, Any]:
        return {f"custom_{n}": dice.choice("abc") * 1000 for n in range(FIELDS)}

    changes = [
        Happening(at_s=at, told_s=at, id=f"{record}-{place}", data={"type": "changed", "set": huge()})
        for place, at in enumerate(sorted(dice.uniform(0.2, 0.6) * world.span_s for _ in range(CHANGES)), 1)
    ]
    closed = Happening(at_s=0.9 * world.span_s, told_s=0.9 * world.span_s, id=f"{record}-closed", data={"type": "closed"})
    return Story(
        record=record,
        process=PROCESS,
        fields={"owner": "ada", "priority": "P1", **huge()},
        opened_s=0.1 * world.span_s,
        happenings=(*changes, closed),
    )


def _tried_and_given_up(_world: World, seen: Mapping[str, Seen]) -> Iterator[str]:
    """The endless mails of the poisoned cases were begun, and given up for the work that they would have been."""
    ended = [
        (key, line)
        for one in seen.values()
        for key, line in one.ledger.items()
        if key in one.effects and one.effects[key].params.get("template") == ENDLESS
    ]
    yield from (f"{key} was sent, though its template has no end" for key, line in ended if line.outcome == "performed")
    if not any(line.outcome == "gave_up" and TOO_MUCH in (line.reason or "") for _, line in ended):
        yield f"no mail was given up because its template has no end: {[line.reason for _, line in ended]}"


async def _beside(world: World) -> None:
    await asyncio.sleep(0.3 * world.span_s)


POISON: Final = Fault(
    name="poisoned cases",
    means=f"{CASES} cases with 100 kB of fields told four times, endless templates, conditions on all fields",
    strike=_beside,
    check=_tried_and_given_up,
    guests=_guests,
)
