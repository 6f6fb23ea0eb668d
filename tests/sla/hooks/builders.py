"""The hooks of examples/hooks/, and deliveries in the shape in which these helpdesks send them.

The deliveries were written by hand after what Zendesk, Atlassian and ServiceNow document; people and tickets are invented.
"""

import json
from pathlib import Path
from typing import Any

from sla.documents import parse_documents, validate_document
from sla.hooks.mapping import Mapped, events_of
from sla.hooks.model import Hook

ROOT = Path(__file__).parents[3]
HOOKS = ROOT / "examples" / "hooks"
DELIVERIES = Path(__file__).parent / "deliveries"


def example(name: str) -> Hook:
    """A hook that comes with Milepost."""
    [document] = parse_documents((HOOKS / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")
    return validate_document(Hook, document)


def delivery(name: str) -> Any:
    """What a helpdesk sent."""
    return json.loads((DELIVERIES / f"{name}.json").read_bytes())


def body_of(name: str) -> bytes:
    """The same as it was sent."""
    return (DELIVERIES / f"{name}.json").read_bytes()


def a_hook(**more: Any) -> Hook:
    """A hook that tells of everything that something happened."""
    plain: dict[str, Any] = {
        "hook": "desk",
        "verify": {"secret": "desk", "header": "X-Signature"},
        "record": "T-{id}",
        "id": "d-{id}",
        "events": [{"type": "noted", "kind": "something"}],
    }
    return Hook.model_validate(plain | more)


def mapped(hook: Hook, payload: Any, **headers: str) -> Mapped:
    """What it becomes, which is something."""
    found = events_of(hook, payload, {name.replace("_", "-"): value for name, value in headers.items()})
    assert found is not None
    return found
