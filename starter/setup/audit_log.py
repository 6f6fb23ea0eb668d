"""Who changed what, when, from what to what."""

from starter.setup.context import Context


class AuditLogDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
