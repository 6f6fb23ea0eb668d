"""Recorded histories run through today's workflow, and recorded decisions through today's law.

`reading` makes a history of what people have, `session` replays one, `crew` many, on all cores; `results` are what came
of it.
"""
