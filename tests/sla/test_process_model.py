"""Processes as files spell them: every form that is read, every refusal with its place (SPEC 3, 5; SPEC 8, Refusals)."""

import json
from typing import Any

import pytest

from sla.documents import Document, validate_document
from sla.duration import Duration
from sla.errors import InvalidDefinition
from sla.process.model import Action, LimitTable, Milestone, Process, Violation, Warn
from tests.sla.builders import ESCALATE, FIRST, MAIL, Json, a_milestone, a_process, a_quiet


def document(*lines: Any, **changes: Any) -> Json:
    """A process of these lines, or of one quiet milestone; a key set to `...` is left out."""
    whole = {"process": "Support", "milestones": list(lines) or [a_quiet()], **changes}
    return {key: value for key, value in whole.items() if value is not ...}


def line(**changes: Any) -> Json:
    whole = {**a_quiet(), **changes}
    return document({key: value for key, value in whole.items() if value is not ...})


def refusal(data: Any) -> str:
    """Where it is refused, and why."""
    with pytest.raises(InvalidDefinition) as refused:
        validate_document(Process, Document(data=data, source="p.yaml", lines={(): 1}))
    return f"{refused.value.facts['path']}: {refused.value.facts['problem']}"


def warns(*warnings: Any) -> Json:
    return line(warnings=list(warnings))


def by(**table: Any) -> Json:
    whole = {"by": "priority", "values": {"P1": "1h"}, "default": "8h", **table}
    return line(within={key: value for key, value in whole.items() if value is not ...})


