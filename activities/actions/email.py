"""`email`: a mail to each of those named, in their own time zone (SPEC 5)."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from activities.actions.context import ActionContext, Done
from activities.actions.names import Parameters, Recipients
from activities.actions.recipients import Reader, readers
from activities.actions.texts import Line, one_line
from activities.actions.view import view
from activities.ports import Mail, Permanent, Transient
from activities.template_files import template_name
from sla.messages import World

KIND: Final[str] = "email"
WORDS: Final = "Sends a mail, made from a template, to people, roles, queues or addresses."
WORLD: Final[World] = "mail"
EXAMPLE: Final[Mapping[str, Any]] = {"to": ["owner", "account_manager"], "template": "warning"}


class Params(Parameters):
    """Who gets which mail."""

    to: Recipients
    """`owner`, `contact`, `account_manager`, `queue`, `role:…`, `queue:…`, a person's id, an address; or a list of them."""
    template: Annotated[str, AfterValidator(template_name)]
    """The template's name: `warning`, `violation`, `success`, `retraction`, or one of your own."""
    subject: Line | None = None
    """Another subject than the template's; may insert values, as in `{{ record.id }}`."""
    during: str | None = Field(default=None, min_length=1)
    """Business hours outside of which the mail waits for the next opening."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Send one mail to each reader. A retry sends only those that the server has not accepted yet."""
    wanted = await readers(context, params.to)
    if not wanted.found:
        raise Permanent(f"there is nobody to mail behind {', '.join(map(_unspoken, params.to))}")
    post = _Post(context, params, several=len(wanted.found) > 1)
    for reader in wanted.found.values():
        await post.send(reader)
    post.check()
    sent = [reader.address if reader.kind == "address" else reader.id for reader in wanted.found.values()]
    return Done(detail={"template": params.template, "sent": sent, "nobody": wanted.nobody})


class _Post:
    """The mails of one action: tries all of them before it complains of any."""

    def __init__(self, context: ActionContext, params: Params, *, several: bool) -> None:
        self._context = context
        self._params = params
        self._several = several
        self._accepted = 0
        self._later: list[tuple[Reader, Transient]] = []
        self._never: list[tuple[Reader, Permanent]] = []

    async def send(self, reader: Reader) -> None:
        if await self._context.progress.has(reader.address.lower()):
            self._accepted += 1
            return
        mail = await compose(self._context, self._params, reader)
        try:
            await self._context.outside.mailer.send(mail)
        except Transient as problem:
            self._later.append((reader, problem))
        except Permanent as problem:
            self._never.append((reader, problem))
        else:
            self._accepted += 1
            if self._several:
                await self._context.progress.add(reader.address.lower(), {"to": reader.id, "message_id": mail.message_id})

    def check(self) -> None:
        """Raise for the mails that were not accepted; what may still succeed goes before what cannot."""
        if self._later:
            waits = [problem.retry_after_s for _, problem in self._later if problem.retry_after_s is not None]
            raise Transient(self._told(self._later), retry_after_s=max(waits, default=None))
        if self._never:
            raise Permanent(self._told(self._never))

    def _told(self, failed: list[tuple[Reader, Any]]) -> str:
        problems = "; ".join(f"{reader.id}: {problem}" for reader, problem in failed)
        total = self._accepted + len(self._later) + len(self._never)
        return problems if total == 1 else f"{self._accepted} of {total} mails were accepted; {problems}"


async def compose(context: ActionContext, params: Params, reader: Reader) -> Mail:
    """The mail to one reader."""
    seen = await view(context, reader)
    templates = context.outside.templates
    text = templates.mail(params.template, seen)
    subject = text.subject if params.subject is None else templates.line(params.subject, seen)
    return Mail(
        message_id=message_id(context, reader.address),
        to=(reader.address,),
        subject=one_line(subject) or f"{context.record}: {context.effect.milestone}",
        text=text.text,
        html=text.html,
    )


def message_id(context: ActionContext, address: str) -> str:
    """The mail's Message-ID, the same whenever it is sent again: a digest of the action's key and the reader."""
    digest = hashlib.sha256(f"{context.key}\n{address.lower()}".encode()).hexdigest()[:32]
    slug = re.sub(r"[^A-Za-z0-9]+", "-", context.record).strip("-")[:40] or "record"
    host = urlsplit(context.outside.base_url).hostname or "milepost.invalid"
    return f"<{digest}.{slug}@{_ascii(host)}>"


def _ascii(host: str) -> str:
    try:
        return "milepost.invalid" if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        return "milepost.invalid"


def _unspoken(name: str) -> str:
    return "an address" if "@" in name else f"'{name}'"
