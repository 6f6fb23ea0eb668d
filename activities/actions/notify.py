"""`notify`: a message to a chat room, as Slack's incoming webhooks take it, and others after them (SPEC 5)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from activities.actions.context import ActionContext, Done
from activities.actions.names import Parameters
from activities.actions.texts import Message
from activities.actions.urls import Url, host_of, resolved
from activities.actions.view import view
from sla.messages import World

KIND: Final[str] = "notify"
WORDS: Final = "Posts a message to a chat room (Slack-compatible)."
WORLD: Final[World] = "web"
EXAMPLE: Final[Mapping[str, Any]] = {
    "url": "secret:support_room",
    "text": "{{ record.id }}: {{ milestone.left }} left for {{ milestone.name }} {{ link }}",
}


class Params(Parameters):
    """Which room, and what it is told."""

    url: Url
    """The address of the room's incoming webhook, or `secret:…`: as a rule it is a secret."""
    text: Message
    """The message; may insert values, as in `{{ record.id }}`."""
    during: str | None = Field(default=None, min_length=1)
    """Business hours outside of which the message waits for the next opening."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Post the message."""
    url = resolved(params.url, context.outside.secrets)
    text = context.outside.templates.chat(params.text, await view(context))
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    await context.outside.web.post(url, body, {"content-type": "application/json; charset=utf-8"})
    return Done(detail={"host": host_of(url), "text": text})


def escaped(text: str) -> str:
    """A value as Slack wants it inserted: `&`, `<` and `>` are its only special characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
