"""The table that `make faults` prints, and what the judge complained of below it."""

from collections.abc import Sequence

from tests.faults.run import Result

COLUMNS = ("fault", "database", "cases", "deadlines", "lost", "repeated", "recovery s", "judged")
SHOWN = 20


def line(result: Result) -> str:
    """A row, as soon as it is known."""
    return "  ".join(_cells(result))


def table(results: Sequence[Result]) -> str:
    """All rows, in Markdown, so that a page can quote them."""
    rows = [COLUMNS, *(_cells(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def _cells(result: Result) -> tuple[str, ...]:
    if result.skipped:
        return (result.fault, result.database, "", "", "", "", "", f"skipped: {result.skipped}")
    judged = f"{len(result.complaints)} complaints" if result.complaints else "good"
    counted = (result.cases, result.deadlines, result.lost, result.repeated)
    return (result.fault, result.database, *map(str, counted), f"{result.recovery_s:.1f}", judged)


def complaints(results: Sequence[Result], words: str) -> str:
    """What was wrong, and how to see it again."""
    told = []
    for result in results:
        if result.complaints:
            told.append(f"\n{result.fault} (python -m tests.faults {words} --only '{result.fault}'):\n")
            told += [f"  {one}\n" for one in result.complaints[:SHOWN]]
            told += [f"  … and {len(result.complaints) - SHOWN} more\n"] * (len(result.complaints) > SHOWN)
    return "".join(told)
