"""A hook as its file spells it (examples/hooks/): how deliveries are verified, and which events they become."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sla.duration import Duration
from sla.hooks.sayings import Saying, TemplateText
from sla.process.conditions import After, Condition, Occurs, uses

HOOK_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Part(BaseModel):
    """What all parts of a hook share."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _of_the_payload(condition: Condition) -> Condition:
    if uses(condition.node, (Occurs, After)):
        raise ValueError("looks at the payload: it takes paths and tests, no event, after or until")
    return condition


def _within_a_day(tolerance: Duration) -> Duration:
    if tolerance.business_days or not 0 < tolerance.seconds <= 86_400:
        raise ValueError("should be from 1s to 1d")
    return tolerance


When = Annotated[Condition, AfterValidator(_of_the_payload)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]


class Timestamp(Part):
    """The header that says when a delivery was signed, and by how much that may differ from now."""

    header: HeaderName
    tolerance: Annotated[Duration, AfterValidator(_within_a_day)] = Duration.parse("5m")


class Verification(Part):
    """How a delivery proves where it comes from: an HMAC over its body, with a secret that only the two sides have.

    `secret` is its name: `zendesk` is what MILEPOST_SECRET_ZENDESK holds. `signed` is what is signed.
    """

    hmac: Literal["sha256", "sha384", "sha512"] = "sha256"
    secret: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,100}$")]
    header: HeaderName
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Field(max_length=40)] = ""
    timestamp: Timestamp | None = None
    signed: Annotated[str, Field(max_length=200)] = "{body}"

    @model_validator(mode="after")
    def _signs_the_body(self) -> "Verification":
        if self.signed.count("{body}") != 1:
            raise ValueError("signed: should have {body} in it, once: what is not signed can be altered")
        if ("{timestamp}" in self.signed) != (self.timestamp is not None):
            raise ValueError("signed: should have {timestamp} in it if and only if there is a timestamp header")
        return self


class Opening(Part):
    """How the record begins: by a rule of the type `opened`, or when news comes of a record that is not known yet."""

    process: Saying = None
    at: Saying = None
    fields: dict[str, Saying] = Field(default_factory=dict)


class Rule(Part):
    """A kind of event, and when a delivery is one. `name` tells it from others of its type; `at` is else the hook's."""

    when: When | None = None
    type: Literal["opened", "changed", "completed", "uncompleted", "stopped", "resumed", "noted", "closed", "reopened"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$")] | None = None
    at: Saying = None
    set: dict[str, Saying] | None = None
    milestone: Saying = None
    by: Saying = None
    kind: Saying = None
    reason: Saying = None
    data: dict[str, Saying] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_what_its_type_carries(self) -> "Rule":
        needed, also = CARRIES[self.type]
        given = {name for name in ("set", "milestone", "by", "kind", "reason") if getattr(self, name) is not None}
        if needed is not None and needed not in given:
            raise ValueError(f"{needed}: is required of the type {self.type}")
        if strange := sorted(given - {needed, *also}):
            raise ValueError(f"{strange[0]}: is nothing that the type {self.type} carries; free data stands in 'data'")
        return self

    @property
    def label(self) -> str:
        """What tells its events from those of other rules."""
        return self.name or self.type


CARRIES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "opened": (None, ()),
    "changed": ("set", ()),
    "completed": ("milestone", ("by",)),
    "uncompleted": ("milestone", ()),
    "stopped": (None, ("reason",)),
    "resumed": (None, ("reason",)),
    "noted": ("kind", ()),
    "closed": (None, ()),
    "reopened": (None, ()),
}
"""What each type must carry, and what it may."""


class Hook(Part):
    """A helpdesk that tells us what happens. Its name is a part of the address: `POST /v1/hooks/zendesk`."""

    hook: Annotated[str, Field(pattern=f"^{HOOK_NAME.pattern}$")]
    description: Annotated[str, Field(max_length=255)] = ""
    verify: Verification
    record: TemplateText
    """The record's id."""
    id: TemplateText
    """What is the same when the same thing is told again, and only then: the events' ids begin with it."""
    at: Saying = None
    """When it happened; else when it was learned."""
    opening: Opening | None = None
    events: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _holds_together(self) -> "Hook":
        seen: dict[str, int] = {}
        for position, rule in enumerate(self.events):
            if rule.label in seen:
                first = seen[rule.label]
                raise ValueError(f"events[{position}]: 'events[{first}]' is called '{rule.label}', too; give one a name")
            seen[rule.label] = position
            if rule.type == "opened" and self.opening is None:
                raise ValueError(f"events[{position}]: 'opened' needs the hook's 'opening'")
        return self

    def as_applied(self) -> dict[str, Any]:
        """As a file would have it: only what was given."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
