"""The audit: every rule over one snapshot of the catalogue. Pure; the same whatever the order of what is handed in."""

from datetime import date

from sla.governance.finding import SEVERITIES, Finding, Options
from sla.governance.reading import Reading
from sla.governance.rules import RULES
from sla.governance.snapshot import Snapshot

_AS_BY_DEFAULT = Options()


def audit(catalogue: Snapshot, today: date, options: Options = _AS_BY_DEFAULT) -> list[Finding]:
    """What is to be seen to, the gravest first; then by code and subject."""
    reading = Reading(catalogue, today, options)
    found = [
        Finding(
            severity=rule.severity,
            code=rule.code,
            subject=seen.subject,
            sentence=seen.sentence,
            remedy=seen.remedy,
            names=seen.names,
        )
        for rule in RULES
        for seen in rule.look(reading)
    ]
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.code, one.subject, one.sentence))
