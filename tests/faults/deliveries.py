"""The judge of what reached the outside: every mail and webhook that the ledger has was taken by the other side, what was
taken twice was taken twice for a reason, and nothing came that the ledger does not know.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from sla.ledger_line import LedgerLine
from sla.timeline import Effect
from tests.faults.mailserver import Delivery
from tests.faults.seen import Seen

ADDRESSES: Final = {name: f"{name}@support.example" for name in ("ada", "ben", "chloe", "grace")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that went out: what the other side knows it by, and the ledger's line that says so."""

    id: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What came of all deliveries. `strangers` are known to no log: taken by the other side from somebody who died before
    the ledger had a line, of an action that later news has undone without a trace. `repeated` counts what arrived more than
    once; `unexcused` are the ledger's lines of those that arrived again after the line stood.
    """

    complaints: list[str]
    strangers: list[str]
    repeated: int
    unexcused: list[str]


def messages(effect: Effect, line: LedgerLine) -> list[Message]:
    """What an action that was performed has sent."""
    if effect.action == "webhook":
        return [Message(id="msg_" + _digest(effect.key), line=effect.key)]
    if effect.action == "notify":
        return [Message(id=line.detail["text"], line=effect.key)]
    if effect.action != "email":
        return []
    to = [ADDRESSES.get(name, name) for name in line.detail["sent"]]
    part = "{}/to/{}" if len(to) > 1 else "{}"  # of several mails each has a line of its own, written first
    return [
        Message(id=_digest(f"{effect.key}\n{address}"), line=part.format(effect.key, _digest(address)[:16]))
        for address in to
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def identity(delivery: Delivery) -> str:
    """A mail is known by the digest that its Message-ID begins with; a webhook by its id."""
    return delivery.id.removeprefix("<").partition(".")[0] if delivery.to else delivery.id


def judge(seen: Mapping[str, Seen], deliveries: Sequence[Delivery], journal: Sequence[Mapping[str, Any]]) -> Post:
    """Compare the ledger with what arrived. A repetition is excused if it arrived before the ledger's line stood.

    Chat messages have no id: those of equal text count together, and any of them may repeat until all their lines stand.
    """
    arrived: dict[str, list[float]] = defaultdict(list)
    for one in deliveries:
        arrived[identity(one)].append(one.at)
    stood: dict[str, float] = {}
    for note in journal:
        if note["outcome"] == "performed":  # an action may have been given up before, and tried again
            stood.setdefault(note["key"], note["at"])
    sent: dict[str, list[Message]] = defaultdict(list)
    for message in _sent(seen):
        sent[message.id].append(message)
    complaints = [f"{found[0].line} was performed and never arrived" for found in _missing(sent, arrived)]
    repeated, unexcused = 0, []
    for known, instants in arrived.items():
        lines = [message.line for message in sent.get(known, ())]
        extra = len(instants) - max(1, len(lines))
        if extra > 0:
            repeated += extra
            last = max(lines, key=lambda line: stood.get(line, inf), default="")
            unexcused += [last] * (max(instants) > stood.get(last, inf))
    unknown = set(arrived) - {message.id for message in _meant(seen)}
    strangers = [f"{known} arrived, and no action of any log has sent it" for known in sorted(unknown)]
    return Post(complaints=complaints, strangers=strangers, repeated=repeated, unexcused=unexcused)


def complaints(post: Post, *, repeats: bool) -> list[str]:
    """What is wrong with all deliveries. `repeats`: whether SPEC 5 lets what was done to this world repeat any."""
    found = post.complaints + ([] if repeats else post.strangers)
    found += [f"{line} went out again after the ledger had it as performed" for line in post.unexcused]
    if post.repeated and not repeats:
        found.append(f"{post.repeated} deliveries were repetitions, and nothing here excuses one")
    return found


def _missing(sent: Mapping[str, list[Message]], arrived: Mapping[str, list[float]]) -> Iterator[list[Message]]:
    return (found for known, found in sent.items() if found and len(arrived.get(known, ())) < len(found))


def _sent(seen: Mapping[str, Seen]) -> Iterator[Message]:
    for one in seen.values():
        for key, line in one.ledger.items():
            effect = one.effects.get(key)
            if effect is not None and line.outcome == "performed":
                yield from messages(effect, line)


def _meant(seen: Mapping[str, Seen]) -> Iterator[Message]:
    """All that may have gone out, also of actions that were dropped or given up after the other side had taken them."""
    yield from _sent(seen)
    for one in seen.values():
        for effect in one.effects.values():
            if effect.action == "webhook":
                yield Message(id="msg_" + _digest(effect.key), line=effect.key)
            if effect.action == "email":
                people = [*ADDRESSES.values(), "watchers@support.example"]
                yield from (Message(id=_digest(f"{effect.key}\n{address}"), line=effect.key) for address in people)
            if effect.action == "notify":
                yield Message(id=f"{one.record} awaits its review", line=effect.key)
