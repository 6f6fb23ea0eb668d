"""What becomes of a version that is there: draft → active → retired (SPEC 3). Refused is what would strand somebody.

Open records keep the version that they follow, whatever becomes of it.
"""

from collections.abc import Iterator
from typing import Any, Final

from sla.setup_errors import StillNeeded, WrongStatus
from store.changing import Changing
from store.needs import Need, of_calendar, of_process, of_version
from store.versions import Kind, StoredVersion, in_force, one_version, unknown, versions_of

_NEW: Final = "Make a new version of it: milepost {kind} new-version '{name}' --from {version}"


class Lifecycle(Changing):
    """Within a publication: what may be done to versions."""

    async def activate(
        self, kind: Kind, name: str, version: int, *, default: bool = True, if_match: str | None = None
    ) -> StoredVersion:
        """Publish a draft, and let new cases follow it unless `default` is false. A calendar's always counts from now on.

        An active version stays as it is, but for becoming the default. Raises WrongStatus for a retired one, StaleEtag, and
        at the end UnknownCalendar.
        """
        found = await one_version(self.connection, kind, name, version)
        found.check(if_match)
        if found.status == "retired":
            remedy = _NEW.format(kind=kind, name=name, version=version)
            raise _wrong(found, "cannot become active again", remedy)
        if found.status == "draft":
            if kind == "process":
                self.names_calendars(found.process())
            await self._let_be_active(found)
        if kind == "process" and default:
            await self._let_be_default(name, version)
        return await self._told("catalogue.activate", found)

    async def make_default(self, name: str, version: int, *, if_match: str | None = None) -> StoredVersion:
        """Let new cases follow this active version. No record moves. Raises WrongStatus, StaleEtag."""
        found = await one_version(self.connection, "process", name, version)
        found.check(if_match)
        if found.status != "active":
            remedy = (
                f"Activate it: milepost process activate '{name}' {version}"
                if found.status == "draft"
                else _NEW.format(kind="process", name=name, version=version)
            )
            raise _wrong(found, "cannot be the default", remedy)
        await self._let_be_default(name, version)
        return await self._told("catalogue.make_default", found)

    async def retire(
        self, kind: Kind, name: str, version: int | None = None, *, if_match: str | None = None
    ) -> list[StoredVersion]:
        """Retire a version, or with None all of them and so the process or calendar. Returns those that were retired now.

        A draft is given up. Raises StillNeeded with who needs it, WrongStatus, StaleEtag.
        """
        if version is not None:
            found = await one_version(self.connection, kind, name, version)
            found.check(if_match)
            if found.status == "active":
                await self._check_one(found)
            going = [found]
        else:
            versions = await versions_of(self.connection, kind, name)
            if not versions:
                raise await unknown(self.connection, kind, name)
            current = in_force(versions) or versions[-1]
            current.check(if_match)
            going = versions
            if any(one.status == "active" for one in versions):
                await self._check_all(kind, name)
        retired = [one for one in going if one.status != "retired"]
        default: dict[str, Any] = {"is_default": False} if kind == "process" else {}
        for one in retired:
            # That it was active must be seen for ever, also of what was published before that was noted.
            since = {"activated_at": one.activated_at or one.created_at} if one.status == "active" else {}
            await self._alter(one, status="retired", retired_at=self.at, **default, **since)
        return [await self._told("catalogue.retire", one) for one in retired]

    async def _check_one(self, found: StoredVersion) -> None:
        if found.kind == "calendar":
            remedy = f"Retire it as a whole: milepost calendar retire '{found.name}'; or publish another version of it"
            raise _wrong(found, "cannot be retired by itself", remedy)
        if found.is_default:
            raise StillNeeded(
                subject=f"Version {found.version} of process '{found.name}'",
                problem="it is the default, and new cases would have no version to follow",
                remedy=f"Make another the default: milepost process make-default '{found.name}' VERSION; "
                "or retire the process as a whole, by leaving out the version",
            )
        needs = await of_version(self.connection, found.name, found.version)
        _check_unneeded(f"Version {found.version} of process '{found.name}'", needs)

    async def _check_all(self, kind: Kind, name: str) -> None:
        find = of_process if kind == "process" else of_calendar
        what = "Process" if kind == "process" else "Business hours"
        _check_unneeded(f"{what} '{name}'", await find(self.connection, name, self.at))

    async def _told(self, verb: str, before: StoredVersion) -> StoredVersion:
        """The version as it is now, with a line in the audit log if it was different before."""
        after = await one_version(self.connection, before.kind, before.name, before.version)
        if after != before:
            self._note_version(verb, after.subject, before, after.facts())
        return after


def _check_unneeded(subject: str, needs: list[Need]) -> None:
    if needs:
        raise StillNeeded(subject=subject, problem="; ".join(_problems(needs)), remedy=needs[0].remedy)


def _problems(needs: list[Need]) -> Iterator[str]:
    for need in needs:
        more = f" and {need.count - len(need.names)} more" if need.count > len(need.names) else ""
        yield f"{need.what} {', '.join(need.names)}{more}"


def _wrong(found: StoredVersion, problem: str, remedy: str) -> WrongStatus:
    return WrongStatus(
        version=found.version, kind=found.kind, name=found.name, status=found.status, problem=problem, remedy=remedy
    )
