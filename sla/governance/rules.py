"""What an audit looks for: one row for each rule. What each means and what to do about it is in docs/governance.md."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from sla.governance import promises, reach, recipients, texts, timelines, triggers, use
from sla.governance.finding import Seen, Severity
from sla.governance.reading import Reading


class Rule(NamedTuple):
    """A rule: `look` yields what it finds, in any order."""

    code: str
    severity: Severity
    look: Callable[[Reading], Iterator[Seen]]


RULES: Final[tuple[Rule, ...]] = (
    Rule("promise_of_nothing", "error", promises.of_nothing),
    Rule("promises_differ", "error", promises.differ),
    Rule("never_applies", "error", reach.never_applies),
    Rule("clock_never_runs", "error", reach.never_runs),
    Rule("nobody_receives", "error", recipients.nobody),
    Rule("same_timeline", "warning", timelines.same),
    Rule("never_completes", "warning", reach.never_completes),
    Rule("warning_never_fires", "warning", triggers.never),
    Rule("warning_too_late", "warning", triggers.too_late),
    Rule("recipient_is_nobody", "warning", recipients.some_are_nobody),
    Rule("process_undescribed", "warning", texts.process_undescribed),
    Rule("milestones_undescribed", "warning", texts.milestones_undescribed),
    Rule("actions_undescribed", "warning", texts.actions_undescribed),
    Rule("name_breaks_convention", "warning", texts.unconventional),
    Rule("holidays_run_out", "warning", use.holidays_run_out),
    Rule("near_timeline", "note", timelines.near),
    Rule("promises_differ_by_scope", "note", promises.differ_by_scope),
    Rule("warning_not_for_all", "note", triggers.not_for_all),
    Rule("account_without_manager", "note", recipients.no_manager),
    Rule("without_entitlements", "note", use.without_entitlements),
    Rule("without_cases", "note", use.without_cases),
)
