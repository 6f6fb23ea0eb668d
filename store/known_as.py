"""How somebody who is to be forgotten is called: as the directory says, as it said before, and as whoever asks says."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from sla.evidence_errors import InvalidErasure, UnknownContact
from sla.forgetting import ERASED
from store.connection import AnyConnection
from store.setup_tables import audit_log
from store.tables import contacts


@dataclass(frozen=True, kw_only=True)
class KnownAs:
    """Names and addresses; there is at least one."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]


async def known_as(connection: AnyConnection, contact: str | None, addresses: Iterable[str], also: Iterable[str]) -> KnownAs:
    """All of it. Raises UnknownContact, and InvalidErasure if there is nothing to look for."""
    given = [*addresses]
    for address in given:
        if "@" not in address.strip("@ ") or any(sign.isspace() for sign in address.strip()):
            raise InvalidErasure(problem=f"'{address}' is no address; names are given with --also")
    told = [*given, *also]
    if contact is not None:
        told += await _as_contact(connection, contact)
    elif not told:
        raise InvalidErasure(problem="say who: --contact ID, or --address ADDRESS")
    plain = dict.fromkeys(one.strip() for one in told if one.strip() and one.strip() != ERASED)
    if not plain:
        reason = f"contact '{contact}' has no name and no address any more; what else they go by is given with --also"
        raise InvalidErasure(problem=reason)
    return KnownAs(names=tuple(one for one in plain if "@" not in one), addresses=tuple(one for one in plain if "@" in one))


async def _as_contact(connection: AnyConnection, contact: str) -> list[str]:
    """The contact's name and address, and those that the audit log has of earlier days."""
    row = (await connection.execute(select(contacts).where(contacts.c.id == contact))).mappings().one_or_none()
    query = select(audit_log.c.before, audit_log.c.after).where(audit_log.c.subject == f"contact/{contact}")
    lines = (await connection.execute(query)).all()
    if row is None and not lines:
        raise UnknownContact(contact=contact)
    told = [] if row is None else [row]
    tellings = [*told, *(facts for line in lines for facts in (line.before, line.after) if facts)]
    return [str(one[name]) for one in tellings for name in ("name", "email") if one.get(name)]
