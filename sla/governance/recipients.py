"""Actions that nobody receives: whom the directory knows, by the rules by which actions look them up (docs/people.md).

The record's owner and contact are known only with a record; nothing is claimed of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sla.directory import Person
from sla.governance.finding import Seen, quoted
from sla.governance.reading import Line, Reading
from sla.governance.snapshot import Directory
from sla.process.model import Action

_OF_RECORD: Final = ("owner", "contact")
_REMEDY: Final = "Name somebody who is there, or apply the person, role, queue or account manager (milepost apply)."


def nobody(reading: Reading) -> Iterator[Seen]:
    """Actions of which every recipient is nobody: nothing is sent, given or reassigned."""
    for line, path, action, names, missing in reading.once(_lacking):
        if len(missing) == len(names):
            yield Seen(
                subject=line.subject,
                sentence=f"Nobody receives {path}, {action.kind} to {quoted(tuple(names))}, "
                f"of '{line.title}' of '{line.version.name}': {'; '.join(missing.values())}.",
                remedy=_REMEDY,
                names=line.names,
            )


def some_are_nobody(reading: Reading) -> Iterator[Seen]:
    """Actions of which one recipient is nobody; the others get it."""
    for line, path, action, names, missing in reading.once(_lacking):
        if len(missing) < len(names):
            yield Seen(
                subject=line.subject,
                sentence=f"Of the recipients of {path}, {action.kind}, of '{line.title}' of '{line.version.name}', "
                f"{quoted(tuple(missing))} is nobody: {'; '.join(missing.values())}.",
                remedy=_REMEDY,
                names=line.names,
            )


def no_manager(reading: Reading) -> Iterator[Seen]:
    """Processes that turn to the account's manager, for some of whose accounts there is none."""
    directory = reading.snapshot.directory
    for version in reading.in_force:
        accounts = _accounts(reading, version.name)
        without = tuple(account for account in accounts if not _manager_is(directory, account, mailed=False))
        asked = any("account_manager" in recipients(action) for _, action in version.process.actions())
        if asked and without and len(without) < len(accounts):
            yield Seen(
                subject=f"process/{version.name}",
                sentence=f"'{version.name}' turns to the account manager, but these accounts have none: {quoted(without)}.",
                remedy="Give them one in the people file (`account_manager`).",
                names=(version.name,),
            )


_Lacking = tuple[Line, str, Action, Sequence[str], dict[str, str]]


def _lacking(reading: Reading) -> list[_Lacking]:
    """Each action with recipients who are nobody: each of these, with the reason."""
    found: list[_Lacking] = []
    for line in reading.lines:
        for path, action in line.milestone.actions():
            names = recipients(action)
            reasons = ((name, _why_nobody(reading, line, action, name)) for name in names)
            missing = {name: reason for name, reason in reasons if reason is not None}
            if missing:
                found.append((line, path, action, names, missing))
    return found


def recipients(action: Action) -> tuple[str, ...]:
    """Whom an action names, as its file spells them."""
    to: Any = action.params.get("to", ())
    return tuple(dict.fromkeys(str(name) for name in ([to] if isinstance(to, str) else to)))


def _why_nobody(reading: Reading, line: Line, action: Action, name: str) -> str | None:
    """Why there is certainly nobody behind a name; None if there is somebody, or may be."""
    directory, mailed = reading.snapshot.directory, action.kind == "email"
    what, _, bare = name.rpartition(":")
    if "@" in name or name in _OF_RECORD:
        return None
    if what == "role":
        return _why_no_role(directory, bare, mailed=mailed)
    if what == "queue":
        return _why_no_queue(directory, bare, mailed=mailed)
    if name == "queue":
        there = any(_why_no_queue(directory, queue, mailed=mailed) is None for queue in directory.queues)
        return None if there else "there is no queue that anybody serves"
    if name == "account_manager":
        accounts = _accounts(reading, line.version.name)
        there = any(_manager_is(directory, account, mailed=mailed) for account in accounts)
        return None if there else "no account has a manager" + (" with an address" if mailed else "")
    return _why_no_bare(directory, name, mailed=mailed)


def _why_no_bare(directory: Directory, name: str, *, mailed: bool) -> str | None:
    """A bare name is a person's; else a role's, else a queue's."""
    if name not in directory.people and directory.roles.get(name):
        return _why_no_role(directory, name, mailed=mailed)
    if name not in directory.people and name in directory.queues:
        return _why_no_queue(directory, name, mailed=mailed)
    return _why_no_person(directory, name, mailed=mailed)


def _why_no_role(directory: Directory, role: str, *, mailed: bool) -> str | None:
    people = [directory.people[name] for name in directory.roles.get(role, ()) if name in directory.people]
    if not people:
        return f"nobody has the role '{role}'"
    return None if not mailed or _any_address(people) else f"nobody with the role '{role}' has an address"


def _why_no_queue(directory: Directory, name: str, *, mailed: bool) -> str | None:
    """A queue is somebody by its members, or by its address; mail needs an address of either."""
    queue = directory.queues.get(name)
    if queue is None:
        return f"there is no queue '{name}'"
    members = [directory.people[one] for one in queue.members if one in directory.people]
    if queue.email is not None or _any_address(members):
        return None
    if members:
        return f"the queue '{name}' has no address, and no member with one" if mailed else None
    return f"the queue '{name}' has neither members nor an address"


def _why_no_person(directory: Directory, name: str, *, mailed: bool) -> str | None:
    person = directory.people.get(name)
    if person is None:
        return f"there is no person, role or queue '{name}'"
    return None if not mailed or person.email is not None else f"'{name}' has no address"


def _any_address(people: Sequence[Person]) -> bool:
    return any(person.email is not None for person in people)


def _accounts(reading: Reading, process: str) -> tuple[str, ...]:
    """The accounts that are entitled to a process; all of them if none is."""
    return reading.entitled.get(process) or tuple(sorted(reading.snapshot.directory.managers))


def _manager_is(directory: Directory, account: str, *, mailed: bool) -> bool:
    manager = directory.people.get(directory.managers.get(account) or "")
    return manager is not None and (not mailed or manager.email is not None)
