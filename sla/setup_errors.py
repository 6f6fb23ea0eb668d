"""What the Setup desk refuses; as `sla.errors`, of which this is the second half."""

from sla.errors import MilepostError


class UnknownVersion(MilepostError):
    """A process or calendar has no such version."""

    code = "unknown_version"
    text = "{kind} '{name}' has no version {version}. It has: {known}."


class VersionNotActive(MilepostError):
    """Records are to be moved to a version that is a draft, or retired."""

    code = "version_not_active"
    text = "Version {version} of process '{name}' is {status}; records can only follow an active one. Active: {known}."


class OtherKindOfRecord(MilepostError):
    """Records of one type are to be moved to a process for another."""

    code = "other_kind_of_record"
    text = "Process '{process}' is for records of type '{type}', but '{to_process}' for '{to_type}'. Choose another."


class NothingToMove(MilepostError):
    """No open record is meant, or all that are follow the version already."""

    code = "nothing_to_move"
    text = "No open record of process '{process}'{filters} is to be moved to {target}: {why}."


class MigrationUnderWay(MilepostError):
    """Another migration has records of the process on its list that have not had their turn."""

    code = "migration_under_way"
    text = "Migration {migration} of process '{process}' is {state}, with {waiting} records waiting. {remedy}"


class UnknownMigration(MilepostError):
    """No migration of that id."""

    code = "unknown_migration"
    text = "There is no migration '{migration}'. See: milepost migration list"


class MigrationEnded(MilepostError):
    """A migration is to be stopped or resumed that has ended."""

    code = "migration_ended"
    text = "Migration {migration} has ended. What it has not moved, a new one can: milepost migrate"


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


class InvalidQuery(MilepostError):
    """Something is looked for in a way that makes no sense."""

    code = "invalid_query"
    text = "{field}: {problem}"


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


class NotDefined(MilepostError):
    """An entitlements file names something that nobody has defined."""

    code = "not_defined"
    text = "{where} names the {kind} '{name}', which is not known. Apply the file that defines it first, or together."


class OfAnotherAccount(MilepostError):
    """An entitlements file puts together what is of two accounts."""

    code = "of_another_account"
    text = "{where} names the {kind} '{name}', which is of {theirs}, but this is of '{account}'. Name one of '{account}'."


class EntitlementType(MilepostError):
    """An entitlement is for records of another type than the one at hand, or than its own process."""

    code = "entitlement_type"
    text = "Entitlement '{entitlement}': {whose} for '{promised}', but the record is of type '{found}'. Name another."


class EntitlementOfTwoTypes(MilepostError):
    """An entitlement for records of one type names a process for another."""

    code = "entitlement_of_two_types"
    text = "{where}: the entitlement is for '{promised}', but its process '{process}' for '{found}'. Make them agree."


class UnknownEntitlement(MilepostError):
    """No entitlement of that id."""

    code = "unknown_entitlement"
    text = "There is no entitlement '{entitlement}'. See: milepost entitlement list"


class NotEntitled(MilepostError):
    """An account has entitlements, but none for this record."""

    code = "not_entitled"
    text = "{problem}. {remedy}"


class EntitlementExhausted(MilepostError):
    """All incidents of an entitlement are used, and it blocks further ones."""

    code = "entitlement_exhausted"
    text = (
        "Entitlement '{entitlement}' of account '{account}' was good for {allowed} records, and {used} are open or were. "
        "Raise its per_incident, or set on_exhausted to warn or allow, and apply it; or name another entitlement."
    )


class NoSuchCalendar(MilepostError):
    """Somebody asks for business hours that nobody has ever published or drafted."""

    code = "no_such_calendar"
    text = "There are no business hours '{calendar}'. Known: {known}. Apply their file first: milepost apply FILE"


class WrongStatus(MilepostError):
    """A version is to become active or the default that, as it stands, cannot."""

    code = "wrong_status"
    text = "Version {version} of {kind} '{name}' is {status}, so it {problem}. {remedy}"


class StillNeeded(MilepostError):
    """Something is to be retired that others rely on."""

    code = "still_needed"
    text = "{subject} cannot be retired: {problem}. {remedy}"


class StaleEtag(MilepostError):
    """Somebody else has changed what was to be changed, since it was read."""

    code = "stale_etag"
    text = "{subject} is not as you have seen it (etag {given}, now {current}). Look at it again, then decide anew."


class ForeignFile(MilepostError):
    """An export would overwrite a file that no export has written."""

    code = "foreign_file"
    text = "{path} was not written by milepost export, and is not as it would be written. Move it away, or use --overwrite."


class CannotConsolidate(MilepostError):
    """A process is to take over others in a way that would leave somebody without a promise, or that makes no sense."""

    code = "cannot_consolidate"
    text = "'{keep}' cannot take over {sources}: {problem}. {remedy}"


class UnwritableFile(MilepostError):
    """A file cannot be written where it was asked for."""

    code = "unwritable_file"
    text = "{path}: cannot be written ({problem}). Choose another place, or make room there."
