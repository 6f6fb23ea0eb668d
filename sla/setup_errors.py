"""What the Setup desk refuses; as `sla.errors`, of which this is the second half."""

from sla.errors import MilepostError


class UnknownVersion(MilepostError):
    """A process or calendar has no such version."""

    code = "unknown_version"
    text = "{kind} '{name}' has no version {version}. It has: {known}."


class NotAuthenticated(MilepostError):
    """Nobody is known by what was sent; which part of it was wrong is not told."""

    code = "not_authenticated"
    text = "Nobody is known by this key or token. Send one that is valid now, as: Authorization: Bearer …"


class MissingRight(MilepostError):
    """Somebody is known, and may not do this."""

    code = "missing_right"
    text = "{who} lacks the right '{right}' ({why}). The roles that have it: {roles}. Ask an administrator."


class InvalidKey(MilepostError):
    """A key is to be made that makes no sense."""

    code = "invalid_key"
    text = "{field}: {problem}"


class UnknownKey(MilepostError):
    """No key of that id."""

    code = "unknown_key"
    text = "There is no access key '{key}'. See: milepost access keys"


class UnknownHook(MilepostError):
    """No helpdesk of that name is known."""

    code = "unknown_hook"
    text = "There is no hook '{hook}'. Known: {known}. Apply its file first: milepost apply FILE"


class BadSignature(MilepostError):
    """A delivery is not signed with the secret that was agreed on."""

    code = "bad_signature"
    text = "The delivery is not signed as the hook '{hook}' asks ({problem}). See that both sides have the same secret."


class StaleDelivery(MilepostError):
    """A delivery is well signed, but not of now: it may be an old one, sent again by somebody else."""

    code = "stale_delivery"
    text = "The delivery to '{hook}' was signed at {signed_at}, over {tolerance} from now. Send it anew; check both clocks."


class UnmappablePayload(MilepostError):
    """A delivery says something else than its hook's mapping looks for; `path` is the place in the payload."""

    code = "unmappable_payload"
    text = "{hook}: {path}: {problem}"
