"""Whom a recipient resolves to, and what happens when nobody fits."""

from starter.setup.context import Context


class PeopleDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