# What it is, the document, where it is refused, and some of the words.
REFUSED: list[tuple[str, Any, str, str]] = [
    ("a list", [], "document", "mapping"),
    ("text", "Support", "document", "mapping"),
    ("no name", document(process=...), "process", "required"),
    ("an empty name", document(process=""), "process", "at least 1 character"),
    ("a name of 121 characters", document(process="x" * 121), "process", "at most 120 characters"),
    ("a name that begins with a space", document(process=" Support"), "process", "pattern"),
    ("a number for a name", document(process=7), "process", "text"),
    ("a long description", document(description="x" * 256), "description", "at most 255 characters"),
    ("an unknown field", document(colour="blue"), "colour", "unknown field 'colour'"),
    ("an empty start", document(start_at=""), "start_at", "at least 1 character"),
    ("no type of record", document(applies_to=""), "applies_to", "at least 1 character"),
    ("an unknown way out", document(on_exit="drop"), "on_exit", "'cancel' or 'leave_open'"),
    ("an unknown way back", document(on_reopen="again"), "on_reopen", "'resume', 'restart' or 'new_cycle'"),
    ("an empty exit", document(exit_when={}), "exit_when", "a mapping such as"),
    ("an exit on null", document(exit_when={"status": None}), "exit_when", "exists: false"),
    ("a stop by an event", document(stop_when={"event": "x"}), "document", "stop_when: an event is an instant"),
    (
        "a stop by an event among others",
        document(stop_when={"any": [{"status": "x"}, {"not": {"event": "x"}}]}),
        "document",
        "stop_when: an event is an instant",
    ),
    ("no milestones", document(milestones=[]), "milestones", "at least one milestone"),
    ("milestones left out", document(milestones=...), "milestones", "required"),
    ("milestones that are no list", document(milestones=a_quiet()), "milestones", "list"),
    ("a milestone without a name", line(milestone=...), "milestones[0].milestone", "required"),
    ("a milestone with an empty name", line(milestone=""), "milestones[0].milestone", "at least 1 character"),
    ("a milestone with a long name", line(milestone="x" * 121), "milestones[0].milestone", "at most 120 characters"),
    ("an unknown field of a milestone", line(colour=1), "milestones[0].colour", "unknown field 'colour'"),
    ("an unknown start", line(start="now"), "milestones[0].start", "'process' or 'criteria'"),
    ("an unknown recurrence", line(recurrence="weekly"), "milestones[0].recurrence", "'none', 'independent'"),
    ("no limit", line(within=...), "milestones[0].within", "required"),
    ("a limit of null", line(within=None), "milestones[0].within", "a duration is text"),
    ("a limit of nothing", line(within="0s"), "milestones[0]", "within must be longer than nothing"),
    ("a limit of no days", line(within="0d 0bd"), "milestones[0]", "within must be longer than nothing"),
    ("a negative limit", line(within="-1h"), "milestones[0].within", "no sign"),
    ("a limit without a unit", line(within=3600), "milestones[0].within", "needs a unit"),
    ("a limit in words", line(within="soon"), "milestones[0].within", "'soon' is not a duration"),
    ("a table without a default", by(default=...), "milestones[0].within.default", "required"),
    ("a table without a field", by(by=...), "milestones[0].within.by", "required"),
    ("a table with an empty field", by(by=""), "milestones[0].within.by", "at least 1 character"),
    ("a table without values", by(values=...), "milestones[0].within.values", "required"),
    ("a table whose values are a list", by(values=["1h"]), "milestones[0].within.values", "mapping"),
    ("a table with a bad value", by(values={"P1": "x"}), "milestones[0].within.values.P1", "not a duration"),
    ("a table with nothing", by(values={"P1": "0s"}), "milestones[0]", "within.values.P1 must be longer than nothing"),
    ("a table with no default time", by(default="0s"), "milestones[0]", "within.default must be longer than nothing"),
    ("a table with more", by(otherwise="1h"), "milestones[0].within.otherwise", "unknown field"),
    ("criteria by an event", line(when={"event": "x"}), "milestones[0]", "when: an event is an instant"),
    ("an own stop by an event", line(stop_when={"event": "x"}), "milestones[0]", "stop_when: an event is an instant"),
    ("a bad condition", line(when={"tier": {"equals": 1}}), "milestones[0].when", "no operator 'equals'"),
    ("where with after", line(when={"after": "a", "where": {"b": 1}}), "milestones[0].when", "no 'where'"),
    ("a warning at no time", warns({"actions": [MAIL]}), "milestones[0].warnings[0]", "either 'at'"),
    ("a warning at two times", warns({"at": "50%", "before": "1m"}), "milestones[0].warnings[0]", "either 'at'"),
    ("a warning at 0 %", warns({"at": "0%"}), "milestones[0].warnings[0].at", "above 0%"),
    ("a warning at 0.0 %", warns({"at": "0.0%"}), "milestones[0].warnings[0].at", "above 0%"),
    ("a warning above 100 %", warns({"at": "100.1%"}), "milestones[0].warnings[0].at", "up to 100%"),
    ("a warning below 0 %", warns({"at": "-5%"}), "milestones[0].warnings[0].at", "not a share"),
    ("a warning at a number", warns({"at": 75}), "milestones[0].warnings[0].at", "not a share"),
    ("a warning without %", warns({"at": "75"}), "milestones[0].warnings[0].at", "not a share"),
    ("a warning at the start", warns({"before": "1h"}), "milestones[0]", "warnings[0]: 'before: 1h' leaves nothing"),
    ("a warning before the start", warns({"at": "5%"}, {"before": "2h"}), "milestones[0]", "warnings[1]: 'before: 2h'"),
    ("an unknown field of a warning", warns({"at": "5%", "x": 1}), "milestones[0].warnings[0].x", "unknown field"),
    ("warnings that are no list", line(warnings={"at": "5%"}), "milestones[0].warnings", "list"),
    ("a violation before", line(violations=[{"before": "1h"}]), "milestones[0].violations[0].before", "unknown field"),
    ("a negative violation", line(violations=[{"after": "-1h"}]), "milestones[0].violations[0].after", "no sign"),
    ("an action of no kind", line(success=[{}]), "milestones[0].success[0]", "one key"),
    ("a description of nothing", line(success=[{"description": "x"}]), "milestones[0].success[0]", "one key"),
    ("an action of two kinds", line(success=[{**MAIL, **ESCALATE}]), "milestones[0].success[0]", "one key"),
    ("an action in a word", line(success=["email"]), "milestones[0].success[0]", "a mapping such as"),
    ("an action without parameters", line(success=[{"email": None}]), "milestones[0].success[0]", "are a mapping"),
    ("an action with a word", line(success=[{"email": "owner"}]), "milestones[0].success[0]", "are a mapping"),
    (
        "an action with a long description",
        line(success=[{**MAIL, "description": "x" * 256}]),
        "milestones[0].success[0].description",
        "at most 255 characters",
    ),
    (
        "a bad action among good ones",
        line(violations=[{"actions": [MAIL]}, {"after": "1h", "actions": [MAIL, {}]}]),
        "milestones[0].violations[1].actions[1]",
        "one key",
    ),
    ("actions that are no list", line(on_retracted=MAIL), "milestones[0].on_retracted", "list"),
    (
        "lines that disagree on recurrence",
        document(a_quiet(), a_quiet("Resolution"), a_quiet(recurrence="periodic")),
        "document",
        f"milestones[2]: the lines of '{FIRST}' must agree on recurrence; found none and periodic",
    ),
    ("a bad second milestone", document(a_quiet(), a_quiet("B", within="1x")), "milestones[1].within", "unknown unit"),
]


