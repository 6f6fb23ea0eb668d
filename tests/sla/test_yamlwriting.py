"""Definitions written as YAML: read back they are the same, whatever is in them; and people can read them too."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.documents import parse_documents
from sla.yamlwriting import write_document
from tests.sla.calendar.strategies import modest

ODD = (
    "", " ", "yes", "No", "null", "~", "0o17", "0x1F", "1e5", "1_000", "1:30", "2026-12-25", "+49", "-1", ".5", "a: b",
    "a #b",
    "- a", "[a",
    "{a", "&a", "*a", "!a", "'a'", '"a"', "a\nb", "a\tb", "\u00a0", "\u2028", "\ufeff", "\x7f", "\x85", "é…", "🙂",
    "<<", "=", "a:", "a,b", "role:x", "75%", "1h 30m", "--12-25", "@x", "`x`", "%x", "|", ">", "? a", "...", "---", "# no",
)  # fmt: skip
TEXT = st.sampled_from(ODD) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20
)


def read(text: str) -> Any:
    [document] = parse_documents(text, "test")
    return document.data


def kinds(data: Any) -> Any:
    """The data with each scalar's type, since 1 == 1.0 == True."""
    if isinstance(data, dict):
        return {key: kinds(value) for key, value in data.items()}
    return [kinds(item) for item in data] if isinstance(data, list) else (type(data), data)


@modest(500)
@given(st.dictionaries(TEXT, DATA, min_size=1, max_size=5))
def test_whatever_is_written_is_read_back_the_same(data: dict[str, Any]) -> None:
    text = write_document(data)
    assert kinds(read(text)) == kinds(data)
    assert list(read(text)) == list(data)
    assert write_document(read(text)) == text


@pytest.mark.parametrize("text", ODD)
def test_text_stays_text_alone_and_in_brackets(text: str) -> None:
    data = {"alone": text, "list": [text, text], text: {"inside": text}}
    assert read(write_document(data)) == data


def test_it_is_written_as_people_write_it() -> None:
    data = {
        "process": "Premium Support",
        "description": "An answer, soon: at once",
        "stop_when": {"status": ["Waiting", "On Hold"]},
        "milestones": [{"milestone": "Answer", "within": "1h 30m", "warnings": [{"at": "75%", "actions": []}]}],
        "hours": {"mon": ["09:00-17:00"]},
    }
    assert write_document(data) == (
        "process: Premium Support\n"
        'description: "An answer, soon: at once"\n'
        "stop_when: {status: [Waiting, On Hold]}\n"
        "milestones:\n"
        "  - milestone: Answer\n"
        "    within: 1h 30m\n"
        "    warnings:\n"
        "      - at: 75%\n"
        "        actions: []\n"
        'hours: {mon: ["09:00-17:00"]}\n'
    )


def test_what_is_too_long_for_a_line_is_spread_over_several() -> None:
    names = [f"somebody-{number}" for number in range(20)]
    lines = write_document({"to": names}).splitlines()
    assert lines == ["to:", *(f"  - {name}" for name in names)]
