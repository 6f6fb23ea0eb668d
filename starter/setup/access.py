"""Who may do what: API keys and roles."""

from starter.setup.context import Context


class AccessDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
