"""What is wrong with a setting, in our words: one sentence, without the value, which may be a secret."""

import difflib
import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

# pydantic's reasons; the rest of its messages read well enough after "must"
_WORDS = {
    "int_parsing": "must be a whole number.",
    "int_from_float": "must be a whole number.",
    "greater_than_equal": "must be at least {ge}.",
    "less_than_equal": "must be at most {le}.",
    "string_too_long": "must have at most {max_length} characters.",
    "string_too_short": "must not be empty.",
    "literal_error": "must be {expected}.",
}


def complaint(first: ErrorDetails) -> tuple[str, str]:
    """The field that pydantic complains of, and what is wrong with it."""
    facts = first.get("ctx", {})
    field = first["loc"][0] if first["loc"] else facts.get("field", "")
    if words := _WORDS.get(first["type"]):
        return str(field), words.format(**facts)
    plain = re.sub(r"^(Value error, |Assertion failed, )", "", first["msg"])
    return str(field), re.sub(r"^Input should ", "must ", plain).rstrip(".") + "."


def not_known(variable: str, known: Sequence[str], prefix: str) -> str:
    """That there is no such setting, and which one may have been meant."""
    # compared without the prefix that all of them share, or everything would be close to everything
    bare = [name.removeprefix(prefix) for name in known]
    close = difflib.get_close_matches(variable.removeprefix(prefix), bare, n=1)
    return f"there is no such setting; did you mean {prefix}{close[0]}?" if close else "there is no such setting."
