"""What support is promised to whom, and which promise a record is held to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sla.calendar import BusinessHours
from sla.entitlements.choosing import Rejected, Request, choose
from sla.entitlements.eligibility import eligible
from sla.entitlements.standing import Candidate, Status, expiring, status_of
from sla.instants import to_instant
from sla.setup_errors import UnknownEntitlement
from starter.setup.context import LATEST, Context
from starter.setup.views.entitlements import EligibilityView, EntitlementView, ExpiryView, UseView
from starter.views import ChoiceView, RejectedView
from store.directory import StoredDirectory
from store.entitlements import StoredEntitlements


class EntitlementsDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stored = StoredEntitlements(context.database)
        self._directory = StoredDirectory(context.database)

    async def list(
        self,
        *,
        account: str | None = None,
        process: str | None = None,
        status: Status | None = None,
        limit: int = 1000,
    ) -> list[EntitlementView]:
        """Entitlements that match all filters given, by name."""
        now = self._context.now()
        views = [_view(one, now) for one in await self._stored.all(account=account, process=process)]
        return [view for view in views if status in (None, view.status)][:limit]

    async def get(self, entitlement: str) -> EntitlementView:
        """One of them. Raises UnknownEntitlement."""
        return _view(await self._named(entitlement), self._context.now())

    async def choose(self, request: Request, *, at: datetime | None = None) -> ChoiceView:
        """Which one a record of this kind would be held to if it were opened now; nothing is written, nothing used.

        Raises as `sla.entitlements.choosing.choose` for one that the request names.
        """
        now = self._at(at)
        known = await self._candidates(request)
        choice = choose(known, await self._completed(request), now)
        return ChoiceView(
            at=now,
            chosen=choice.name,
            process=choice.chosen.entitlement.process if choice.chosen else None,
            why=choice.why,
            warnings=choice.warnings,
            rejected=_rejected(choice.rejected),
        )

    async def eligible(self, request: Request, *, at: datetime | None = None) -> EligibilityView:
        """Whether this customer may ask now, and until when; else when again."""
        now = self._at(at)
        answer = eligible(
            await self._candidates(request),
            await self._completed(request),
            now,
            hours=await self._hours(),
            default_hours=await self._context.definitions.default_hours(LATEST),
        )
        return EligibilityView(
            at=now,
            may=answer.may,
            entitlement=answer.entitlement,
            until=answer.until,
            again_at=answer.again_at,
            why=answer.why,
            rejected=_rejected(answer.rejected),
        )

    async def expiring(self, days: int) -> Sequence[ExpiryView]:
        """Those whose last day is today or within so many days, the nearest first; with whom to speak about it."""
        now = self._context.now()
        found = expiring(await self._stored.ending(now, days), now, days)
        managers = {account: await self._manager(account) for account in {_account(one.candidate) for one in found}}
        return [
            ExpiryView(
                entitlement=one.candidate.name,
                account=_account(one.candidate),
                account_manager=managers[_account(one.candidate)],
                process=one.candidate.entitlement.process,
                ends_on=one.ends_on,
                days_left=one.days_left,
            )
            for one in found
        ]

    async def uses(self, entitlement: str) -> Sequence[UseView]:
        """The records that it was good for, the earliest first. Raises UnknownEntitlement."""
        await self._named(entitlement)
        uses = await self._stored.uses(entitlement)
        return [UseView(entitlement=one.entitlement, record=one.record, at=one.at) for one in uses]

    # ------------------------------------------------------------------ what the law is asked about

    def _at(self, at: datetime | None) -> datetime:
        return self._context.now() if at is None else to_instant(at)

    async def _named(self, entitlement: str) -> Candidate:
        found = await self._stored.candidates(named=entitlement)
        if not found:
            raise UnknownEntitlement(entitlement=entitlement)
        return found[0]

    async def _candidates(self, request: Request) -> Sequence[Candidate]:
        return await self._stored.candidates(account=request.account, named=request.entitlement)

    async def _completed(self, request: Request) -> Request:
        """With the product of its asset."""
        if request.product is not None or request.asset is None:
            return request
        return request.model_copy(update={"product": await self._stored.product_of(request.asset)})

    async def _hours(self) -> Mapping[str, BusinessHours]:
        return await self._context.definitions.calendars(LATEST)

    async def _manager(self, account: str) -> str | None:
        manager = await self._directory.account_manager(account)
        return None if manager is None else manager.id


def _account(one: Candidate) -> str:
    return one.entitlement.account


def _rejected(rejected: Iterable[Rejected]) -> tuple[RejectedView, ...]:
    return tuple(RejectedView(entitlement=one.entitlement, reason=one.reason) for one in rejected)


def _view(one: Candidate, now: datetime) -> EntitlementView:
    said = {name: getattr(one.entitlement, name) for name in EntitlementView.model_fields if hasattr(one.entitlement, name)}
    status = status_of(one.entitlement, one.zone, now)
    return EntitlementView(**said, status=status, used=one.used, remaining=one.remaining)


async def choice_of(stored: StoredEntitlements, record: str) -> ChoiceView | None:
    """What was chosen when a record was opened; None if nothing was promised to its account, or it is unknown."""
    choice = await stored.choice_of(record)
    if choice is None:
        return None
    chosen = await stored.candidates(named=choice.chosen) if choice.chosen else []
    rejected = (Rejected(entitlement=name, reason=reason) for name, reason in sorted(choice.rejected.items()))
    return ChoiceView(
        at=choice.at,
        chosen=choice.chosen,
        process=next((one.entitlement.process for one in chosen), None),
        why=choice.why,
        rejected=_rejected(rejected),
    )
