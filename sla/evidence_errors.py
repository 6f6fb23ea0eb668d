"""What explaining, replaying and proving refuse; as `sla.errors`, of which this is a part."""

from sla.errors import MilepostError


class NotABundle(MilepostError):
    """A file is none that `milepost bundle` has written."""

    code = "not_a_bundle"
    text = "{source}: this is no bundle of Milepost ({problem}). One is made by: milepost bundle ID -o case.mpb"


class NewerBundle(MilepostError):
    """A bundle is of a format or of a release that this version does not know."""

    code = "newer_bundle"
    text = "{source}: this bundle is of {found}; this Milepost reads {known}. Read it with a later version."


class TruncatedBundle(MilepostError):
    """A bundle's end is missing."""

    code = "truncated_bundle"
    text = "{source}: the end of this bundle is missing. Copy it again, or have it made anew."


class AlteredBundle(MilepostError):
    """A bundle is not as it was written."""

    code = "altered_bundle"
    text = "{source}: this bundle is not as it was written ({problem}). Do not rely on it; have it made anew."


class DamagedHistory(MilepostError):
    """What the archive holds of a run cannot be unpacked."""

    code = "damaged_history"
    text = "The archive's history of run {run} of record '{record}' is damaged. Restore it from a backup of the database."


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


class UnknownContact(MilepostError):
    """Nobody of that id is a contact, or ever was."""

    code = "unknown_contact"
    text = "There is no contact '{contact}'. Those that there are: milepost people list contacts"


class InvalidErasure(MilepostError):
    """It is not said well who is to be forgotten."""

    code = "invalid_erasure"
    text = "Nobody can be forgotten so: {problem}."


class RestsOnAName(MilepostError):
    """Without a name or an address a record would come to other figures or verdicts; nothing was changed."""

    code = "rests_on_a_name"
    text = (
        "Nothing was changed: without the name or address, record '{record}' would come to another outcome, which rests on "
        "{reason}. Let the condition look at something else, and move the record to that version: milepost migrate"
    )
