"""A record's story in sentences, out of the engine's own account of it. Nothing is guessed here: what is not in the account,
in the dossier or in a calendar is not told."""

from sla.telling.telling import story

__all__ = ["story"]
