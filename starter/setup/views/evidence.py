"""What the Desk answers about bundles."""

from pydantic import Field

from sla.instants import Instant
from starter.views import View


class Verdict(View):
    """What came of verifying a bundle that is as it was written. `engine` is the version that made it, `by` verified it."""

    record: str
    taken_at: Instant
    engine: str
    by: str
    sha256: str
    status: str | None = Field(description="the outcome recorded in it, as a record's status")
    runs: int
    events: int = Field(description="of all histories together")
    running: int = Field(description="runs that had not closed when the bundle was made")
    lost: int = Field(description="runs that Temporal had forgotten before they could be stored")
    redacted: int = Field(description="runs out of whose histories personal data was taken")
    problems: list[str] = Field(description="what does not hold, in sentences")
    differences: list[str] = Field(description="how the outcome that this version finds differs from the one recorded")

    @property
    def sound(self) -> bool:
        """Whether all of it holds."""
        return not self.problems and not self.differences
