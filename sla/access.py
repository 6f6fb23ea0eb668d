"""Who may do what: rights, the roles that have them, and whoever stands at a door with some of them. Pure."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from sla.setup_errors import MissingRight

Right = Literal[
    "records.read",
    "records.write",
    "catalogue.read",
    "catalogue.write",
    "governance.read",
    "governance.write",
    "entitlements.read",
    "migrations.read",
    "migrations.write",
    "people.read",
    "people.forget",
    "access.manage",
    "audit.read",
    "hooks.write",
]
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)

Role = Literal["viewer", "agent", "manager", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""From the one with the fewest rights to the one with all."""

FROM: Final[dict[Right, Role]] = {
    "records.read": "viewer",
    "catalogue.read": "viewer",
    "governance.read": "viewer",
    "entitlements.read": "viewer",
    "migrations.read": "viewer",
    "people.read": "viewer",
    "records.write": "agent",
    "catalogue.write": "manager",
    "governance.write": "manager",
    "migrations.write": "manager",
    "audit.read": "manager",
    "people.forget": "admin",
    "access.manage": "admin",
    "hooks.write": "admin",
}
"""The first role that has each right; every role after it has it, too."""


def rights_of(role: Role) -> frozenset[Right]:
    """All rights of a role, those of the roles before it among them."""
    return frozenset(right for right, first in FROM.items() if ROLES.index(first) <= ROLES.index(role))


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that have a right."""
    return ROLES[ROLES.index(FROM[right]) :]


def highest(roles: frozenset[Role]) -> Role | None:
    """The one of these roles with the most rights; None of none."""
    return max(roles, key=ROLES.index, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody whom a door knows. `name` is what the audit log says, never a secret; `role` None is nobody's.

    `rights` may be fewer than the role's, as those of a key that is limited to some.
    """

    name: str
    role: Role | None
    rights: frozenset[Right]

    def require(self, right: Right) -> None:
        """Raise MissingRight unless this right is there."""
        if right in self.rights:
            return
        having = self.role is not None and right in rights_of(self.role)
        why = "their key is limited to other rights" if having else f"their role is {self.role or 'none'}"
        raise MissingRight(who=self.name, right=right, why=why, roles=", ".join(roles_with(right)))


def principal(name: str, role: Role | None, scopes: frozenset[Right] = frozenset()) -> Principal:
    """Somebody with the rights of a role, or with those among them that `scopes` names if it names any."""
    rights = frozenset[Right]() if role is None else rights_of(role)
    return Principal(name=name, role=role, rights=rights & scopes if scopes else rights)
