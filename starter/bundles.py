"""Bundles: all about one record in one file, which proves that it is whole, and needs no server, database or key.

    milepost-bundle 1 sha256=<of all that follows>
    gzip of canonical JSON: {format, dossier, outcome, histories: [{run_id, …, history}], digests}

Every byte is covered: the first line by what it must be, all others by its digest. Within, each part has a digest too, so
that parts can be told apart and compared with what somebody else kept.
"""

import gzip
import hashlib
import json
import re
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sla.dossier import Dossier, Kept
from sla.evidence_errors import AlteredBundle, NewerBundle, NotABundle, TruncatedBundle
from sla.histories import History, JsonObject, canonical, digest_of
from starter.files import name_of, read_bytes

ENDING: Final = ".mpb"
FORMAT: Final = 1
MEDIA_TYPE: Final = "application/vnd.milepost.bundle"

_MAGIC: Final = b"milepost-bundle "
_HEAD: Final = re.compile(rb"milepost-bundle ([1-9][0-9]{0,8}) sha256=([0-9a-f]{64})")
_BEGUN: Final = re.compile(rb"milepost-bundle [1-9][0-9]{0,8}( (s(h(a(2(5(6(=[0-9a-f]{0,64})?)?)?)?)?)?)?)?")
"""A first line that breaks off."""
_LINE_AT_MOST: Final = 200
_INFLATED_AT_MOST: Final = 2**24
"""Bytes in a small file: a forgery must not fill the memory."""
_INFLATED_BY: Final = 100
"""How many times its own size what is in a larger file may be; histories are five times."""


class _Occurrence(Kept):
    milestone: str
    occurrence: int


class _Effect(Kept):
    key: str


class _Outcome(Kept):
    """What an outcome must have to be compared with another."""

    status: str
    milestones: tuple[_Occurrence, ...]
    effects: tuple[_Effect, ...]


class _Events(Kept):
    """What is a history, if it is one of a workflow or not."""

    events: tuple[JsonObject, ...]


class Bundle(Kept):
    """What a bundle holds. `outcome` is the timeline of when the dossier was taken, as `milepost simulate` prints it."""

    dossier: Dossier
    outcome: JsonObject
    runs: tuple[History, ...] = ()


def is_bundle(argument: str | Path) -> bool:
    """Whether what a command was given is a bundle's path, there or not, and no record's id: by its ending."""
    return Path(argument).suffix == ENDING


def bundle_of(dossier: Dossier, runs: list[History]) -> Bundle:
    """A bundle with the outcome that the dossier has today."""
    return Bundle(dossier=dossier, outcome=dossier.timeline().model_dump(mode="json"), runs=tuple(runs))


def written(bundle: Bundle) -> bytes:
    """The file of a bundle: the same bytes for the same bundle."""
    parts = _parts(bundle)
    inner = gzip.compress(canonical({"format": FORMAT, **parts, "digests": _digests(parts)}).encode(), mtime=0)
    return b"milepost-bundle %d sha256=%s\n" % (FORMAT, hashlib.sha256(inner).hexdigest().encode()) + inner


def read_bundle(path: Path) -> Bundle:
    """What a file holds, if it is as it was written.

    Raises NotABundle, NewerBundle, TruncatedBundle or AlteredBundle; UnreadableFile if it cannot be opened.
    """
    return parsed(read_bytes(path), source=name_of(path))


def parsed(data: bytes, *, source: str) -> Bundle:
    """As `read_bundle`, of bytes that somebody has; `source` names them in sentences."""
    told = _told(_checked(data, source), source)
    parts = {name: told.get(name) for name in ("dossier", "outcome", "histories")}
    if _digests(parts) != told.get("digests"):
        raise AlteredBundle(source=source, problem="a part of it has not the digest that it is to have")
    try:
        bundle = Bundle(dossier=parts["dossier"], outcome=parts["outcome"], runs=parts["histories"])
        _Outcome.model_validate(bundle.outcome)
        for run in bundle.runs:
            if run.history is not None:
                _Events.model_validate(run.history)
    except ValidationError as error:
        raise _unfit(error, parts["dossier"], source) from None
    return bundle


def _unfit(error: ValidationError, dossier: Any, source: str) -> AlteredBundle | NewerBundle:
    """Why a bundle cannot be read that is as it was written: a later release may have written more than this one knows."""
    engine, ours = dossier.get("engine") if isinstance(dossier, dict) else None, version("milepost")
    if isinstance(engine, str) and _numbers(engine) > _numbers(ours):
        return NewerBundle(source=source, found=f"Milepost {engine}", known=f"those of {ours} and before")
    [first, *_] = error.errors()
    where = ".".join(map(str, first["loc"]))
    return AlteredBundle(source=source, problem=f"{where}: {first['msg']}")


def _numbers(release: str) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]{1,9}", release)[:3]]


def _parts(bundle: Bundle) -> JsonObject:
    kept: JsonObject = bundle.model_dump(mode="json")
    return {"dossier": kept["dossier"], "outcome": kept["outcome"], "histories": kept["runs"]}


def _digests(parts: JsonObject) -> JsonObject:
    """Of each part, and of the history of each run."""
    runs: Any = parts["histories"]
    each = runs if isinstance(runs, list) else []
    histories = {str(one.get("run_id")): digest_of(one.get("history")) for one in each if isinstance(one, dict)}
    return {**{name: digest_of(part) for name, part in parts.items()}, "runs": histories}


def _checked(data: bytes, source: str) -> bytes:
    """All that follows the first line, which tells its digest."""
    line, newline, inner = data[:_LINE_AT_MOST].partition(b"\n")
    if not newline and data and (_MAGIC.startswith(line) or _BEGUN.fullmatch(line)):
        raise TruncatedBundle(source=source)
    head = _HEAD.fullmatch(line)
    if not newline or head is None:
        raise NotABundle(source=source, problem="it does not begin as one" if data else "it is empty")
    if (found := int(head[1])) > FORMAT:
        raise NewerBundle(source=source, found=f"format {found}", known=f"format {FORMAT}")
    inner = data[len(line) + 1 :]
    if hashlib.sha256(inner).hexdigest().encode() != head[2]:
        if _breaks_off(inner):
            raise TruncatedBundle(source=source)
        raise AlteredBundle(source=source, problem="its bytes have not the digest that its first line tells")
    return inner


def _breaks_off(inner: bytes) -> bool:
    """Whether this is the beginning of a gzip file, and only that."""
    inflating = zlib.decompressobj(wbits=31)
    try:
        while inner and not inflating.eof:
            inflating.decompress(inner, 2**20)
            inner = inflating.unconsumed_tail
    except zlib.error:
        return False
    return not inflating.eof


def _told(inner: bytes, source: str) -> JsonObject:
    inflating = zlib.decompressobj(wbits=31)
    try:
        text = inflating.decompress(inner, max(_INFLATED_AT_MOST, _INFLATED_BY * len(inner)))
        told = json.loads(text) if inflating.eof and not inflating.unused_data else None
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode()  # half characters and what is no number are no JSON
    except (zlib.error, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise AlteredBundle(source=source, problem="it holds something else than a bundle does")
    if told.get("format") != FORMAT:
        raise AlteredBundle(source=source, problem="it holds another format than its first line tells")
    return told
