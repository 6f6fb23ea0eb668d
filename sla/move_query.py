"""Which open records are meant to move, and where to."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from sla.timeline import RollUp
from sla.values import Value, equal


class MoveQuery(BaseModel):
    """The open records of a process that match all filters given. `fields` are compared as conditions do (SPEC 3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: str = Field(min_length=1)
    version: int | None = Field(default=None, ge=1, description="only those that follow this version")
    status: RollUp | None = None
    account: str | None = None
    owner: str | None = None
    queue: str | None = None
    fields: dict[str, Value] = Field(default_factory=dict, description="only those whose fields have these values")

    def matches(self, fields: Mapping[str, Value]) -> bool:
        """Whether a record's fields have the values asked for. One that is absent has none."""
        return all(name in fields and equal(fields[name], value) for name, value in self.fields.items())

    def words(self) -> str:
        """The filters in words; empty if there are none besides the process."""
        named = [("version", self.version), ("status", self.status), ("account", self.account), ("owner", self.owner)]
        given = [*named, ("queue", self.queue), *self.fields.items()]
        return ", ".join(f"{name} {value}" for name, value in given if value is not None)


class MoveTarget(BaseModel):
    """The version to move to. `process`: None is the process that the records follow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    process: str | None = Field(default=None, min_length=1)
