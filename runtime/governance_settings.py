"""Settings of the audit of the catalogue: by which conventions things are named."""

import re

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class GovernanceSettings(BaseSettings):
    """A part of `runtime.settings.Settings`."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    process_names: str = ""
    """Convention for the names of processes: a regular expression that whole names match; empty means any name."""
    milestone_names: str = ""
    """Convention for the names of milestones, likewise."""
    calendar_names: str = ""
    """Convention for the names of business hours, likewise."""

    @field_validator("process_names", "milestone_names", "calendar_names")
    @classmethod
    def _a_regular_expression(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as problem:
            raise ValueError(f"must be a regular expression ({problem})") from None
        return pattern
