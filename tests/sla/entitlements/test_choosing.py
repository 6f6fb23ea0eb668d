"""Which entitlement a record is held to (SPEC 6), and why none of the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.entitlements.choosing import choose, misfit, order, refusal
from sla.entitlements.standing import Candidate, status_of
from sla.setup_errors import EntitlementExhausted, EntitlementType, NotEntitled, UnknownEntitlement
from tests.sla.entitlements.builders import NOW, a_candidate, a_request, candidates, requests

ASSET_AND_CONTACT: dict[str, Any] = {"asset": "inverter-7", "contacts": ["kim"]}
BY_RANK: list[dict[str, Any]] = [
    ASSET_AND_CONTACT,
    {"asset": "inverter-7"},
    {"contacts": ["kim", "lee"]},
    {"product": "inverter"},
    {"contract": "c-2026"},
    {},
]
"""From the narrowest to the widest, as SPEC 6 has them."""


def chosen(known: list[Candidate], **said: Any) -> str | None:
    return choose(known, a_request(**said), NOW).name


def reasons(known: list[Candidate], **said: Any) -> dict[str, str]:
    return {one.entitlement: one.reason for one in choose(known, a_request(**said), NOW).rejected}


# ---------------------------------------------------------------------- the best


@pytest.mark.parametrize("rank", range(len(BY_RANK) - 1))
def test_the_narrower_goes_before_the_wider(rank: int) -> None:
    narrow, wide = a_candidate("z-narrow", **BY_RANK[rank]), a_candidate("a-wide", ends_on="2026-03-03", **BY_RANK[rank + 1])
    choice = choose([wide, narrow], a_request(), NOW)
    assert choice.name == "z-narrow"
    assert "'z-narrow' is for" in choice.rejected[0].reason


def test_of_two_as_good_the_one_that_ends_first_is_used_up_first() -> None:
    known = [a_candidate("a"), a_candidate("b", ends_on="2026-12-31"), a_candidate("c", ends_on="2026-06-30")]
    assert chosen(known) == "c"
    assert reasons(known)["a"] == "'c' is as good and ends sooner"


def test_of_two_that_end_together_the_first_by_name_is_chosen() -> None:
    known = [a_candidate("b", ends_on="2026-06-30"), a_candidate("a", ends_on="2026-06-30")]
    assert chosen(known) == "a"
    assert reasons(known) == {"b": "'a' is as good, ends with it, and comes first by name"}


def test_the_one_that_the_record_names_goes_before_a_better_one() -> None:
    known = [a_candidate("basic"), a_candidate("best", **ASSET_AND_CONTACT)]
    choice = choose(known, a_request(entitlement="basic"), NOW)
    assert (choice.name, choice.why) == ("basic", "the record names it")
    assert [one.entitlement for one in choice.rejected] == ["best"]


@pytest.mark.parametrize(
    ("promise", "said", "reason"),
    [
        ({"ends_on": "2026-03-01"}, {}, "it expired: its last day was 2026-03-01"),
        ({"starts_on": "2026-03-03"}, {}, "it has not begun: its first day is 2026-03-03"),
        ({"asset": "inverter-8"}, {}, "it is for the asset 'inverter-8' only, the record is about 'inverter-7'"),
        ({"asset": "inverter-8"}, {"asset": None}, "it is for the asset 'inverter-8' only, the record is about none"),
        ({"contacts": ["lee"]}, {}, "it is for the contacts lee only, the record is of 'kim'"),
        ({"product": "pump"}, {}, "it is for the product 'pump' only, the record is about 'inverter'"),
        ({"contract": "c-2025"}, {}, "it is for the contract 'c-2025' only, the record is about 'c-2026'"),
        ({"channels": ["web"]}, {}, "it is for web only, the record came by 'phone'"),
        ({"type": "work_order"}, {}, "it is for 'work_order', the record is of type 'case'"),
        ({"account": "juniper"}, {}, "it is of the account 'juniper', the record is of 'helios'"),
        ({"per_incident": 3, "used": 3}, {}, "all 3 of its incidents are used"),
    ],
)
def test_what_does_not_fit_is_rejected_with_the_reason(promise: Any, said: Any, reason: str) -> None:
    known = [a_candidate("it", **promise), a_candidate("other")]
    assert chosen(known, **said) == "other"
    assert reasons(known, **said) == {"it": reason}


def test_a_process_for_another_type_of_record_does_not_fit() -> None:
    known = [a_candidate("it", process="Repairs", applies_to="work_order")]
    assert reasons(known) == {"it": "its process 'Repairs' is for 'work_order', the record is of type 'case'"}


@pytest.mark.parametrize("unsaid", ["contract", "channel", "type"])
def test_a_record_need_not_say_its_contract_channel_or_type(unsaid: str) -> None:
    known = [a_candidate("it", contract="c-2026", channels=["phone"], type="case")]
    assert chosen(known, **{unsaid: None}) == "it"


def test_in_force_is_what_was_in_force_where_the_customer_is() -> None:
    sydney = a_candidate("it", zone="Australia/Sydney", ends_on="2026-03-01")
    assert choose([sydney], a_request(), NOW).chosen is None, "it is the 2nd there"


# ---------------------------------------------------------------------- the one that is named


def test_one_that_nobody_has_cannot_be_named() -> None:
    with pytest.raises(UnknownEntitlement, match="no entitlement 'gold'"):
        chosen([a_candidate()], entitlement="gold")


@pytest.mark.parametrize("promise", [{"type": "work_order"}, {"process": "Repairs", "applies_to": "work_order"}])
def test_one_for_another_type_is_an_error_that_names_both(promise: Any) -> None:
    with pytest.raises(EntitlementType, match=r"for 'work_order', but the record is of type 'case'"):
        chosen([a_candidate(**promise)], entitlement="basic")


@pytest.mark.parametrize("promise", [{"ends_on": "2026-03-01"}, {"account": "juniper"}, {"asset": "inverter-8"}])
def test_one_that_does_not_fit_is_an_error_with_the_reason(promise: Any) -> None:
    with pytest.raises(NotEntitled, match="'basic' does not fit: it "):
        chosen([a_candidate(**promise)], entitlement="basic")


def test_one_that_is_named_is_trusted_where_the_record_is_silent() -> None:
    assert chosen([a_candidate(**ASSET_AND_CONTACT)], entitlement="basic", asset=None, contact=None) == "basic"


def test_one_that_is_used_up_and_blocks_cannot_be_named() -> None:
    with pytest.raises(EntitlementExhausted, match="was good for 3 records, and 3 are open or were"):
        chosen([a_candidate(per_incident=3, used=3)], entitlement="basic")


# ---------------------------------------------------------------------- used up, and what is refused


@pytest.mark.parametrize(("on_exhausted", "name", "warned"), [("block", None, 0), ("warn", "it", 1), ("allow", "it", 0)])
def test_what_becomes_of_one_that_is_used_up_is_its_own_to_say(on_exhausted: str, name: str | None, warned: int) -> None:
    choice = choose([a_candidate("it", per_incident=2, used=2, on_exhausted=on_exhausted)], a_request(), NOW)
    assert (choice.name, len(choice.warnings)) == (name, warned)


def test_the_last_incident_may_be_used() -> None:
    assert chosen([a_candidate("it", per_incident=2, used=1)]) == "it"


def test_where_the_best_is_used_up_the_next_is_chosen() -> None:
    assert chosen([a_candidate("best", per_incident=1, used=1, **ASSET_AND_CONTACT), a_candidate("next")]) == "next"


@pytest.mark.parametrize(
    ("known", "process_named", "refused"),
    [
        ([], False, None),
        ([a_candidate()], False, None),
        ([a_candidate(ends_on="2026-03-01")], False, NotEntitled),
        ([a_candidate(ends_on="2026-03-01")], True, None),
        ([a_candidate(per_incident=1, used=1)], False, EntitlementExhausted),
        ([a_candidate(per_incident=1, used=1)], True, EntitlementExhausted),
        ([a_candidate(per_incident=1, used=1, on_exhausted="warn")], False, None),
    ],
)
def test_a_record_is_refused_only_where_what_is_promised_leaves_nothing(
    known: list[Candidate], process_named: bool, refused: type[Exception] | None
) -> None:
    answer = refusal(choose(known, a_request(), NOW), a_request(), process_named=process_named)
    assert (type(answer) if answer else None) == refused


def test_a_refusal_says_what_is_wrong_with_each_and_the_way_out() -> None:
    choice = choose([a_candidate("a", ends_on="2026-03-01"), a_candidate("b", type="work_order")], a_request(), NOW)
    said = str(refusal(choice, a_request(), process_named=False))
    assert "'a': it expired: its last day was 2026-03-01; 'b': it is for 'work_order'" in said
    assert said.endswith("Renew or mend one and apply it, or open the record under a process by name.")


# ---------------------------------------------------------------------- laws


@given(candidates(), requests(), st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_are_known_changes_nothing(known: list[Candidate], request: Any, chance: Any) -> None:
    turned = list(known)
    chance.shuffle(turned)
    assert choose(turned, request, NOW) == choose(known, request, NOW)


@given(candidates(), requests())
def test_every_candidate_is_chosen_or_rejected_with_a_reason(known: list[Candidate], request: Any) -> None:
    choice = choose(known, request, NOW)
    named = [one.entitlement for one in choice.rejected] + ([choice.name] if choice.name else [])
    assert sorted(named) == sorted(one.name for one in known)
    assert all(one.reason for one in choice.rejected)


@given(candidates(), requests())
def test_what_is_chosen_fits_is_in_force_and_nothing_that_does_so_is_better(known: list[Candidate], request: Any) -> None:
    def good(one: Candidate) -> bool:
        blocked = one.exhausted and one.entitlement.on_exhausted == "block"
        in_force = status_of(one.entitlement, one.zone, NOW) == "active"
        return misfit(one, request) is None and in_force and not blocked

    best = min((one for one in known if good(one)), key=order, default=None)
    assert choose(known, request, NOW).chosen == best


@given(candidates(), candidates(1), requests())
def test_one_more_that_is_not_better_never_changes_the_choice(
    known: list[Candidate], more: list[Candidate], request: Any
) -> None:
    before = choose(known, request, NOW)
    for one in more:
        other = a_candidate("another", used=one.used, **_said(one))
        after = choose([*known, other], request, NOW)
        if before.chosen is not None and order(other) > order(before.chosen):
            assert after.name == before.name
        else:
            assert after.name in (before.name, "another")


def _said(one: Candidate) -> dict[str, Any]:
    return one.entitlement.model_dump(mode="json", exclude_unset=True, exclude={"entitlement"})
