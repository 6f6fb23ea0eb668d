"""`webhook`: posts a signed CloudEvent to a URL (SPEC 5).

CloudEvents 1.0 in structured JSON mode; the signature is that of Standard Webhooks. Both ids stay the same when it is sent
again, so that the receiver can tell. No free text and no contact goes out, only what the figures are about.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from activities.actions.context import ActionContext, Done
from activities.actions.names import Parameters
from activities.actions.urls import Url, host_of, resolved
from activities.ports import Permanent
from sla.instants import to_s, to_text
from sla.messages import World

KIND: Final[str] = "webhook"
WORDS: Final = "Posts a signed CloudEvent with the milestone's figures to a URL."
WORLD: Final[World] = "web"
EXAMPLE: Final[Mapping[str, Any]] = {"url": "https://hooks.helpdesk.example/sla", "secret": "helpdesk"}

_SHOWN: Final = ("type", "account", "priority", "status", "queue", "owner")


class Params(Parameters):
    """Where the event goes, and the secret that signs it."""

    url: Url
    """An http or https address, or `secret:…` for one that is a secret itself."""
    secret: str | None = Field(default=None, min_length=1)
    """The name of the secret to sign with; without one the event is not signed."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Post the event; the receiver's 2xx is the acceptance."""
    url = resolved(params.url, context.outside.secrets)
    body = json.dumps(cloud_event(context), ensure_ascii=False, separators=(",", ":")).encode()
    message = "msg_" + hashlib.sha256(context.key.encode()).hexdigest()[:32]
    sent_s = str(to_s(context.now))
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": message,
        "webhook-timestamp": sent_s,
    }
    if params.secret is not None:
        headers["webhook-signature"] = signature(_key(context, params.secret), message, sent_s, body)
    await context.outside.web.post(url, body, headers)
    return Done(detail={"host": host_of(url), "webhook_id": message, "signed": params.secret is not None})


def cloud_event(context: ActionContext) -> dict[str, Any]:
    """The event: the milestone's figures as of now, and of the record what selects and routes."""
    occurrence = context.occurrence
    figures = occurrence.model_dump(mode="json") if occurrence else {"milestone": context.effect.milestone}
    return {
        "specversion": "1.0",
        "id": context.key,
        "source": context.outside.base_url,
        "type": f"milepost.{context.effect.trigger}",
        "subject": context.record,
        "time": to_text(context.effect.due_at),
        "datacontenttype": "application/json",
        "data": {
            "record": {"id": context.record, **{name: context.text(name) for name in _SHOWN}, "link": context.link},
            "process": context.process.process,
            "status": context.timeline.status,
            "milestone": {**figures, "occurrence": context.effect.occurrence},
            "trigger": {"kind": context.effect.trigger, "threshold_s": context.effect.threshold, "key": context.key},
        },
    }


def signature(key: bytes, message: str, sent_s: str, body: bytes) -> str:
    """The `webhook-signature` of Standard Webhooks: version 1, HMAC-SHA256 over id, timestamp and body."""
    signed = b".".join((message.encode(), sent_s.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _key(context: ActionContext, name: str) -> bytes:
    """The secret's bytes: base64 after `whsec_`, as Standard Webhooks has it; else the text itself."""
    secret = context.outside.secrets.get(name)
    if not secret:
        raise Permanent(f"there is no secret '{name}'; set it where the worker runs, and retry")
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise Permanent(f"the secret '{name}' begins with whsec_ but is not base64 after that") from None
