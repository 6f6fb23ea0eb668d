"""The catalogue as a whole: what in it drifts apart, contradicts itself or is out of use, and how it is brought together."""

from starter.setup.context import Context


class GovernanceDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
