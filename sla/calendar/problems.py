"""How a calendar's definition is refused at the very field, when the rule spans several fields.

A plain `ValueError` inside a pydantic validator is reported at the field being validated. A rule about two
windows or two holidays is better reported at the second of them; pydantic takes such a place from a
`ValidationError` raised inside.
"""

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def problem_at(place: tuple[str | int, ...], problem: str, given: object) -> ValidationError:
    """The refusal of `given`, found at `place` below the field or model being validated; a ValueError."""
    error = PydanticCustomError("business_hours", "{problem}", {"problem": problem})
    return ValidationError.from_exception_data("BusinessHours", [InitErrorDetails(type=error, loc=place, input=given)])
