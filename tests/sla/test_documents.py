"""Documents: what YAML means here, where each thing stands, and refusals that help whoever wrote it."""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from sla.calendar import BusinessHours
from sla.documents import Document, parse_documents, validate_document
from sla.errors import InvalidDefinition, MalformedDocument


def _one(text: str) -> Document:
    (document,) = parse_documents(text, "a.yaml")
    return document


def _refusal(text: str) -> MalformedDocument:
    with pytest.raises(MalformedDocument) as refused:
        parse_documents(text, "a.yaml")
    return refused.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("0x1F", 31),
        ("007", "007"),
        ("+4930123", "+4930123"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("09:00-17:00", "09:00-17:00"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("2026-12-25", "2026-12-25"),
        ("--12-25", "--12-25"),
        ("2026-03-02T14:30:00Z", "2026-03-02T14:30:00Z"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
        ('"\\ud83d\\ude00"', "😀"),
        ("<<", "<<"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says_and_nothing_by_surprise(written: str, meant: Any) -> None:
    found = _one(f"key: {written}\n").data["key"]
    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert _one("1: a\ntrue: b\nno: c\n2026-01-01: d\n").data == {"1": "a", "true": "b", "no": "c", "2026-01-01": "d"}


def test_a_stream_and_a_list_are_as_many_documents_and_empty_ones_are_none() -> None:
    text = "# nothing\n---\na: 1\n---\n- b: 2\n-\n- c: 3\n---\n---\n[]\n"
    documents = parse_documents(text, "a.yaml")
    assert [document.data for document in documents] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert [document.line_of(()) for document in documents] == [3, 5, 7]
    assert {document.source for document in documents} == {"a.yaml"}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n---\n", "\ufeff"])
def test_nothing_is_no_document(text: str) -> None:
    assert parse_documents(text, "a.yaml") == []


def test_every_place_knows_its_line() -> None:
    document = _one("process: P\nmilestones:\n  - milestone: M\n    warnings:\n      - at: 75%\n  - milestone: N\n")
    assert document.line_of(("process",)) == 1
    assert document.line_of(("milestones",)) == 2
    assert document.line_of(("milestones", 0)) == 3
    assert document.line_of(("milestones", 0, "warnings")) == 4
    assert document.line_of(("milestones", 0, "warnings", 0, "at")) == 5
    assert document.line_of(("milestones", 1, "milestone")) == 6


def test_a_place_that_is_not_there_is_where_it_would_be() -> None:
    document = _one("process: P\nmilestones:\n  - milestone: M\n")
    assert document.line_of(("milestones", 0, "within")) == 3
    assert document.line_of(("milestones", 7, "within")) == 2
    assert document.line_of(("nothing", "at", "all")) == 1


def test_json_is_read_as_it_is_also_with_tabs_and_escapes() -> None:
    data = {"a": [1, 2.5, None, True, "x\ty"], "b": {"ü": "\u0001😀/"}}
    for text in (json.dumps(data), json.dumps(data, indent="\t"), json.dumps(data, ensure_ascii=True, indent=2)):
        assert _one(text).data == data
    assert _one(json.dumps(data, indent="\t")).line_of(("b",)) == 9


def test_windows_line_ends_count_as_one() -> None:
    assert _one("a: 1\r\nb: 2\r\n").line_of(("b",)) == 2


def test_an_alias_repeats_and_a_merge_key_takes_over_what_is_not_said() -> None:
    text = "base: &base {x: 1, y: [1]}\nagain: *base\nown:\n  <<: *base\n  x: 2\nmany:\n  <<: [{z: 1}, {z: 2, w: 3}]\n"
    data = _one(text).data
    assert data["again"] == {"x": 1, "y": [1]}
    assert data["own"] == {"x": 2, "y": [1]}
    assert data["many"] == {"z": 1, "w": 3}
    assert data["again"]["y"] is not data["base"]["y"]
    assert _one(text).line_of(("own", "x")) == 5


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' is given twice; it is already on line 1"),
        ("{1: a,\n '1': b}", 2, "the key '1' is given twice"),
        ("x:\n  y: {z: 1, z: 2}\n", 2, "the key 'z' is given twice"),
        ("? [1]\n: 2\n", 1, "a key must be text"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "the tag !!python/object/apply:os.system is not allowed"),
        ("a: 1\nb: !secret x\n", 2, "the tag !secret is not allowed"),
        ("!!set {a}\n", 1, "the tag !!set is not allowed"),
        ("a: !!int twelve\n", 1, "is not what its tag !!int says"),
        ("a: *b\n", 1, "the alias *b has no anchor before it"),
        ("--- &a\nx: 1\n---\ny: *a\n", 4, "the alias *a has no anchor before it"),
        ("a: &a [1, *a]\n", 1, "an alias stands for something that contains it"),
        ("a:\n  <<: 5\n", 2, "a merge key (<<) needs a mapping"),
        ("a: " + "[" * 41 + "]" * 41, 1, "nested deeper than 40 levels"),
        ("[" * 100_000, 1, "nested deeper than 40 levels"),
        ("a: b: c\n", 1, "there is a ':' where none can be"),
        ("a: 1\n\tb: 2\n", 2, "a tab or special character"),
        ("a: @home\n", 1, "a tab or special character"),
        ("a:\n  b: 1\n c: 2\n", 3, "check the indentation"),
        ("a: [1, 2\n", 2, "lacks a comma or its closing bracket"),
        ("a: 1}\n}\n", 2, "does not fit those before it"),
        ("a: 'x\n", 2, "a quotation is not closed"),
        ("a: 1\nb: \x07\n", 2, "the character U+0007 is not allowed"),
        ('a: "\\ud83d"\n', 1, "half of a character"),
        ("a: 1e999\n", 1, "too large"),
        ("a: " + "9" * 5000, 1, "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(text: str, line: int, words: str) -> None:
    refused = _refusal(text)
    assert words in refused.facts["problem"]
    assert refused.facts["line"] == line
    assert str(refused).startswith(f"a.yaml:{line}: ")


def test_a_billion_laughs_are_not_laughed() -> None:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    assert "aliases stand for more than 10000 values" in _refusal("\n".join(lines)).facts["problem"]


def test_a_long_document_without_aliases_has_no_such_bound() -> None:
    assert len(_one("x: [" + "1," * 20_000 + "]").data["x"]) == 20_000


class Warn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: int = Field(gt=0, le=100)
    channel: Literal["email", "chat"] = "email"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    milestone: str
    within: int
    warnings: list[Warn] = []
    urgent: bool = False


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: str
    values: dict[str, int]


class Process(BaseModel):
    model_config = ConfigDict(extra="forbid")

    process: Annotated[str, Field(min_length=2)]
    milestones: list[Line] = []
    limit: Annotated[
        Annotated[Table, Tag("by")] | Annotated[int, Tag("plain")],
        Discriminator(lambda given: "by" if isinstance(given, dict) else "plain"),
    ] = 1
    loose: int | list[str] = 1


def _problems(text: str, model: type[BaseModel] = Process) -> list[tuple[int, str, str]]:
    with pytest.raises(InvalidDefinition) as refused:
        validate_document(model, _one(text))
    return [(p["line"], p["path"], p["problem"]) for p in refused.value.facts["problems"]]


def test_a_document_that_holds_together_becomes_its_model() -> None:
    process = validate_document(Process, _one("process: Premium\nmilestones:\n  - {milestone: M, within: 5}\n"))
    assert process.milestones[0].within == 5


@pytest.mark.parametrize(
    ("text", "line", "path", "problem"),
    [
        ("milestones: []\n", 1, "process", "is required"),
        ("process: P1\nmilestones:\n- within: 1\n", 3, "milestones[0].milestone", "is required"),
        ("process: 5\n", 1, "process", "should be text, not 5"),
        ("process: P\n", 1, "process", "should have at least 2 characters, not 'P'"),
        ("process: P1\nmilestones: many\n", 2, "milestones", "should be a list, not 'many'"),
        ("process: P1\nmilestones: [3]\n", 2, "milestones[0]", "should be a mapping of fields, not 3"),
        ("just text\n", 1, "document", "should be a mapping of fields, not 'just text'"),
        ("process: P1\nlimit:\n  by: x\n  values: {P1: no}\n", 4, "limit.values.P1", "should be a whole number, not 'no'"),
        ("process: P1\nlimit:\n  by: x\n", 2, "limit.values", "is required"),
        ("process: P1\nlimit: {by: x, values: {},\n  bye: x}\n", 3, "limit.bye", "unknown field 'bye'; did you mean 'by'?"),
        ("process: P1\nzzz: 1\n", 2, "zzz", "unknown field 'zzz'; known here: process, milestones, limit, loose"),
        ("process: P1\nloose: {}\n", 2, "loose", "should be a whole number; or should be a list"),
        ("process: P1\nlimit: null\n", 2, "limit", "should be a whole number, not nothing"),
    ],
)  # fmt: skip
def test_a_problem_is_told_with_its_line_its_path_and_plain_words(text: str, line: int, path: str, problem: str) -> None:
    assert _problems(text) == [(line, path, problem)]


def test_deep_inside_a_list_the_path_says_which() -> None:
    text = """\
process: Premium
milestones:
  - milestone: First Response
    within: 5
    urgent: maybe
    warnings:
      - at: 75
      - at: 750
        chanel: email
      - {at: 50, channel: fax}
"""
    assert _problems(text) == [
        (5, "milestones[0].urgent", "should be true or false, not 'maybe'"),
        (8, "milestones[0].warnings[1].at", "should be less than or equal to 100, not 750"),
        (9, "milestones[0].warnings[1].chanel", "unknown field 'chanel'; did you mean 'channel'?"),
        (10, "milestones[0].warnings[2].channel", "should be 'email' or 'chat', not 'fax'"),
    ]


def test_a_refusal_reads_like_a_compilers_one_line_for_each_problem() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        validate_document(Process, _one("process: 5\n\nprocesss: 6\n"))
    assert str(refused.value) == (
        "a.yaml:1: process: should be text, not 5\n"
        "a.yaml:3: processs: unknown field 'processs'; did you mean 'process'?"
    )  # fmt: skip
    facts = refused.value.facts
    assert (facts["source"], facts["line"], facts["path"]) == ("a.yaml", 1, "process")


def test_of_very_many_problems_twenty_are_told_and_the_rest_counted() -> None:
    text = "process: P1\nmilestones:\n" + "- {milestone: M, within: soon}\n" * 30
    with pytest.raises(InvalidDefinition) as refused:
        validate_document(Process, _one(text))
    assert str(refused.value).count("\n") == 20
    assert str(refused.value).endswith("a.yaml: 10 more problems")
    assert len(refused.value.facts["problems"]) == 30


def test_a_calendars_problems_are_told_where_they_are_in_the_file() -> None:
    text = """\
calendar: Support
timezone: Europe/Berln
hours:
  mon: ["09:00-17:00", "16:00-18:00"]
  tuesday: []
holidays:
  - 2026-02-30
  - {date: 2026-12-24, hours: ["9-12"]}
  - {country: DE, subdivision: Bayern}
  - {form: 2026-01-01, to: 2026-01-02}
"""
    problems = _problems(text, BusinessHours)
    assert [(line, path) for line, path, _ in problems] == [
        (2, "timezone"),
        (4, "hours.mon[1]"),
        (5, "hours.tuesday"),
        (7, "holidays[0]"),
        (8, "holidays[1].hours[0]"),
        (9, "holidays[2].subdivision"),
        (10, "holidays[3].from"),
        (10, "holidays[3].form"),
    ]
    assert problems[7][2] == "unknown field 'form'; did you mean 'from'?"
