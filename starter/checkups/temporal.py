"""Checks of Temporal: the server answers, namespace and search attributes are there, and our workers ask it for work."""

import asyncio
import re
import shlex
from datetime import timedelta
from typing import get_args

from activities.actions import CATALOGUE
from sla import messages
from starter.checkups.clocks import judged
from starter.checkups.findings import Told, counted, failed, not_checked, ok, some, warning
from starter.checkups.patient import Patient
from starter.temporal_view import Poller, Queue, TemporalView

OLDEST_SERVER = (1, 28)
"""The first release in which a case can be opened and told something at once (update-with-start)."""
SHORT_RETENTION = timedelta(days=7)
POLL = timedelta(seconds=65)
"""A worker that has nothing to do asks anew after a minute; so long ago may the latest question be."""


async def server(patient: Patient) -> Told:
    """Whether it answers, and which release it is."""
    view = patient.temporal = TemporalView(await patient.connect(), queue_prefix=patient.settings.task_queue)
    version = await view.version()
    found = f"{version or 'of an unknown release'} at {view.address}"
    release = re.match(r"(\d+)\.(\d+)", version)
    if release and (int(release[1]), int(release[2])) < OLDEST_SERVER:
        needed = ".".join(map(str, OLDEST_SERVER))
        return failed(f"{found} is older than {needed}: cases cannot be opened on it", "Upgrade the server.")
    return ok(found)


async def namespace(patient: Patient) -> Told:
    """Whether it is there, and for how long it keeps what has ended."""
    name, kept = patient.server.namespace, await patient.server.retention()
    if timedelta(0) < kept < SHORT_RETENTION:
        found = f"'{name}' keeps ended cases for {_days(kept)}; then only our own database tells of them"
        command = f"temporal operator namespace update --namespace {shlex.quote(name)} --retention 30d"
        return warning(found, "For anything but trial and development have it keep them longer:", command)
    return ok(f"'{name}', which keeps ended cases for {_days(kept)}")


def _days(kept: timedelta) -> str:
    return counted(kept.days, "day") if kept >= timedelta(days=1) else f"{kept.total_seconds() / 3600:g} h"


async def search_attributes(patient: Patient) -> Told:
    """Whether all are there with their types: a case that sets one that is not there is stuck."""
    found, name = await patient.server.search_attributes(), shlex.quote(patient.server.namespace)
    missing = [one for one in messages.SEARCH_ATTRIBUTES if one not in found]
    wrong = [one for one, kind in messages.SEARCH_ATTRIBUTES.items() if found.get(one, kind) != kind]
    if not missing and not wrong:
        return ok(f"all {len(messages.SEARCH_ATTRIBUTES)} are there: {some(list(messages.SEARCH_ATTRIBUTES))}")
    said = [f"{one} is {found[one]}, not {messages.SEARCH_ATTRIBUTES[one]}" for one in wrong]
    said += [f"missing: {some(missing)}"] if missing else []
    gone = [f"temporal operator search-attribute remove --namespace {name} --name {one} --yes" for one in wrong]
    return failed(f"{'; '.join(said)}; cases cannot be opened", "Set them right:", *gone, _create(name, [*wrong, *missing]))


def _create(namespace: str, names: list[str]) -> str:
    each = " ".join(f"--name {one} --type {messages.SEARCH_ATTRIBUTES[one]}" for one in names)
    return f"temporal operator search-attribute create --namespace {namespace} {each}"


async def workers(patient: Patient) -> Told:
    """Whether somebody asks each task queue for work, and of which build they are."""
    queues = await _queues(patient)
    deserted = sorted({name for (name, _), queue in queues.items() if not queue.pollers})
    everybody = [poller for queue in queues.values() for poller in queue.pollers]
    if not everybody:
        return failed("none asks for work: nothing is decided, and nobody is warned", "Start one:", "milepost worker")
    if deserted:
        return failed(f"none asks for work on {some(deserted)}", "Start one that serves all task queues:", "milepost worker")
    idle = sorted({name for (name, _), queue in queues.items() if _idle(queue)})
    builds = sorted({poller.build for poller in everybody} - {""})
    found = f"{counted(len({poller.identity for poller in everybody}), 'worker')} on all {_names(queues)} task queues"
    found += f", {'build' if len(builds) == 1 else 'builds'} {some(builds)}" if builds else ""
    if idle:
        remedy = "New work waits until one of their builds is made current:"
        command = "temporal worker deployment set-current-version --help"
        return warning(f"{found}; on {some(idle)} no version is current", remedy, command)
    if behind := await patient.server.behind():
        remedy = "They stand still once no worker of theirs runs. Move them:"
        return warning(
            f"{found}; {counted(behind, 'open case')} not with the current version", remedy, "milepost deployment nudge"
        )
    return ok(found)


def _names(queues: dict[tuple[str, bool], Queue]) -> int:
    return len({name for name, _ in queues})


def _idle(queue: Queue) -> bool:
    """Whether all its workers are of a version, and none of the versions is the one that new work goes to."""
    return all(poller.versioned for poller in queue.pollers) and not queue.current_build


async def clock(patient: Patient) -> Told:
    """Temporal's clock against this machine's, by when the workers last asked: the server has no other way to tell."""
    before = patient.now()
    queues = await _queues(patient)
    after = patient.now()
    polls: list[Poller] = [poller for queue in queues.values() for poller in queue.pollers]
    if not polls:
        return not_checked("Temporal tells its time only of workers that ask for work, and there are none")
    latest = max(poller.seen_at for poller in polls)
    return judged(least=latest - after, most=latest + POLL - before, whose="Temporal's")


async def _queues(patient: Patient) -> dict[tuple[str, bool], Queue]:
    """Each task queue that our workers serve: workflows and activities of the cases, activities of each world."""
    used = {kind.WORLD for kind in CATALOGUE.values()}
    prefix = patient.settings.task_queue
    cases = messages.task_queue(prefix, "cases")
    worlds = [messages.task_queue(prefix, world) for world in get_args(messages.World) if world in used]
    wanted = [(cases, True), (cases, False), *((name, False) for name in worlds)]
    asked = (patient.server.queue(name, workflows=workflows) for name, workflows in wanted)
    return dict(zip(wanted, await asyncio.gather(*asked), strict=True))
