"""Who may do what, and how a refusal says what is missing."""

from itertools import pairwise

import pytest

from sla.access import FROM, RIGHTS, ROLES, Right, highest, principal, rights_of, roles_with
from sla.setup_errors import MissingRight


def test_each_role_may_do_all_that_the_one_before_it_may_and_more() -> None:
    for lesser, greater in pairwise(ROLES):
        assert rights_of(lesser) < rights_of(greater)


def test_an_administrator_has_every_right_and_a_viewer_changes_nothing() -> None:
    assert rights_of("admin") == set(RIGHTS)
    assert {right.partition(".")[2] for right in rights_of("viewer")} == {"read"}


def test_an_agent_works_on_records_and_on_nothing_else() -> None:
    assert rights_of("agent") - rights_of("viewer") == {"records.write"}


def test_no_right_is_without_a_first_role() -> None:
    assert set(FROM) == set(RIGHTS)


@pytest.mark.parametrize("right", RIGHTS)
def test_the_roles_with_a_right_are_those_that_have_it(right: Right) -> None:
    assert set(roles_with(right)) == {role for role in ROLES if right in rights_of(role)}


def test_a_refusal_says_which_right_is_missing_and_which_roles_have_it() -> None:
    with pytest.raises(MissingRight) as refused:
        principal("ben", "agent").require("catalogue.write")
    assert str(refused.value) == (
        "ben lacks the right 'catalogue.write' (their role is agent). The roles that have it: manager, admin. "
        "Ask an administrator."
    )
    assert refused.value.facts["right"] == "catalogue.write"


def test_a_limited_key_may_do_no_more_than_its_scopes() -> None:
    limited = principal("bridge", "agent", frozenset({"records.write"}))
    limited.require("records.write")
    with pytest.raises(MissingRight, match="their key is limited to other rights"):
        limited.require("records.read")


def test_scopes_give_nothing_that_the_role_has_not() -> None:
    assert principal("bridge", "viewer", frozenset({"access.manage", "records.read"})).rights == {"records.read"}


def test_whoever_has_no_role_has_no_right() -> None:
    with pytest.raises(MissingRight, match="their role is none"):
        principal("stranger", None).require("records.read")


def test_of_several_roles_the_one_with_the_most_rights_counts() -> None:
    assert highest(frozenset({"viewer", "manager", "agent"})) == "manager"
    assert highest(frozenset()) is None