@pytest.mark.parametrize(("data", "path", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_no_process_may_say_is_refused_with_its_place(data: Any, path: str, words: str) -> None:
    told = refusal(data)
    assert told.startswith(f"{path}: ")
    assert words in told


def test_every_problem_is_told_at_once() -> None:
    told = refusal(document(a_quiet(within="soon"), a_quiet("B", start="now"), on_exit="drop"))
    assert all(path in told for path in ("milestones[0].within", "milestones[1].start", "on_exit"))


# ---------------------------------------------------------------------- what is read


def test_what_is_left_out_has_its_default() -> None:
    process = a_process(a_quiet())
    assert (process.applies_to, process.start_at, process.on_exit, process.on_reopen) == (
        "case", "opened_at", "cancel", "resume",
    )  # fmt: skip
    assert (process.exit_when, process.stop_when, process.business_hours) == (None, None, None)
    (first,) = process.milestones
    assert (first.start, first.recurrence, first.when, first.warnings, first.success) == ("process", "none", None, (), ())


def test_a_process_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(a_process(), "process", "Other")  # noqa: B010 - mypy knows it, too


def test_names_may_have_120_characters() -> None:
    assert a_process(a_quiet("m" * 120), process="p" * 120).process == "p" * 120


def test_one_milestone_may_have_several_lines() -> None:
    process = a_process(a_quiet(when={"priority": "P1"}), a_quiet(within="4h"), a_quiet("Resolution", recurrence="periodic"))
    assert [one.milestone for one in process.milestones] == [FIRST, FIRST, "Resolution"]


@pytest.mark.parametrize("share", ["75%", "75 %", "100%", "0.1%", "33.333333%"])
def test_a_warning_is_at_a_share_of_the_limit(share: str) -> None:
    assert Warn(at=share, actions=()).at == share


@pytest.mark.parametrize(
    ("share", "limit_s", "threshold_s"),
    [("75%", 3600, 2700), ("33.3%", 3600, 1199), ("0.1%", 60, 1), ("100%", 7, 7), ("50%", 7, 4)],
)
def test_a_share_of_the_limit_is_rounded_up(share: str, limit_s: int, threshold_s: int) -> None:
    assert Warn(at=share, actions=()).threshold_s(limit_s, 0) == threshold_s


def test_a_warning_before_the_target_may_count_in_business_days() -> None:
    warning = Warn.model_validate({"before": "1bd"})
    assert warning.threshold_s(3 * 28_800, 28_800) == 2 * 28_800


def test_a_violation_is_at_the_target_unless_it_says_after() -> None:
    assert Violation.model_validate({}).threshold_s(3600, 0) == 3600
    assert Violation.model_validate({"after": "30m"}).threshold_s(3600, 0) == 5400
    assert Violation.model_validate({"after": "1bd"}).threshold_s(3600, 28_800) == 32_400


@pytest.mark.parametrize("within", ["1h", "1bd", {"by": "priority", "values": {"P1": "1h"}, "default": "8h"}])
def test_a_warning_at_the_very_target_leaves_all_of_the_limit(within: Any) -> None:
    assert a_process(a_quiet(within=within, warnings=[{"before": "0s", "actions": [MAIL]}]))


def test_a_warning_that_a_limit_table_may_leave_no_time_for_is_read() -> None:
    table = {"by": "priority", "values": {"P1": "30m"}, "default": "8h"}
    assert a_process(a_quiet(within=table, warnings=[{"before": "1h", "actions": [MAIL]}]))


def test_a_warning_in_business_days_is_judged_once_a_calendar_is_known() -> None:
    milestone = Milestone.model_validate(a_quiet(within="1d", warnings=[{"before": "2bd", "actions": [MAIL]}]))
    milestone.check_warnings(86_400)
    milestone.check_warnings(86_400, 28_800)
    with pytest.raises(ValueError, match=r"warnings\[0\]: 'before: 2bd' leaves nothing of the limit 1d"):
        milestone.check_warnings(86_400, 43_200)


# ---------------------------------------------------------------------- limit tables

TABLE = LimitTable.model_validate(
    {"by": "severity", "values": {2: "2h", True: "3h", "P1": "4h", 2.5: "5h"}, "default": "8h"}
)


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (2, "2h"), (2.0, "2h"), ("2", "2h"), (2.5, "5h"), ("2.5", "5h"), (True, "3h"), ("true", "3h"), ("P1", "4h"),
        ("p1", "8h"), (9, "8h"), (False, "8h"), ("", "8h"), (None, "8h"), (["P1"], "8h"),
    ],
)  # fmt: skip
def test_the_keys_of_a_limit_table_compare_as_text(value: Any, limit: str) -> None:
    assert TABLE.pick({"severity": value}) == Duration.parse(limit)


