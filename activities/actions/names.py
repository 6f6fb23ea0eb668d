"""How a process file names those whom an action concerns (SPEC 5): `to` is one name or a list of them."""

from typing import Annotated, Any, Final

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

ROLES_OF_RECORD: Final = ("owner", "contact", "account_manager", "queue")
"""Those whom the record itself names."""
_BELOW: Final = ".example"


class Parameters(BaseModel):
    """What the parameters of all actions share: immutable, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def address(text: str) -> str:
    """A mail address, in the form in which it goes to the server. ValueError for anything else; asks no name server.

    Domains within a company (`mail@desk.local`, `root@localhost`) are as good as any; the validator knows only the world's,
    so it is asked about the address in a domain below one of those.
    """
    try:
        valid = validate_email(text + _BELOW, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"'{text}' is not a mail address: {error}") from None
    return (valid.ascii_email or valid.normalized).removesuffix(_BELOW)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _name(text: str) -> str:
    prefix, colon, rest = text.partition(":")
    if colon and (prefix not in ("role", "queue") or not rest.strip() or rest != rest.strip()):
        raise ValueError(f"'{text}' names nobody; write role:… or queue:…, without a space")
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError(f"{text!r} names nobody; write a person's id, owner, role:… or queue:…")
    return text


def _name_or_address(text: str) -> str:
    return address(text) if "@" in text else _name(text)


def _no_address(text: str) -> str:
    if "@" in text:
        raise ValueError(f"'{text}' is an address; name a person, a role or a queue of the directory")
    return _name(text)


def _no_customer(text: str) -> str:
    if text == "contact":
        raise ValueError("'contact' is the customer; name a person, a role or a queue of the directory")
    return _no_address(text)


def _someone_definite(text: str) -> str:
    if text in ("owner", "queue"):
        raise ValueError(f"'{text}' has the record already; name a person, role:… or queue:…")
    return _no_customer(text)


_Some = Field(min_length=1, max_length=50)
Recipients = Annotated[tuple[Annotated[str, AfterValidator(_name_or_address)], ...], BeforeValidator(_as_list), _Some]
"""Who gets a mail: roles of the record, `role:…`, `queue:…`, addresses; a bare name is a person's, a role's or a queue's."""
Assignees = Annotated[tuple[Annotated[str, AfterValidator(_no_customer)], ...], BeforeValidator(_as_list), _Some]
"""Who gets a task: the same, but colleagues only."""
Holders = Annotated[tuple[Annotated[str, AfterValidator(_someone_definite)], ...], BeforeValidator(_as_list), _Some]
"""Who gets the record: people's ids, `account_manager`, `role:…`, `queue:…`; of a list the first that can be had."""
