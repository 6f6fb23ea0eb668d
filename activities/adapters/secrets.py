"""Secrets from what the process was given: its settings, never the environment itself (HOUSE, contract 6)."""

from collections.abc import Mapping


class GivenSecrets:
    """Secrets by name. Its repr shows none of them."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)

    def get(self, name: str) -> str | None:
        """The secret's value; None if there is none of that name."""
        return self._secrets.get(name)
