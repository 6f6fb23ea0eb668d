"""What people see of a case in Temporal's own pages: search attributes, and a small table as its details."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from sla.messages import SEARCH_ATTRIBUTES, CaseView, ProcessRef, search_attributes


def show(ref: ProcessRef, view: CaseView, *, ending: bool) -> None:
    """Show the case as it now is; search attributes are sent only if they changed, for each time costs.

    A case that is `ending` says no more that it has no deadline: nobody searches closed ones for that.
    """
    workflow.set_current_details(_markdown(view))
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
    if held == value:
        return []
    return [key.value_unset() if value is None else key.value_set(value)]  # type: ignore[arg-type]  # the table pairs them


def _markdown(view: CaseView) -> str:
    rows = [
        f"| {one.milestone} #{one.occurrence} | {_words(one.status)} | {_when(one.target_at)} | {'yes' * one.violated} |"
        for one in view.milestones
    ]
    head = ["| milestone | status | target (UTC) | violated |", "|---|---|---|---|"]
    moved = f", moved to {view.followed.process} v{view.followed.version}" if view.followed else ""
    return "\n".join([f"**{_words(view.status)}**, next deadline {_when(view.next_deadline)}{moved}", "", *head, *rows])


def _words(status: str) -> str:
    return status.replace("_", " ")


def _when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "–"
