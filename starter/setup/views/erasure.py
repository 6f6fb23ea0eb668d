"""What the Desk answers when somebody is to be forgotten: it names nobody."""

from pydantic import Field

from sla.instants import Instant
from starter.views import View


class ErasureView(View):
    """What was taken out, or would be with `dry_run`. `erasure` is its number, None if nothing was changed."""

    erasure: int | None
    dry_run: bool
    places: dict[str, int] = Field(description="how many rows held a name or an address, by table")
    records: int = Field(description="records that were touched; all of them come to the same figures and verdicts")
    open_records: int = Field(description="of these, those that are open: their workflows still know what they were told")
    still_in_temporal: int = Field(
        description="runs of these, archived or not: Temporal has what each was told until its retention is over"
    )
    last_closed_at: Instant | None = Field(
        default=None, description="when the last of these runs closed, of those that are in the archive"
    )
    stays: list[str] = Field(description="what holds it and was left as it is, and what to do about that")
    remains: list[str] = Field(description="where it may still lie outside of the database")
