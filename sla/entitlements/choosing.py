"""Which entitlement a new record is held to (SPEC 6), and why none of the others.

The one that the record names; else the best of those in force that fit: asset and contact, asset, contact, product,
contract, account. Ties go to the one that ends first, then by name. Readings: docs/decisions/0008.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sla.entitlements.standing import Candidate, status_of
from sla.errors import MilepostError
from sla.setup_errors import EntitlementExhausted, EntitlementType, NotEntitled, UnknownEntitlement

ProcessBy = Literal["named", "promised", "only"]
"""What gives a record its process: whoever opens it, the entitlement that is chosen, or that there is no other."""


class Request(BaseModel):
    """Who asks for support, and about what: the fields of a record that decide. `entitlement`: the one that it names.

    `product` is the record's, or else its asset's; `type` is the record's, or else what its process is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str | None = None
    contact: str | None = None
    asset: str | None = None
    product: str | None = None
    contract: str | None = None
    type: str | None = Field(default=None, description="case, work_order…")
    channel: str | None = Field(default=None, description="phone, web…")
    entitlement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A candidate that was not chosen, and why."""

    entitlement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What came of choosing. `warnings`: what whoever opens the record should know.

    `exhausted`: those that were passed over for nothing but that they are used up.
    """

    chosen: Candidate | None
    why: str
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()
    exhausted: tuple[Candidate, ...] = ()

    @property
    def name(self) -> str | None:
        """The id of the chosen one."""
        return self.chosen.name if self.chosen else None


def choose(candidates: Iterable[Candidate], request: Request, now: datetime) -> Choice:
    """The entitlement for a record that is opened at `now`, whatever the order of the candidates.

    Raises UnknownEntitlement, EntitlementType, EntitlementExhausted or NotEntitled, for one that the request names only.
    """
    known = sorted(candidates, key=lambda one: one.name)
    if request.entitlement is not None:
        return _named(known, request, now)
    problems = {one.name: _problem(one, request, now) for one in known}
    fitting = sorted((one for one in known if problems[one.name] is None), key=order)
    open_to_it = [one for one in fitting if not blocked(one)]
    used_up = tuple(one for one in fitting if blocked(one))
    best = open_to_it[0] if open_to_it else None
    rejected = [Rejected(entitlement=one.name, reason=spent(one)) for one in used_up]
    rejected += [Rejected(entitlement=name, reason=problem) for name, problem in problems.items() if problem]
    if best is None:
        return Choice(chosen=None, why=_none(known, request), rejected=_by_name(rejected), exhausted=used_up)
    rejected += [Rejected(entitlement=one.name, reason=_behind(one, best)) for one in open_to_it[1:]]
    why = f"the best of {len(known)}: it is for {_RANKS[_rank(best)]}" if len(known) > 1 else _only(best)
    return Choice(chosen=best, why=why, rejected=_by_name(rejected), warnings=_warnings(best))


def refusal(choice: Choice, request: Request, *, process_named: bool) -> MilepostError | None:
    """Why a record may not be opened with this choice; None if it may (docs/decisions/0008).

    Whoever names a process may serve a customer who is not entitled; but what is blocked when it is used up, is blocked.
    """
    if choice.chosen is not None or not choice.rejected:
        return None
    if choice.exhausted:
        return _used_up(choice.exhausted[0])
    return None if process_named else _not_entitled(choice, request)


# ---------------------------------------------------------------------- the named one


def _named(known: Sequence[Candidate], request: Request, now: datetime) -> Choice:
    found = next((one for one in known if one.name == request.entitlement), None)
    if found is None:
        raise UnknownEntitlement(entitlement=request.entitlement)
    if (types := _types(found, request)) is not None:
        raise EntitlementType(entitlement=found.name, **types)
    if (problem := _problem(found, request, now)) is not None:
        reason = f"The entitlement '{found.name}' does not fit: {problem}"
        raise NotEntitled(problem=reason, remedy="Name another, or none; see: milepost entitlement choose")
    if blocked(found):
        raise _used_up(found)
    others = [Rejected(entitlement=one.name, reason="the record names another") for one in known if one is not found]
    return Choice(chosen=found, why="the record names it", rejected=_by_name(others), warnings=_warnings(found))


# ---------------------------------------------------------------------- what does not fit


def _problem(one: Candidate, request: Request, now: datetime) -> str | None:
    """The first reason for which it does not fit, in words; None if it fits."""
    return misfit(one, request) or out_of_term(one, now)


def misfit(one: Candidate, request: Request) -> str | None:
    """Why it is not for this request, whatever the time; None if it is.

    A limit asks the record to say that it is within; but of an entitlement that it names, only not to say otherwise.
    """
    named = request.entitlement is not None
    return next((reason for check in _CHECKS if (reason := check(one, request, named)) is not None), None)


def _of_account(one: Candidate, request: Request, named: bool) -> str | None:
    ours, theirs = one.entitlement.account, request.account
    if ours == theirs or (named and theirs is None):
        return None
    return f"it is of the account '{ours}', the record is of {_called(theirs)}"


def _of_type(one: Candidate, request: Request, named: bool) -> str | None:
    del named
    types = _types(one, request)
    return None if types is None else f"{types['whose']} for '{types['promised']}', the record is of type '{types['found']}'"


def _of_asset(one: Candidate, request: Request, named: bool) -> str | None:
    return _limited("asset", one.entitlement.asset, request.asset, named=named)


