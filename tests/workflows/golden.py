"""What golden histories were made under: the definitions of each, by release, beside the histories themselves."""

import json
from pathlib import Path
from typing import Any

from sla.dossier import LawKept
from sla.messages import ProcessRef
from tests.workflows.world import World

HISTORIES = Path(__file__).parents[1] / "histories"
DEFINITIONS = HISTORIES / "definitions"


def laws_under(path: Path) -> list[LawKept]:
    """The definitions of a history's day, whatever the builders of tests make today."""
    release, _, story = path.stem.partition("-")
    return [LawKept.model_validate(one) for one in _told(release)[story]]


def laws_in(world: World) -> list[LawKept]:
    """All definitions of a world."""
    known = world.definitions
    return [
        LawKept(
            ref=ProcessRef(process=name, version=version, revision=1),
            process=process,
            calendars=known.hours,
            default_hours=known.default,
        )
        for (name, version), process in known.processes.items()
    ]


def keep(release: str, story: str, laws: list[LawKept]) -> None:
    """Write what a new history was made under beside what is there; a line for each story."""
    kept = [one.model_dump(mode="json", exclude_unset=True) for one in laws]
    told = {**_told(release), story: kept}
    lines = [f"{json.dumps(name)}: {json.dumps(told[name], separators=(',', ':'))}" for name in sorted(told)]
    DEFINITIONS.mkdir(exist_ok=True)
    (DEFINITIONS / f"{release}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _told(release: str) -> dict[str, list[dict[str, Any]]]:
    path = DEFINITIONS / f"{release}.json"
    told: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return told
