"""What is written for people: descriptions, for which regulators ask, and names by the house's convention."""

import re
from collections.abc import Iterator

from sla.governance.finding import Kind, Seen, some
from sla.governance.reading import Reading, called, subject_of, titled
from sla.governance.snapshot import Version


def process_undescribed(reading: Reading) -> Iterator[Seen]:
    """Processes without a description."""
    for version in reading.written:
        if not _said(version.process.description):
            yield _undescribed(version, f"{called(version)} has no description.")


def milestones_undescribed(reading: Reading) -> Iterator[Seen]:
    """Milestones without a description; one finding for each process."""
    for version in reading.written:
        lines = list(titled(version.process))
        if lacking := tuple(title for line, title in lines if not _said(line.description)):
            text = f"{len(lacking)} of {len(lines)} milestones of {called(version)} have no description: {some(lacking)}."
            yield _undescribed(version, text)


def actions_undescribed(reading: Reading) -> Iterator[Seen]:
    """Actions without a description; one finding for each process."""
    for version in reading.written:
        actions = [
            (f"{title}, {path}", action) for line, title in titled(version.process) for path, action in line.actions()
        ]
        if lacking := tuple(where for where, action in actions if not _said(action.description)):
            text = f"{len(lacking)} of {len(actions)} actions of {called(version)} have no description: {some(lacking, 3)}."
            yield _undescribed(version, text)


def _said(description: str | None) -> bool:
    return bool(description and description.strip())


def _undescribed(version: Version, sentence: str) -> Seen:
    remedy = "Add `description` and apply the file: it becomes a new version."
    return Seen(subject=subject_of(version), sentence=sentence, remedy=remedy, names=(version.name,))


def unconventional(reading: Reading) -> Iterator[Seen]:
    """Names that do not match the convention for their kind."""
    for version in reading.written:
        if not _fits(reading, "process", version.name):
            yield _misnamed(reading, "process", version.name, subject_of(version), version.name)
        for milestone in dict.fromkeys(line.milestone for line in version.process.milestones):
            if not _fits(reading, "milestone", milestone):
                yield _misnamed(reading, "milestone", milestone, f"{subject_of(version)}: {milestone}", version.name)
    for calendar in sorted(reading.snapshot.calendars):
        if not _fits(reading, "calendar", calendar):
            yield _misnamed(reading, "calendar", calendar, f"calendar/{calendar}", calendar)


def _fits(reading: Reading, kind: Kind, name: str) -> bool:
    pattern = reading.options.conventions.get(kind)
    return not pattern or re.fullmatch(pattern, name) is not None


def _misnamed(reading: Reading, kind: Kind, name: str, subject: str, concerned: str) -> Seen:
    return Seen(
        subject=subject,
        sentence=f"The {kind} name '{name}' breaks the convention: {reading.options.conventions[kind]}",
        remedy=f"Give it a name that matches, or change MILEPOST_{kind.upper()}_NAMES.",
        names=(concerned,),
    )
