"""The measure of the audit, at its smallest."""

from bench.measures.audit import measure
from bench.rows import Scale


async def test_the_audit_is_measured_alone_and_from_the_database() -> None:
    rows = await measure(Scale.SHORT)
    assert [row.subject.split(",")[0] for row in rows] == ["audit", "audit", "the same"]
    assert all(row.figure and row.target == "≤ 5 s" and row.met for row in rows)