def test_an_absent_field_has_the_default_limit() -> None:
    assert TABLE.pick({}) == Duration.parse("8h")


def test_a_line_names_every_limit_that_it_may_take() -> None:
    table = {"by": "priority", "values": {"P1": "1h", "P2": "2h"}, "default": "8h"}
    limits = Milestone.model_validate(a_quiet(within=table)).limits()
    assert [(path, str(limit)) for path, limit in limits] == [
        ("within.values.P1", "1h"),
        ("within.values.P2", "2h"),
        ("within.default", "8h"),
    ]


# ---------------------------------------------------------------------- actions


def test_an_action_is_one_key_with_its_parameters() -> None:
    action = Action.model_validate({"email": {"to": ["owner", "account_manager"], "template": "warning"}})
    assert (action.kind, action.params["to"], action.description) == ("email", ["owner", "account_manager"], None)


def test_an_action_may_be_described_beside_its_key() -> None:
    action = Action.model_validate({"description": "call them", "task": {"to": "ada", "subject": "call"}})
    assert (action.kind, action.description) == ("task", "call them")


@pytest.mark.parametrize(
    "written",
    [
        {"email": {"to": "owner", "template": "warning"}},
        {"task": {"to": "ada", "subject": "call"}, "description": "call them"},
        {"reassign": {}},
        {"description": {"text": "a kind of this name"}} | {"notify": {"url": "u"}, "description": "d"},
    ],
)
def test_an_action_is_written_as_it_was_read(written: Json) -> None:
    action = Action.model_validate(written)
    assert action.model_dump() == written
    assert Action.model_validate(json.loads(action.model_dump_json())) == action


def test_an_action_may_wait_for_a_calendar() -> None:
    assert Action.model_validate({"email": {"to": "x", "template": "t", "during": "desk"}}).during == "desk"
    assert Action.model_validate(MAIL).during is None


def test_only_an_update_sets_fields() -> None:
    assert Action.model_validate({"update": {"set": {"priority": "P1"}}}).sets == {"priority": "P1"}
    assert Action.model_validate({"webhook": {"set": {"priority": "P1"}}}).sets is None
    assert Action.model_validate({"update": {}}).sets is None


def test_a_process_names_the_place_of_every_action() -> None:
    process = a_process(a_milestone(), a_milestone("Resolution", warnings=None, violations=[{"actions": [MAIL, ESCALATE]}]))
    assert [path for path, _ in process.actions()] == [
        "milestones[0].warnings[0].actions[0]",
        "milestones[0].violations[0].actions[0]",
        "milestones[0].success[0]",
        "milestones[0].on_retracted[0]",
        "milestones[1].violations[0].actions[0]",
        "milestones[1].violations[0].actions[1]",
        "milestones[1].success[0]",
        "milestones[1].on_retracted[0]",
    ]


def test_a_process_names_every_calendar_with_its_place() -> None:
    waits = {"email": {"to": "owner", "template": "warning", "during": "desk"}}
    process = a_process(a_quiet(business_hours="late", success=[waits]), business_hours="office")
    assert list(process.calendars()) == [
        ("business_hours", "office"),
        ("milestones[0].business_hours", "late"),
        ("milestones[0].success[0].during", "desk"),
    ]


def test_a_process_survives_json() -> None:
    process = a_process(
        a_milestone(within={"by": "priority", "values": {1: "1h"}, "default": "1bd"}, when={"tier": ["gold", 1]}),
        exit_when={"any": [{"status": "Closed"}, {"event": "closed"}]},
        description="all of it",
    )
    again = Process.model_validate(json.loads(process.model_dump_json()))
    assert again == process
    assert again.model_dump_json() == process.model_dump_json()
