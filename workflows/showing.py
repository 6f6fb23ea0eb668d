"""What people see of a case in Temporal's own pages: search attributes, and a small table as its details."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from sla.fitting import keyword
    from sla.messages import SEARCH_ATTRIBUTES, CaseView, MilestoneView, ProcessRef, search_attributes

OVER = ("met", "met_late", "missed", "cancelled")
"""How a milestone stands that nothing will come of any more."""
OVER_AT_MOST = 10
"""Of those the latest are shown: a periodic one may have thousands."""


def show(record: str, ref: ProcessRef, view: CaseView, *, ending: bool) -> None:
    """Show the case as it now is; search attributes are sent only if they changed, for each time costs.

    A case that is `ending` says no more that it has no deadline: nobody searches closed ones for that.
    """
    workflow.set_current_details(details(record, ref, view))
    wanted = search_attributes(ref, view)
    if ending:
        del wanted["SlaNextDeadline"]
    changes = [update for name, value in wanted.items() for update in _changed(name, value)]
    if changes:
        workflow.upsert_search_attributes(changes)


def _changed(name: str, value: object) -> list[SearchAttributeUpdate[Any]]:
    """The update that makes a search attribute this value, if it is not already."""
    kind = SEARCH_ATTRIBUTES[name]
    key = SearchAttributeKey.for_datetime(name) if kind == "Datetime" else SearchAttributeKey.for_keyword(name)
    held = workflow.info().typed_search_attributes.get(key)
    if held == value or (isinstance(held, str) and keyword(held) == value):  # long ones were not always cut
        return []
    return [key.value_unset() if value is None else key.value_set(value)]  # type: ignore[arg-type]  # the table pairs them


def details(record: str, ref: ProcessRef, view: CaseView) -> str:
    """The case in Markdown: whose it is first, for a run that continues another has no title of its own."""
    title = f"**{_plain(f'{record} · {ref.process} v{ref.version}')}**"
    moved = f", moved to {_plain(view.followed.process)} v{view.followed.version}" if view.followed else ""
    stands = (
        f"**{_words(view.status)}**, next deadline {_when(view.next_deadline)}{' UTC' * bool(view.next_deadline)}{moved}"
    )
    unshown = _unshown(view.milestones)
    rows = [_row(one) for place, one in enumerate(view.milestones) if place not in unshown]
    table = ["| milestone | status | target (UTC) | violated |", "|---|---|---|---|", *rows]
    violated = sum(view.milestones[place].violated for place in unshown)
    more = ["", f"Besides, {len(unshown)} that were over before, {violated} of them violated."] if unshown else []
    return "\n".join([title, "", stands, "", *table, *more])


def _unshown(milestones: Sequence[MilestoneView]) -> set[int]:
    """The places of those that are over, but for the latest."""
    over = [(one.target_at or _LONG_AGO, place) for place, one in enumerate(milestones) if one.status in OVER]
    return {place for _, place in sorted(over)[:-OVER_AT_MOST]}


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _row(one: MilestoneView) -> str:
    name = _plain(f"{one.milestone} #{one.occurrence}")
    return f"| {name} | {_words(one.status)} | {_when(one.target_at)} | {'yes' * one.violated} |"


def _plain(text: str) -> str:
    """A name in Markdown, in which no character of it means anything."""
    return re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", text)


def _words(status: str) -> str:
    return status.replace("_", " ")


def _when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "–"
