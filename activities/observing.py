"""What the activities count, for whoever draws figures from it. No metrics library here."""

from typing import Protocol

from sla.messages import Outcome


class Observer(Protocol):
    """Is told what happens, once for each time it happens; must not fail and must not block."""

    def decided(self) -> None:
        """A case's log was evaluated."""
        ...

    def warned(self) -> None:
        """A warning fired."""
        ...

    def violated(self) -> None:
        """A target passed unmet."""
        ...

    def retracted(self) -> None:
        """A violation was withdrawn."""
        ...

    def triggered(self, trigger: str, late_s: float) -> None:
        """A trigger's action was taken up, `late_s` seconds after it was due."""
        ...

    def effect(self, kind: str, outcome: Outcome) -> None:
        """An action came to its end."""
        ...

    def retried(self, kind: str) -> None:
        """An action is tried again."""
        ...


class Silent:
    """The observer of those who need no figures."""

    def decided(self) -> None:
        """Nothing."""

    def warned(self) -> None:
        """Nothing."""

    def violated(self) -> None:
        """Nothing."""

    def retracted(self) -> None:
        """Nothing."""

    def triggered(self, trigger: str, late_s: float) -> None:
        """Nothing."""

    def effect(self, kind: str, outcome: Outcome) -> None:
        """Nothing."""

    def retried(self, kind: str) -> None:
        """Nothing."""


SILENT = Silent()
