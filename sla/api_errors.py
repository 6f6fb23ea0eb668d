"""What the HTTP API refuses before the Desk is asked; as `sla.errors`, of which this is another part."""

from sla.errors import MilepostError


class InvalidRequest(MilepostError):
    """A request is not what its operation asks for; `errors` names each field and what is wrong with it."""

    code = "invalid_request"
    text = "The request is not as {operation} asks: {problem}."


class UnknownPath(MilepostError):
    """There is nothing at this path."""

    code = "unknown_path"
    text = "There is nothing at {path}. All that there is: /v1/openapi.json"


class MethodNotAllowed(MilepostError):
    """What is at this path is not asked in this way."""

    code = "method_not_allowed"
    text = "{path} does not take {method}, but {allowed}."


class TooLarge(MilepostError):
    """A request, or a line of one, is larger than this installation takes."""

    code = "too_large"
    text = "{what} has more than {limit} bytes. Send it in parts, or have {setting} raised."


class UnsupportedMediaType(MilepostError):
    """A body is of a kind that the operation does not read."""

    code = "unsupported_media_type"
    text = "The body is said to be '{given}'; this takes {taken}. Say so in Content-Type."


class TooManyRequests(MilepostError):
    """Somebody asks more often than this installation allows."""

    code = "too_many_requests"
    text = "More than {limit} requests a minute. Wait {wait_s} s, and send events together: POST /v1/events"


class KeyReused(MilepostError):
    """An Idempotency-Key was another request's."""

    code = "idempotency_key_reused"
    text = "The Idempotency-Key '{key}' was sent with another request. Take a new key for a new request."


class RequestInFlight(MilepostError):
    """A request with this Idempotency-Key is being answered."""

    code = "request_in_flight"
    text = "The request with the Idempotency-Key '{key}' is still under way. Send it again in a moment."


class InvalidCursor(MilepostError):
    """A cursor was altered, or belongs to another list."""

    code = "invalid_cursor"
    text = "The cursor is not one that this list gave. Begin without a cursor, or keep sort and filters as they were."
