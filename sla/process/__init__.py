"""Processes: their model, their conditions, and reading them from text."""
