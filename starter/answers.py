"""How the doors answer each refusal: one row for each error, HTTP status and exit code. A test insists on exactly one.

The exit codes are few, so that a script can tell what kind of help is needed: mend the input (2), look for something else
(3), accept the answer (4), or try again when a service is there (5).
"""

from http import HTTPStatus
from typing import Final, NamedTuple

from sla.errors import MilepostError

FINE: Final = 0
DEFECT: Final = 1
BAD_INPUT: Final = 2
NOT_FOUND: Final = 3
REFUSED: Final = 4
NOT_THERE: Final = 5
UNWELL: Final = 6

EXIT_CODES: Final = {
    FINE: "fine",
    DEFECT: "a defect of Milepost",
    BAD_INPUT: "bad input: a file, an option or a setting",
    NOT_FOUND: "no such record, process, action, mail or version",
    REFUSED: "the event is refused for the state of the case",
    NOT_THERE: "a service is not there, or a port is taken",
    UNWELL: (
        "milepost doctor, or process audit --fail-on, found something that must be mended, or the audit log is broken, or "
        "what a bundle says does not hold"
    ),
}
"""What each exit code means."""

DECISIONS_DIFFER: Final = 3
NON_DETERMINISTIC: Final = 4
REPLAY_STATUSES: Final = {
    FINE: "all is the same",
    BAD_INPUT: "bad input, an unknown record too; or nothing of what was given could be replayed",
    DECISIONS_DIFFER: "today's law decides something otherwise",
    NON_DETERMINISTIC: "today's workflow parts from a history, or comes to no end with it",
}
"""What the exit codes of `milepost replay` mean, as far as it has its own: a deployment is gated by them."""


class Answer(NamedTuple):
    """How a refusal is answered."""

    status: HTTPStatus
    exit_code: int


_UNREADABLE = Answer(HTTPStatus.BAD_REQUEST, BAD_INPUT)
_INVALID = Answer(HTTPStatus.UNPROCESSABLE_ENTITY, BAD_INPUT)
_MISSING = Answer(HTTPStatus.NOT_FOUND, NOT_FOUND)
_REFUSED = Answer(HTTPStatus.CONFLICT, REFUSED)
_UNKNOWN_CALLER = Answer(HTTPStatus.UNAUTHORIZED, REFUSED)
_DOWN = Answer(HTTPStatus.SERVICE_UNAVAILABLE, NOT_THERE)

ANSWERS: Final[dict[str, Answer]] = {
    "unreadable_file": _UNREADABLE,
    "malformed_document": _UNREADABLE,
    "invalid_definition": _INVALID,
    "limit_exceeded": _INVALID,
    "unknown_calendar": _INVALID,
    "unknown_template": _INVALID,
    "unknown_person": _INVALID,
    "unknown_action": _INVALID,
    "invalid_action": _INVALID,
    "no_open_time": _INVALID,
    "naive_instant": _UNREADABLE,
    "unreadable_event": _UNREADABLE,
    "unknown_event_type": _INVALID,
    "refused_event": _REFUSED,
    "unknown_record": _MISSING,
    "unknown_process": _MISSING,
    "process_not_named": _INVALID,
    "unknown_effect": _MISSING,
    "service_unavailable": _DOWN,
    "database_contended": _DOWN,
    "unknown_namespace": _DOWN,
    "worker_failed": _DOWN,
    "unknown_build": _MISSING,
    "incomplete_build": Answer(HTTPStatus.CONFLICT, NOT_THERE),
    "batch_under_way": Answer(HTTPStatus.CONFLICT, NOT_THERE),
    "port_in_use": _DOWN,
    "invalid_setting": Answer(HTTPStatus.INTERNAL_SERVER_ERROR, BAD_INPUT),
    "unreadable_payload": _DOWN,
    "schema_behind": _DOWN,
    "mail_not_found": _MISSING,
    "unknown_version": _MISSING,
    "version_not_active": _REFUSED,
    "other_kind_of_record": _INVALID,
    "nothing_to_move": _REFUSED,
    "migration_under_way": _REFUSED,
    "unknown_migration": _MISSING,
    "migration_ended": _REFUSED,
    "not_authenticated": _UNKNOWN_CALLER,
    "missing_right": Answer(HTTPStatus.FORBIDDEN, REFUSED),
    "invalid_key": _INVALID,
    "unknown_key": _MISSING,
    "invalid_query": _INVALID,
    "unknown_hook": _MISSING,
    "bad_signature": _UNKNOWN_CALLER,
    "stale_delivery": _UNKNOWN_CALLER,
    "unmappable_payload": _INVALID,
    "not_defined": _INVALID,
    "of_another_account": _INVALID,
    "entitlement_type": _INVALID,
    "entitlement_of_two_types": _INVALID,
    "unknown_entitlement": _MISSING,
    "not_entitled": _REFUSED,
    "entitlement_exhausted": _REFUSED,
    "no_such_calendar": _MISSING,
    "wrong_status": _REFUSED,
    "still_needed": _REFUSED,
    "cannot_consolidate": _REFUSED,
    "stale_etag": Answer(HTTPStatus.PRECONDITION_FAILED, REFUSED),
    "foreign_file": Answer(HTTPStatus.CONFLICT, BAD_INPUT),
    "unwritable_file": Answer(HTTPStatus.INTERNAL_SERVER_ERROR, BAD_INPUT),
    "invalid_request": _UNREADABLE,
    "unknown_path": _MISSING,
    "method_not_allowed": Answer(HTTPStatus.METHOD_NOT_ALLOWED, BAD_INPUT),
    "too_large": Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, BAD_INPUT),
    "unsupported_media_type": Answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, BAD_INPUT),
    "too_many_requests": Answer(HTTPStatus.TOO_MANY_REQUESTS, NOT_THERE),
    "idempotency_key_reused": _INVALID,
    "request_in_flight": _REFUSED,
    "invalid_cursor": _INVALID,
    "invalid_sweep": _INVALID,
    "no_such_moment": _INVALID,
    "unknown_contact": _MISSING,
    "invalid_erasure": _INVALID,
    "rests_on_a_name": _REFUSED,
    "unknown_zone": _INVALID,
    "not_replayable": _UNREADABLE,
    "not_a_bundle": _UNREADABLE,
    "newer_bundle": _UNREADABLE,
    "truncated_bundle": _UNREADABLE,
    "altered_bundle": _UNREADABLE,
    "damaged_history": _DOWN,
}


def answer_for(error: MilepostError) -> Answer:
    """The row of a refusal."""
    return ANSWERS[error.code]