def _of_contact(one: Candidate, request: Request, named: bool) -> str | None:
    contacts, asking = one.entitlement.contacts, request.contact
    if not contacts or asking in contacts or (named and asking is None):
        return None
    return f"it is for the contacts {', '.join(contacts)} only, the record is of {_called(asking)}"


def _of_product(one: Candidate, request: Request, named: bool) -> str | None:
    return _limited("product", one.entitlement.product, request.product, named=named)


def _of_contract(one: Candidate, request: Request, named: bool) -> str | None:
    """A contract is where a promise stands, and no limit of it: a record need not name it, but may not name another."""
    del named
    return _limited("contract", one.entitlement.contract, request.contract, named=True)


def _by_channel(one: Candidate, request: Request, named: bool) -> str | None:
    del named
    channels = one.entitlement.channels
    if not channels or request.channel is None or request.channel in channels:
        return None
    return f"it is for {', '.join(channels)} only, the record came by '{request.channel}'"


_Check = Callable[[Candidate, Request, bool], str | None]
_CHECKS: Final[tuple[_Check, ...]] = (
    _of_account, _of_type, _of_asset, _of_contact, _of_product, _of_contract, _by_channel
)  # fmt: skip


def _limited(what: str, ours: str | None, theirs: str | None, *, named: bool) -> str | None:
    if ours is None or ours == theirs or (named and theirs is None):
        return None
    return f"it is for the {what} '{ours}' only, the record is about {_called(theirs)}"


def _called(name: str | None) -> str:
    return "none" if name is None else f"'{name}'"


def _types(one: Candidate, request: Request) -> dict[str, str] | None:
    """The two types, if they differ: what is promised, or what the process is for, and what the record is."""
    promised = ("it is", one.entitlement.type), (f"its process '{one.entitlement.process}' is", one.applies_to)
    for whose, type_ in promised:
        if type_ is not None and request.type is not None and type_ != request.type:
            return {"whose": whose, "promised": type_, "found": request.type}
    return None


def out_of_term(one: Candidate, now: datetime) -> str | None:
    """Why it is not in force, in words; None if it is."""
    status = status_of(one.entitlement, one.zone, now)
    if status == "active":
        return None
    if status == "expired":
        return f"it expired: its last day was {one.entitlement.ends_on}"
    return f"it has not begun: its first day is {one.entitlement.starts_on}"


# ---------------------------------------------------------------------- which is best

_RANKS: Final = ("this asset and this contact", "this asset", "this contact", "this product", "a contract", "the account")


def _rank(one: Candidate) -> int:
    """The place of what it is limited to, of one that fits."""
    limits = one.entitlement
    if limits.asset is not None:
        return 0 if limits.contacts else 1
    if limits.contacts:
        return 2
    if limits.product is not None:
        return 3
    return 4 if limits.contract is not None else 5


def order(one: Candidate) -> tuple[int, date, str]:
    """The better before the worse."""
    return (_rank(one), one.entitlement.ends_on or date.max, one.name)


def _behind(one: Candidate, best: Candidate) -> str:
    if _rank(one) != _rank(best):
        return f"'{best.name}' is for {_RANKS[_rank(best)]}, it for {_RANKS[_rank(one)]}"
    if one.entitlement.ends_on != best.entitlement.ends_on:
        return f"'{best.name}' is as good and ends sooner"
    return f"'{best.name}' is as good, ends with it, and comes first by name"


def _only(best: Candidate) -> str:
    return f"the only one: it is for {_RANKS[_rank(best)]}"


def _none(known: Sequence[Candidate], request: Request) -> str:
    if not known:
        return f"nothing is promised to {_account(request)}"
    return f"none of {len(known)} fits" if len(known) > 1 else "the only one does not fit"


def _by_name(rejected: list[Rejected]) -> tuple[Rejected, ...]:
    return tuple(sorted(rejected, key=lambda one: one.entitlement))


# ---------------------------------------------------------------------- used up


def blocked(one: Candidate) -> bool:
    """Whether it is used up, and that ends it."""
    return one.exhausted and one.entitlement.on_exhausted == "block"


def spent(one: Candidate) -> str:
    """That it is used up, in words."""
    allowed = one.entitlement.per_incident
    return "its only incident is used" if allowed == 1 else f"all {allowed} of its incidents are used"


def _warnings(best: Candidate) -> tuple[str, ...]:
    if best.exhausted and best.entitlement.on_exhausted == "warn":
        return (f"Entitlement '{best.name}': {spent(best)}; this record goes beyond them.",)
    return ()


def _used_up(one: Candidate) -> EntitlementExhausted:
    return EntitlementExhausted(
        entitlement=one.name, account=one.entitlement.account, allowed=one.entitlement.per_incident, used=one.used
    )


def _not_entitled(choice: Choice, request: Request) -> NotEntitled:
    reasons = "; ".join(f"'{one.entitlement}': {one.reason}" for one in choice.rejected[:5])
    more = len(choice.rejected) - 5
    reasons += f"; and {more} more" if more > 0 else ""
    problem = f"Nothing that is promised to {_account(request)} fits this record ({reasons})"
    return NotEntitled(problem=problem, remedy="Renew or mend one and apply it, or open the record under a process by name.")


def _account(request: Request) -> str:
    return f"account '{request.account}'" if request.account is not None else "a record without an account"
