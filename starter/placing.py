"""Where a new record belongs: the entitlement and the process that it is held to (SPEC 6, docs/decisions/0008).

What is chosen is written down before the case begins, once for each record: opening it again, also after an answer that was
lost, finds the same choice and uses no further incident.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla.entitlements.choosing import Choice, ProcessBy, Request, choose, refusal
from sla.entitlements.standing import Candidate
from sla.events import AnyEvent, Opened
from sla.instants import FIRST_YEAR, LAST_YEAR
from sla.messages import ProcessRef
from sla.opening import opened_at
from sla.setup_errors import EntitlementType
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.entitlements import StoredChoice, StoredEntitlements

Check = Callable[[AnyEvent, ProcessRef], Awaitable[None]]
"""Raises when the law refuses such an opening."""

_ASKED = ("account", "contact", "asset", "product", "contract", "type", "channel", "entitlement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a record is held to, by what, and its opening with what the entitlement adds to its fields."""

    ref: ProcessRef
    process_by: ProcessBy
    event: Opened
    request: Request
    choice: Choice | None
    at: datetime


class Placing:
    """Finds the place of new records."""

    def __init__(self, catalogue: Catalogue, definitions: StoredDefinitions, entitlements: StoredEntitlements) -> None:
        self._catalogue = catalogue
        self._definitions = definitions
        self._entitlements = entitlements

    async def place(self, opened: Opened, process: str | None, check: Check) -> Place:
        """Choose, check, and write the choice down. `process` is the one that whoever opens it names, if any.

        Raises what choosing refuses (`sla.entitlements.choosing`), UnknownProcess, ProcessNotNamed, and what `check` does.
        """
        while True:
            found = await self._found(opened, process)
            await check(found.event, found.ref)
            if found.choice is None:
                return found
            entered = await self._entitlements.enter(
                opened.record, found.request, found.choice, found.at, process_by=found.process_by
            )
            if entered != "overtaken":
                return found

    async def _found(self, opened: Opened, process: str | None) -> Place:
        request, at = request_of(opened.fields), _opened_at(opened)
        ref = None if process is None else await self._catalogue.process_ref(process)
        candidates: list[Candidate] = []
        if request.account is not None or request.entitlement is not None:
            candidates = await self._entitlements.candidates(account=request.account, named=request.entitlement)
        choice: Choice | None = None
        if candidates or request.entitlement is not None:
            request = await self._completed(request, ref)
            choice = await self._choice(opened.record, candidates, request, at, process_named=ref is not None)
        chosen = choice.chosen if choice else None
        promised = chosen.entitlement.process if chosen else None
        process_by: ProcessBy = "named" if ref is not None else "only" if promised is None else "promised"
        if ref is None:
            ref = await self._catalogue.process_ref(promised)
        applies_to = (await self._definitions.process(ref)).applies_to
        fields = {"type": applies_to} | opened.fields | (_given(chosen, opened.fields) if chosen else {})
        if chosen is not None:
            _check_type(chosen, fields["type"])
        event = opened.model_copy(update={"fields": fields})
        return Place(ref=ref, process_by=process_by, event=event, request=request, choice=choice, at=at)

    async def _completed(self, request: Request, ref: ProcessRef | None) -> Request:
        """With the product of its asset, and the type that a process of that name would give it."""
        more: dict[str, str | None] = {}
        if request.product is None and request.asset is not None:
            more["product"] = await self._entitlements.product_of(request.asset)
        if request.type is None and ref is not None:
            more["type"] = (await self._definitions.process(ref)).applies_to
        return request.model_copy(update=more)

    async def _choice(
        self, record: str, candidates: list[Candidate], request: Request, at: datetime, *, process_named: bool
    ) -> Choice:
        """The choice that stands for the record, or a new one. Raises why it may not be opened with it."""
        before = await self._entitlements.choice_of(record)
        if before is not None:
            return await self._standing(before, candidates)
        choice = choose(candidates, request, at)
        refused = refusal(choice, request, process_named=process_named)
        if refused is not None:
            raise refused
        return choice

    async def _standing(self, before: StoredChoice, candidates: list[Candidate]) -> Choice:
        known = candidates
        if before.chosen is not None and all(one.name != before.chosen for one in candidates):
            known = await self._entitlements.candidates(named=before.chosen)
        return Choice(chosen=next((one for one in known if one.name == before.chosen), None), why=before.why)


def request_of(fields: Mapping[str, Any]) -> Request:
    """Who asks about what, by a record's fields; what is no text says nothing."""
    said = {name: fields.get(name) for name in _ASKED}
    return Request(**{name: value if isinstance(value, str) and value else None for name, value in said.items()})


def _opened_at(opened: Opened) -> datetime:
    """When it was opened; a date beyond all calendars, which the law refuses, is not asked of any."""
    at = opened_at(opened.fields, opened.at)
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else opened.at


def _given(chosen: Candidate, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the entitlement adds to a record: its name, and its business hours where the record has none (SPEC 3)."""
    given: dict[str, Any] = {"entitlement": chosen.name}
    if not fields.get("business_hours") and chosen.entitlement.business_hours is not None:
        given["business_hours"] = chosen.entitlement.business_hours
    return given


def _check_type(chosen: Candidate, found: object) -> None:
    """A record that said no type has the one of its process by now, which may not be the one that is promised."""
    promised = chosen.entitlement.type
    if promised is not None and isinstance(found, str) and promised != found:
        raise EntitlementType(entitlement=chosen.name, whose="it is", promised=promised, found=found)
