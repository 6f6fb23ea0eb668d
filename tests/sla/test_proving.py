"""Whose history it is: told by the record's id, unless that was nothing but the name of somebody who was forgotten."""

from datetime import UTC, datetime

import pytest

from sla.forgetting import ERASED
from sla.histories import History, JsonObject, canonical, digest_of
from sla.proving import history_problems
from tests.starter.bundled import the_dossier

THEN = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "redacted_at", "problems"),
    [
        ("C-1042", None, []),
        ("C-7", None, ["the history of run r is that of another record, C-7"]),
        ("C-7", THEN, ["the history of run r is that of another record, C-7"]),
        (ERASED, THEN, []),
        (ERASED, None, [f"the history of run r is that of another record, {ERASED}"]),
    ],
)
def test_the_history_of_another_record_is_told(record: str, redacted_at: datetime | None, problems: list[str]) -> None:
    begun = canonical({"record": record, "ref": {"process": "Support", "version": 1, "revision": 3}})
    started = {"input": {"payloads": [{"as": {"encoding": "json/plain"}, "text": begun}]}}
    history: JsonObject = {"events": [{"workflowExecutionStartedEventAttributes": started}]}
    digest = digest_of(history)
    run = History(
        run_id="r", status="completed", redacted_at=redacted_at, digest=digest, original_digest=digest, history=history
    )
    assert history_problems(the_dossier(), [run]) == problems
