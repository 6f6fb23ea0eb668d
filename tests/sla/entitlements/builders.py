"""Helios, which has inverters, a contract and contacts; and what it is promised. Monday 2 March 2026."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from sla.calendar import BusinessHours
from sla.entitlements.choosing import Request
from sla.entitlements.model import EntitlementEntry
from sla.entitlements.standing import Candidate

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVERYTHING = {
    "account": "helios", "contact": "kim", "asset": "inverter-7", "product": "inverter", "contract": "c-2026",
    "type": "case", "channel": "phone",
}  # fmt: skip


def instant(text: str) -> datetime:
    """An instant of any zone: `instant("2026-03-02T09:00+01:00")`."""
    return datetime.fromisoformat(text).astimezone(UTC)


def a_promise(name: str = "basic", **more: Any) -> EntitlementEntry:
    """What the account Helios is promised; without more, always and for everything."""
    return EntitlementEntry.model_validate({"entitlement": name, "account": "helios", **more})


def a_candidate(
    name: str = "basic", *, used: int = 0, zone: str = "Europe/Berlin", applies_to: str | None = None, **more: Any
) -> Candidate:
    """The same, with what is known of it."""
    return Candidate(entitlement=a_promise(name, **more), timezone=zone, used=used, applies_to=applies_to)


def a_request(**said: Any) -> Request:
    """A case of Helios about which everything is said that can be; None takes something back."""
    return Request(**EVERYTHING | said)


def some_hours(name: str = "office", windows: str = "09:00-17:00", zone: str = "Europe/Berlin") -> BusinessHours:
    """Weekdays in Berlin."""
    week = {day: [windows] for day in ("mon", "tue", "wed", "thu", "fri")}
    return BusinessHours.model_validate({"calendar": name, "timezone": zone, "hours": week})


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    """One of these, or nothing."""
    return st.one_of(st.none(), st.sampled_from(values))


def candidates(most: int = 6) -> st.SearchStrategy[list[Candidate]]:
    """Whatever may be promised to two accounts, in force or not, used up or not; each name once."""
    dates = ("2026-01-31", "2026-03-02", "2026-12-31")
    fields = {
        "account": st.sampled_from(["helios", "helios", "helios", "juniper"]),
        "asset": maybe("inverter-7", "inverter-8"),
        "product": maybe("inverter", "pump"),
        "contract": maybe("c-2026"),
        "contacts": st.sampled_from([(), ("kim",), ("lee",)]),
        "type": maybe("case", "work_order"),
        "channels": st.sampled_from([(), ("phone",), ("web",)]),
        "ends_on": maybe(*dates),
        "per_incident": maybe(2),
        "on_exhausted": st.sampled_from(["block", "warn", "allow"]),
    }
    one = st.builds(
        lambda used, applies_to, **said: (used, applies_to, said),
        st.integers(0, 2),
        maybe("case", "work_order"),
        **fields,
    )
    return st.lists(one, max_size=most).map(
        lambda drawn: [
            a_candidate(f"e{number}", used=used, applies_to=applies_to, **said)
            for number, (used, applies_to, said) in enumerate(drawn)
        ]
    )


def requests() -> st.SearchStrategy[Request]:
    """Cases of Helios that say more or less about themselves."""
    return st.builds(
        a_request,
        contact=maybe("kim"),
        asset=maybe("inverter-7"),
        product=maybe("inverter"),
        contract=maybe("c-2026"),
        type=maybe("case"),
        channel=maybe("phone"),
    )
