"""How `sla.engine.evaluate` works inside, in epoch seconds.

- `plan`: a process compiled for asking; `clock`: consumed time and stops; `run`: one occurrence.
- `projection`: the record walked from instant to instant, as it would have gone had all been known on time.
- `milestones`, `track`, `passing`: the occurrences in that walk; `presence`: how the record leaves and returns.
- `firing`, `report`: actions reached, and the timeline in the end; `ledger`: what was done on the knowledge of each moment.
- `admission`: which events may count at all.
"""
