"""Verifying a bundle: with its file alone, on a machine without server and database."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from sla.proving import history_problems, outcome_differences
from starter.bundles import parsed
from starter.files import name_of, read_bytes
from starter.setup.views.evidence import Verdict


def verify(path: Path) -> Verdict:
    """What holds of a bundle. Raises as `read_bundle` if it is not as it was written."""
    data = read_bytes(path)
    bundle = parsed(data, source=name_of(path))
    dossier, runs = bundle.dossier, bundle.runs
    return Verdict(
        record=dossier.record,
        taken_at=dossier.taken_at,
        engine=dossier.engine,
        by=version("milepost"),
        sha256=hashlib.sha256(data).hexdigest(),
        status=bundle.outcome.get("status"),
        runs=len(runs),
        events=sum(run.events for run in runs),
        running=sum(run.status != "lost" and run.closed_at is None for run in runs),
        lost=sum(run.status == "lost" for run in runs),
        redacted=sum(run.redacted_at is not None for run in runs),
        problems=history_problems(dossier, runs),
        differences=outcome_differences(dossier, bundle.outcome),
    )
