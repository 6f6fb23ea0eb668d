"""Webhooks of helpdesks: which there are, and what becomes of their deliveries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sla.errors import InvalidSetting, RefusedEvent, UnknownRecord
from sla.hooks.mapping import OPENED, Mapped, events_of
from sla.hooks.model import HOOK_NAME, Hook
from sla.hooks.signing import check
from sla.instants import to_instant
from sla.messages import Reception
from sla.setup_errors import UnknownHook
from starter.event_lines import read_json
from starter.setup.context import Context
from starter.setup.views.hooks import HookView, Receipt, Rehearsal, ToldEvent
from store.hooks import StoredHooks, remove_hook


class Records(Protocol):
    """What this asks of the Desk."""

    async def open(
        self, *, record: str, process: str | None, fields: dict[str, Any] | None, at: datetime | None, event_id: str | None
    ) -> Reception:
        """Open a record."""

    async def tell(self, data: dict[str, Any]) -> None:
        """Report an event without waiting for what it does."""


class HooksDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context, records: Records) -> None:
        self._context = context
        self._hooks = StoredHooks(context.database)
        self._records = records

    async def list(self) -> list[HookView]:
        """All hooks, by name."""
        return [self._view(hook) for hook in await self._hooks.all()]

    async def get(self, hook: str) -> HookView:
        """A hook. Raises UnknownHook."""
        return self._view(await self._known(hook))

    async def remove(self, hook: str) -> HookView:
        """Take no more deliveries under this name. Raises UnknownHook."""
        known = await self._known(hook)
        async with self._context.database.transaction() as connection:
            removed = await remove_hook(connection, hook, self._context.actor, at=self._context.now())
        return self._view(known if removed else await self._known(hook))

    async def rehearse(self, hook: str, body: bytes, headers: Mapping[str, str] | None = None) -> Rehearsal:
        """What a delivery would become; it need not be signed, and nothing happens. Raises as `receive` does."""
        return rehearsed(await self._known(hook), body, headers or {})

    async def receive(self, hook: str, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Take a delivery: verify it, and tell the records its events. Taken again, it changes nothing.

        Raises UnknownHook, BadSignature, StaleDelivery, MalformedDocument or UnmappablePayload, and then nothing was told;
        or ServiceUnavailable, and then it is to be sent again.
        """
        known = await self._known(hook)
        given = _by_small_letters(headers)
        check(known, self._secret(known), body, given, self._context.now())
        mapped = events_of(known, read_json(body, "delivery"), given)
        told = [] if mapped is None else [await self._told(mapped, event) for event in mapped.events]
        return Receipt(hook=hook, events=told)

    async def _told(self, mapped: Mapped, event: Mapping[str, Any]) -> ToldEvent:
        about = {"record": event["record"], "event": event["id"], "type": event["type"]}
        try:
            if event["type"] == OPENED:
                await self._open(mapped, event)
                return ToldEvent(**about, outcome="opened")
            await self._tell(mapped, event)
        except RefusedEvent as refusal:
            return ToldEvent(**about, outcome="refused", reason=str(refusal.facts["reason"]))
        except UnknownRecord:
            return ToldEvent(**about, outcome="ignored", reason="there is no such record, and this hook opens none")
        return ToldEvent(**about, outcome="told")

    async def _tell(self, mapped: Mapped, event: Mapping[str, Any]) -> None:
        try:
            await self._records.tell(dict(event))
        except UnknownRecord:
            if mapped.opening is None:
                raise
            await self._open(mapped, mapped.opening)
            await self._records.tell(dict(event))

    async def _open(self, mapped: Mapped, opening: Mapping[str, Any]) -> None:
        await self._records.open(
            record=mapped.record,
            process=mapped.process,
            fields=opening["fields"],
            at=to_instant(opening["at"]) if "at" in opening else None,
            event_id=opening["id"],
        )

    async def _known(self, name: str) -> Hook:
        if HOOK_NAME.fullmatch(name) and (found := await self._hooks.find(name)) is not None:
            return found
        known = ", ".join(hook.hook for hook in await self._hooks.all()) or "none"
        raise UnknownHook(hook=name, known=known)

    def _secret(self, hook: Hook) -> str:
        if (secret := self._context.settings.secrets.get(hook.verify.secret)) is not None:
            return secret.get_secret_value()
        setting = f"MILEPOST_SECRET_{hook.verify.secret.upper()}"
        raise InvalidSetting(setting=setting, problem=f"is not set; the hook '{hook.hook}' verifies deliveries with it.")

    def _view(self, hook: Hook) -> HookView:
        return HookView(
            hook=hook.hook,
            description=hook.description,
            secret=hook.verify.secret,
            ready=hook.verify.secret in self._context.settings.secrets,
            definition=hook.as_applied(),
        )


def rehearsed(hook: Hook, body: bytes, headers: Mapping[str, str]) -> Rehearsal:
    """What a delivery to this hook would become. Raises MalformedDocument or UnmappablePayload."""
    mapped = events_of(hook, read_json(body, "delivery"), _by_small_letters(headers))
    if mapped is None:
        return Rehearsal(hook=hook.hook, record=None, process=None, opening=None, events=[])
    return Rehearsal(
        hook=hook.hook, record=mapped.record, process=mapped.process, opening=mapped.opening, events=mapped.events
    )


def _by_small_letters(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
