"""Whatever is done to lines of the audit log afterwards is found, and at which line."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.audit_chain import FIRST, MOST, NOTHING, Head, Walk, digest_of

Line = dict[str, Any]


def lines(count: int) -> list[Line]:
    """A sound chain."""
    made: list[Line] = []
    for number in range(1, count + 1):
        line = {
            "number": number,
            "at": datetime(2026, 3, 2, 9, number % 60, tzinfo=UTC),
            "who": "ada",
            "door": "cli",
            "verb": "catalogue.retire",
            "subject": f"process/Premium {number}",
            "before": {"status": "active"},
            "after": {"status": "retired"},
            "request_id": None,
            "previous": made[-1]["hash"] if made else FIRST,
        }
        made.append({**line, "hash": digest_of(line)})
    return made


def walked(chain: list[Line], *, head: Head | None = None, kept: Head | None = None) -> Walk:
    walk = Walk(kept=kept)
    for line in chain:
        walk.follow(line)
    walk.end(head or (head_of(chain) if chain else NOTHING))
    return walk


def head_of(chain: list[Line]) -> Head:
    return Head(number=chain[-1]["number"], hash=chain[-1]["hash"])


def told(walk: Walk) -> list[str]:
    return [f"{one.number} {one.problem}" for one in walk.breaks]


def made_anew(chain: list[Line], start: int) -> list[Line]:
    """The chain with all hashes from there on as if it had always been so."""
    for place in range(start, len(chain)):
        chain[place]["previous"] = chain[place - 1]["hash"] if place else FIRST
        chain[place]["hash"] = digest_of(chain[place])
    return chain


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_sound_chain_has_nothing_to_tell_and_its_head_is_the_last_line(count: int) -> None:
    walk = walked(lines(count))
    assert (told(walk), walk.lines, walk.at.number) == ([], count, count)


@pytest.mark.parametrize(
    "name", ["at", "who", "door", "verb", "subject", "before", "after", "request_id", "previous", "hash"]
)
def test_an_altered_line_is_found_whatever_was_altered(name: str) -> None:
    chain = lines(5)
    altered: dict[str, Any] = {"at": datetime(2026, 3, 2, tzinfo=UTC), "before": None, "after": {"status": "active"}}
    chain[2][name] = altered.get(name, "f" * 64)
    assert {one.number for one in walked(chain, head=head_of(lines(5))).breaks} <= {3, 4}
    assert not walked(lines(5)).broken
    assert walked(chain, head=head_of(lines(5))).broken


def test_a_line_that_was_altered_with_its_hash_does_not_fit_the_next() -> None:
    chain = lines(5)
    chain[2]["who"] = "mallory"
    chain[2]["hash"] = digest_of(chain[2])
    assert told(walked(chain)) == ["4 does not follow the line before it: one of the two was altered"]


@pytest.mark.parametrize("gone", [0, 2, 3])
def test_a_removed_line_is_found_by_its_number(gone: int) -> None:
    chain = lines(5)
    del chain[gone]
    assert told(walked(chain)) == [f"{gone + 1} is missing"]


def test_several_removed_lines_are_told_as_one_gap() -> None:
    chain = lines(9)
    assert told(walked(chain[:2] + chain[6:])) == ["3 and all up to line 6 are missing"]


def test_a_cut_off_end_is_found_by_the_head_that_is_kept_beside_the_lines() -> None:
    chain = lines(5)
    assert told(walked(chain[:4], head=head_of(chain))) == ["5 is missing"]
    assert told(walked([], head=head_of(chain))) == ["1 and all up to line 5 are missing"]


def test_an_end_that_was_cut_off_with_its_head_is_found_only_by_who_kept_it_elsewhere() -> None:
    chain = lines(5)
    assert told(walked(chain[:4])) == []
    assert told(walked(chain[:4], kept=head_of(chain))) == ["5 is missing"]


def test_lines_that_were_forged_at_the_end_are_found() -> None:
    chain = lines(5)
    assert told(walked(chain, head=head_of(chain[:3]))) == ["4 was not added by Milepost: the last line that was, is 3"]


def test_a_last_line_that_was_altered_with_its_hash_is_found() -> None:
    chain = lines(5)
    head = head_of(chain)
    chain[4]["who"] = "mallory"
    chain[4]["hash"] = digest_of(chain[4])
    assert told(walked(chain, head=head)) == ["5 is not the line that was written last: it was altered"]


def test_lines_that_changed_places_are_found() -> None:
    chain = lines(5)
    for name in set(chain[1]) - {"number"}:
        chain[1][name], chain[2][name] = chain[2][name], chain[1][name]
    assert {one.number for one in walked(chain).breaks} == {2, 3, 4}


def test_a_chain_that_was_made_anew_is_found_by_who_kept_a_head_elsewhere() -> None:
    chain = lines(5)
    kept = head_of(chain[:4])
    chain[1]["who"] = "mallory"
    forged = made_anew(chain, 1)
    assert told(walked(forged)) == []
    assert told(walked(forged, kept=kept)) == ["4 is not the line whose hash was kept: it, or one before it, was altered"]


def test_a_head_that_was_kept_goes_on_to_fit_when_lines_are_added() -> None:
    assert told(walked(lines(9), kept=head_of(lines(4)))) == []


def test_of_many_breaks_only_some_are_told_and_all_are_counted() -> None:
    chain = lines(MOST * 2)
    for line in chain:
        line["who"] = "mallory"
    walk = walked(chain)
    assert (len(walk.breaks), walk.broken) == (MOST, MOST * 2)


def test_a_head_is_read_as_it_is_written() -> None:
    head = head_of(lines(3))
    assert Head.parse(f" {head}\n") == head


@pytest.mark.parametrize("text", ["", "3", "3:abc", f"03:{FIRST}", f"-1:{FIRST}", f"{FIRST}:3", f"3:{'G' * 64}"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number:hash"):
        Head.parse(text)


_TAMPERINGS: dict[str, Callable[[list[Line], int], list[Line]]] = {
    "removed": lambda chain, at: chain[:at] + chain[at + 1 :],
    "altered": lambda chain, at: [*chain[:at], chain[at] | {"who": "mallory"}, *chain[at + 1 :]],
    "doubled under another number": lambda chain, at: [*chain, chain[at] | {"number": len(chain) + 1}],
    "cut off": lambda chain, at: chain[:at],
}


@given(count=st.integers(1, 12), data=st.data(), how=st.sampled_from(sorted(_TAMPERINGS)))
def test_no_single_tampering_goes_unnoticed(count: int, data: st.DataObject, how: str) -> None:
    chain = lines(count)
    place = data.draw(st.integers(0, count - 1))
    assert walked(_TAMPERINGS[how](lines(count), place), head=head_of(chain)).broken
