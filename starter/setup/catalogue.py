"""Processes and calendars as series of versions: made, published, retired, compared, exported."""

from starter.setup.context import Context


class CatalogueDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
