"""Parts of a definition in a line, as the file would spell them: conditions, limits, actions."""

from collections.abc import Sequence

from sla.duration import Duration
from sla.governance.difference import said
from sla.process.conditions import Condition
from sla.process.model import Action, Limit


def spelled(condition: Condition | None) -> str:
    """A condition: `status: [Closed, Cancelled]`; nothing for none."""
    return "" if condition is None else said(condition.source)


def limit_text(within: Limit) -> str:
    """A limit: `1h`; `30m for P1, 2h for P2, else 8h (by priority)`."""
    if isinstance(within, Duration):
        return str(within)
    values = (f"{value} for {key}" for key, value in within.values.items())
    return f"{', '.join([*values, f'else {within.default}'])} (by {within.by})"


def actions_text(actions: Sequence[Action]) -> str:
    """Actions, a line for each, without their descriptions: `email to: owner, template: warning`."""
    return "\n".join(f"{action.kind} {said(action.params)}" for action in actions)
