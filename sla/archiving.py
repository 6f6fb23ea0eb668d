"""Every payload and durable name of what keeps histories: the workflow `KeepHistories`, of which an installation has one.

As `sla.messages`: what stands here lies in that workflow's histories. A test pins it.
"""

from pydantic import Field

from sla.messages import Payload

# ---------------------------------------------------------------------- names

WORKFLOW = "KeepHistories"
KEEP = "archive.keep"
"""The activity: for a while, store the histories of runs that have closed."""
SO_FAR = "so_far"
"""The query: how much has been kept."""


def workflow_id(prefix: str) -> str:
    """The id of the workflow that keeps the histories of an installation, by the prefix of its task queues."""
    return f"sla-archive/{prefix}"


# ---------------------------------------------------------------------- payloads


class Kept(Payload):
    """How many runs were stored, how many were lost, and what those stored take, in bytes."""

    stored: int = 0
    lost: int = 0
    bytes: int = 0

    def and_also(self, more: "Kept") -> "Kept":
        """Both together."""
        return Kept(stored=self.stored + more.stored, lost=self.lost + more.lost, bytes=self.bytes + more.bytes)


class KeepInput(Payload):
    """All that it carries from run to run: what is still to be stored is in the store."""

    so_far: Kept = Kept()


class KeepTurn(Payload):
    """Keep histories for a while."""

    for_s: int = Field(description="for how long, in seconds")
    sweep: bool = Field(default=False, description="whether to look first for records that no run is known of")
