"""What the governance of the catalogue answers: findings, processes side by side, and what a consolidation comes to."""

from typing import Literal

from pydantic import Field

from sla.governance.finding import Severity
from starter.setup.views.migrations import MigrationPreview
from starter.views import View


class AuditQuery(View):
    """What an audit asks; None is as the installation's settings and the defaults say."""

    idle_days: int = Field(default=90, ge=1, le=3650, description="after how many days without a case a process is named")
    holidays_days: int = Field(
        default=60, ge=0, le=3650, description="how many days ahead of its last holiday a calendar is"
    )
    near_percent: int = Field(default=10, ge=0, le=99, description="how far apart near limits may be, of the longer")
    severity: Severity = Field(default="note", description="only findings that are at least so grave")


class FindingView(View):
    """One thing to see to (docs/governance.md). `names`: all the processes that it concerns, or the calendar."""

    severity: Severity
    code: str
    subject: str
    sentence: str
    remedy: str
    names: tuple[str, ...]


class ComparisonRow(View):
    """One property of the processes, or of a milestone of theirs. A value is None where there is no such milestone."""

    milestone: str | None
    property: str
    values: tuple[str | None, ...]
    differs: bool


class ComparisonView(View):
    """Processes side by side; `versions` are those in force."""

    processes: tuple[str, ...]
    versions: tuple[int, ...]
    rows: tuple[ComparisonRow, ...]


class HandedEntitlement(View):
    """An entitlement, or a template, that promises another process than before."""

    kind: Literal["entitlement", "template"]
    name: str
    account: str | None
    process: str


class ConsolidatedSource(View):
    """A process that another takes over. `retired`: its versions that are retired by this; none if they all were.

    `differences`: what is different for those who come from it, in words. `migration`: the one that moves its open records.
    """

    process: str
    retired: tuple[int, ...]
    open_records: int
    differences: tuple[str, ...]
    migration: str | None = None
    preview: MigrationPreview | None = None


class Consolidation(View):
    """What came of a consolidation; with `dry_run`, what would."""

    dry_run: bool
    keep: str
    version: int
    entitlements: tuple[HandedEntitlement, ...]
    sources: tuple[ConsolidatedSource, ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.entitlements) or any(one.retired or one.preview for one in self.sources)
