"""The kinds of action, one module each. The list of them is in `catalogue`."""

from activities.actions.catalogue import (
    CATALOGUE,
    WORLDS,
    Mention,
    check_action,
    check_actions,
    mentions,
    read_params,
)

__all__ = ["CATALOGUE", "WORLDS", "Mention", "check_action", "check_actions", "mentions", "read_params"]
