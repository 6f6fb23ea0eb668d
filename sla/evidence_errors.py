"""What explaining, replaying and proving refuse; as `sla.errors`, of which this is a part."""

from sla.errors import MilepostError


class NotABundle(MilepostError):
    """A file is none that `milepost bundle` has written."""

    code = "not_a_bundle"
    text = "{source}: this is no bundle of Milepost ({problem}). One is made by: milepost bundle ID -o case.mpb"


class NewerBundle(MilepostError):
    """A bundle has a format that this version does not know."""

    code = "newer_bundle"
    text = "{source}: this bundle is of format {found}; this Milepost reads format {known}. Read it with a later version."


class TruncatedBundle(MilepostError):
    """A bundle's end is missing."""

    code = "truncated_bundle"
    text = "{source}: the end of this bundle is missing. Copy it again, or have it made anew."


class AlteredBundle(MilepostError):
    """A bundle is not as it was written."""

    code = "altered_bundle"
    text = "{source}: this bundle is not as it was written ({problem}). Do not rely on it; have it made anew."


class InvalidSweep(MilepostError):
    """A sweep names a field that is not there, or values of which no process can be made."""

    code = "invalid_sweep"
    text = "The sweep '{sweep}' {problem}."


class NoSuchMoment(MilepostError):
    """A record is to be shown as of an instant of which there is nothing to show (`sla.hindsight`)."""

    code = "no_such_moment"
    text = "Record '{record}' cannot be shown as of then: {problem}."


class NotReplayable(MilepostError):
    """What is to be replayed is not there, or not said in a way that makes sense."""

    code = "not_replayable"
    text = "{problem}"


class UnknownZone(MilepostError):
    """A time zone is asked for that does not exist."""

    code = "unknown_zone"
    text = "There is no time zone '{zone}'. Write it as Europe/Berlin."
