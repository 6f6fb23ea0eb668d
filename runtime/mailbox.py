"""The mails that the local catcher has caught, as files that can be read with or without it.

One file for each message, `000001.eml` and on, in the order of arrival; the message's id is the number. Files
appear whole or not at all, are never changed, and survive restarts.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path

from sla.errors import MailNotFound

# who really gets it, which the headers need not say (Bcc); the names are aiosmtpd's
SENDER_HEADER = "X-MailFrom"
RECIPIENTS_HEADER = "X-RcptTo"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One message: its headers as people read them, and its bodies; an absent body is None."""

    id: str
    path: Path
    sender: str
    to: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    message_id: str
    text: str | None
    html: str | None


class Mailbox:
    """A directory of caught mails; it need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def list(self) -> "list[Mail]":
        """Every mail, in the order of arrival."""
        return [_read(path) for path in self._files()]

    def get(self, mail_id: str) -> Mail:
        """The mail of that id; raises `MailNotFound`."""
        # only digits: an id comes from people and becomes part of a path
        path = self._path(int(mail_id)) if mail_id.isascii() and mail_id.isdigit() else None
        if path is None or not path.is_file():
            raise MailNotFound(mail=mail_id)
        return _read(path)

    def add(self, content: bytes) -> str:
        """Keep a message under the next id, and return that."""
        self.directory.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.directory, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            return self._named(Path(temporary))
        finally:
            Path(temporary).unlink()

    def _named(self, whole: Path) -> str:
        number = max((int(path.stem) for path in self._files()), default=0) + 1
        while True:
            try:
                # a link, since it refuses a name that is taken, which a rename would overwrite
                self._path(number).hardlink_to(whole)
            except FileExistsError:
                number += 1
            else:
                return str(number)

    def _path(self, number: int) -> Path:
        return self.directory / f"{number:06d}.eml"

    def _files(self) -> Iterator[Path]:
        return iter(sorted((path for path in self.directory.glob("*.eml") if path.stem.isdigit()), key=_number))


def _number(path: Path) -> int:
    return int(path.stem)


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=modern)
    return Mail(
        id=str(_number(path)),
        path=path,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        recipients=tuple(part.strip() for part in str(message[RECIPIENTS_HEADER] or "").split(",") if part.strip()),
        subject=str(message["Subject"] or "").strip(),  # a long one is folded right after its name
        date=_date(message),
        message_id=str(message["Message-ID"] or "").strip(),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except LookupError:  # a character set that nobody has heard of
        raw = part.get_payload(decode=True)
        return raw.decode(errors="replace") if isinstance(raw, bytes) else None
