"""The mails that arrived: shown, and counted against what the ledger says was sent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from runtime.mailbox import Mail
from starter.cli.words import NOTHING
from starter.definitions import Definitions
from store.views import EffectState
from workers.demo.picture import PADDING

SHOWN = "Violated: First Response of C-3"
"""How the subject begins of the mail that is shown in full."""


def show_mails(screen: Console, mails: Sequence[Mail], start: datetime) -> None:
    """Show a line for each, and one of them in full."""
    table = Table("After", box=box.SIMPLE_HEAD, padding=PADDING, expand=True)
    table.add_column("To", width=21)
    table.add_column("Subject", no_wrap=True, ratio=1)
    for mail in mails:
        after = NOTHING if mail.date is None else f"{(mail.date - start).total_seconds():.0f} s"
        table.add_row(after, escape(", ".join(mail.recipients)), escape(mail.subject.strip()))
    screen.print(table)
    chosen = next((mail for mail in mails if mail.subject.strip().startswith(SHOWN)), None)
    if chosen is not None:
        screen.print("One of them in full (each has an HTML twin):")
        head = f"To: {chosen.to}\nSubject: {chosen.subject.strip()}\nMessage-ID: {chosen.message_id}\n\n"
        screen.print(Panel(Text(head + (chosen.text or "").strip()), box=box.ROUNDED, expand=False))


def addresses(definitions: Definitions) -> dict[str, str]:
    """The e-mail addresses of everybody in the people files, by id."""
    files = [found.value for found in definitions.people]
    entries = [(one.person, one.email) for file in files for one in file.people]
    entries += [(one.queue, one.email) for file in files for one in file.queues]
    entries += [(one.contact, one.email) for file in files for one in file.contacts]
    return {name: email for name, email in entries if email is not None}


def broken_mail(
    mails: Sequence[Mail], effects: Mapping[str, Sequence[EffectState]], known: Mapping[str, str]
) -> Iterator[str]:
    """A sentence for each mail that came twice, did not come, or that nothing in the ledger accounts for.

    Together these are: exactly one mail for each action and reader.
    """
    for message_id, count in Counter(mail.message_id for mail in mails).items():
        if count > 1:
            yield f"The mail {message_id} arrived {count} times."
    arrived = Counter((_record_of(mail, effects), address) for mail in mails for address in mail.recipients)
    sent = Counter(
        (record, known.get(reader, reader))
        for record, states in effects.items()
        for state in states
        if state.effect.action == "email" and state.line is not None
        for reader in state.line.detail.get("sent", [])
    )
    for record, address in sorted(arrived.keys() | sent.keys()):
        found, wanted = arrived[record, address], sent[record, address]
        if found != wanted:
            yield f"{address} got {found} mails about {record or 'no case of ours'}; the ledger says {wanted}."


def _record_of(mail: Mail, records: Mapping[str, object]) -> str:
    """The case that a mail is about; every template names it in a line of its own."""
    lines = (mail.text or "").splitlines()
    return next((record for record in records for line in lines if f" {record} - " in line), "")
