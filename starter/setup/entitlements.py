"""What support is promised to whom, and which promise a record is held to."""

from starter.setup.context import Context


class EntitlementsDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
