"""How `sla.engine.evaluate` works inside, in epoch seconds.

- `plan`: a process compiled for asking; `clock`: consumed time and stops; `run`: one occurrence.
- `projection`: the record walked from instant to instant, as it would have gone had all been known on time.
- `milestones`, `track`, `completing`, `passing`: the occurrences in that walk; `presence`: leaving and returning.
- `log`: what happens in that walk; `firing`, `outbox`: actions reached in it.
- `ledger`: what was done on the knowledge of each moment; `report`: the timeline in the end.
- `admission`: which events may count at all.

A step asks only what the news of its instant bears on (`plan`), an occurrence times only its next threshold (`run`), and
late news takes up the walk where it begins to count (`ledger`).
"""
