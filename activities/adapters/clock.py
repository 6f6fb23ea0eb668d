"""The time of this host."""

from datetime import UTC, datetime


class SystemClock:
    """The host's clock, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)
