"""What the Setup desk refuses; as `sla.errors`, of which this is the second half."""

from sla.errors import MilepostError


class UnknownVersion(MilepostError):
    """A process or calendar has no such version."""

    code = "unknown_version"
    text = "{kind} '{name}' has no version {version}. It has: {known}."
