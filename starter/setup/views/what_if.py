"""What a simulation of all records answers: what was kept of each promise before and after, and what it would have cost."""

from collections.abc import Sequence

from pydantic import Field

from sla.instants import Instant
from sla.sweeping import Sweep
from sla.tally import EDGES_S, QUANTILES, After, Kept, Side, Tally
from starter.views import View

MAILS, REASSIGNMENTS = "email", "reassign"


class Margins(View):
    """How much was to spare, in open seconds: what 10, 50 and 90 of a hundred do not exceed; and how many lie in each bar.

    Negative is too late. `bars[0]` counts what lies below `edges_s[0]`, the last what lies at the last edge or above.
    """

    p10_s: int
    p50_s: int
    p90_s: int
    edges_s: tuple[int, ...]
    bars: tuple[int, ...]


class KeptView(View):
    """How a milestone was kept. `compliance`: met of those that are decided, from 0 to 1; None while nothing is."""

    milestone: str
    met: int
    missed: int
    open: int
    cancelled: int
    compliance: float | None
    margins: Margins | None

    @classmethod
    def of(cls, milestone: str, kept: Kept) -> "KeptView":
        """As it was added up."""
        margins = None
        if quantiles := kept.quantiles():
            named = {f"p{round(100 * share)}_s": value for share, value in zip(QUANTILES, quantiles, strict=True)}
            margins = Margins(edges_s=EDGES_S, bars=kept.histogram(), **named)
        counts = {name: getattr(kept, name) for name in ("met", "missed", "open", "cancelled", "compliance")}
        return cls(milestone=milestone, margins=margins, **counts)


class SideView(View):
    """All records under one law. `actions`: what was done, by kind, also what was taken back later.

    Of mails there is one for each that an `email` names; a role or a queue counts as one, however many people it has.
    """

    records: int
    violated: int
    milestones: tuple[KeptView, ...]
    mails: int
    reassignments: int
    actions: dict[str, int]

    @classmethod
    def of(cls, side: Side) -> "SideView":
        """As it was added up."""
        return cls(
            records=side.records,
            violated=side.violated,
            milestones=tuple(KeptView.of(name, kept) for name, kept in side.milestones.items()),
            mails=side.sent[MAILS],
            reassignments=side.sent[REASSIGNMENTS],
            actions=dict(sorted(side.sent.items())),
        )

    def milestone(self, name: str) -> KeptView | None:
        """One of its milestones."""
        return next((one for one in self.milestones if one.milestone == name), None)


class PromiseView(View):
    """All records under a new law. `promise` is the value that was swept; None where there is only one new law.

    The records newly violated and cured are listed of all together, and of groups only counted.
    """

    promise: str | None
    size: float | None = Field(description="what the promise amounts to: seconds or per cent; null if `unit` is")
    after: SideView
    newly_violated: int
    cured: int
    newly_violated_records: tuple[str, ...] = ()
    cured_records: tuple[str, ...] = ()


class GroupView(View):
    """The records of one value of a field."""

    field: str
    value: str
    records: int
    before: SideView | None
    promises: tuple[PromiseView, ...]


class SimulationView(View):
    """What would have become of records under another law, or under several. `before`: None without one to compare.

    `seen` are all records that were looked at, `left_out` those that some law does not concern: of another type, never
    opened, or refused by it. `complete`: whether all that are meant were looked at.
    """

    as_of: Instant
    process: str
    swept: str | None
    milestone: str | None
    unit: str | None = Field(description="of the promises' sizes: s, %, or null if they have none in common")
    seen: int
    left_out: int
    complete: bool
    before: SideView | None
    promises: tuple[PromiseView, ...]
    groups: tuple[GroupView, ...]

    @classmethod
    def of(
        cls,
        tally: Tally,
        *,
        as_of: Instant,
        process: str,
        sweep: Sweep | None,
        compared: bool,
        complete: bool = True,
    ) -> "SimulationView":
        """As it was added up. `compared`: whether there was anything before."""
        labels = [(None, None)] if sweep is None else [(one.label, one.size) for one in sweep.promises]
        return cls(
            as_of=as_of,
            process=process,
            swept=None if sweep is None else sweep.path,
            milestone=None if sweep is None else sweep.milestone,
            unit=None if sweep is None else sweep.unit,
            seen=tally.seen,
            left_out=tally.left_out,
            complete=complete,
            before=SideView.of(tally.before) if compared else None,
            promises=_promises(tally.afters, labels, listed=True),
            groups=tuple(
                GroupView(
                    field=name,
                    value=value,
                    records=group.seen,
                    before=SideView.of(group.before) if compared else None,
                    promises=_promises(group.afters, labels, listed=False),
                )
                for name, groups in tally.groups.items()
                for value, group in sorted(groups.items())
            ),
        )


def _promises(
    afters: Sequence[After], labels: Sequence[tuple[str | None, float | None]], *, listed: bool
) -> tuple[PromiseView, ...]:
    return tuple(
        PromiseView(
            promise=label,
            size=size,
            after=SideView.of(after),
            newly_violated=len(after.newly_violated),
            cured=len(after.cured),
            newly_violated_records=tuple(sorted(after.newly_violated)) if listed else (),
            cured_records=tuple(sorted(after.cured)) if listed else (),
        )
        for after, (label, size) in zip(afters, labels, strict=True)
    )
