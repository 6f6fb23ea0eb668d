"""Moving open records to another version of their process, previewed first."""

from starter.setup.context import Context


class MigrationsDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
