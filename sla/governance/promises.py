"""Entitlements that contradict each other: one customer, one milestone, two limits."""

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations

from sla.governance import shapes
from sla.governance.finding import Seen, quoted, some
from sla.governance.reading import Reading
from sla.governance.snapshot import Promise, Version
from sla.governance.spelling import limit_text

Limits = Mapping[str, tuple[Hashable, str]]
"""Of each milestone the limit: in its normal form, and as people read it."""


def differ(reading: Reading) -> Iterator[Seen]:
    """Different limits for one milestone, and nothing but dates and names tells which entitlement a case takes."""
    yield from _contradictions(reading, same_scope=True)


def differ_by_scope(reading: Reading) -> Iterator[Seen]:
    """Different limits for one milestone by asset, product, contract or contact: as may be meant."""
    yield from _contradictions(reading, same_scope=False)


def of_nothing(reading: Reading) -> Iterator[Seen]:
    """Active entitlements that name a process of which no version is in force."""
    lacking: dict[str, list[str]] = {}
    for promise in reading.snapshot.promises:
        if promise.process not in reading.by_name:
            lacking.setdefault(promise.process, []).append(promise.entitlement)
    for process, entitlements in lacking.items():
        yield Seen(
            subject=f"process/{process}",
            sentence=f"'{process}' is promised by {quoted(tuple(sorted(entitlements)))}, but no version of it is in force.",
            remedy="Make a version of it the active default, or give the entitlements another process.",
            names=(process,),
        )


def _contradictions(reading: Reading, *, same_scope: bool) -> Iterator[Seen]:
    by_account: dict[str, dict[tuple[str, str], Promise]] = {}
    for promise in sorted(reading.snapshot.promises, key=lambda one: (one.process, one.scope, one.entitlement)):
        if promise.process in reading.by_name:
            by_account.setdefault(promise.account, {}).setdefault((promise.process, promise.scope), promise)
    limits: dict[str, Limits] = {}
    for account, promises in by_account.items():
        yield from _of_account(reading, account, list(promises.values()), limits, same_scope=same_scope)


def _of_account(
    reading: Reading, account: str, promises: list[Promise], limits: dict[str, Limits], *, same_scope: bool
) -> Iterator[Seen]:
    """One finding for each two processes: of several entitlements to them the first two speak for all."""
    told: set[tuple[str, str]] = set()
    for one, other in combinations(promises, 2):
        pair = one.process, other.process
        if pair in told or one.process == other.process or (one.scope == other.scope) is not same_scope:
            continue
        left, right = (_limits(reading, name, limits) for name in pair)
        if reading.by_name[pair[0]].process.applies_to != reading.by_name[pair[1]].process.applies_to:
            continue  # no record is held to both
        differing = [name for name in left if name in right and left[name][0] != right[name][0]]
        if differing:
            told.add(pair)
            apart = some(tuple(f"{name} ({left[name][1]} or {right[name][1]})" for name in differing), most=3)
            yield Seen(
                subject=f"account/{account}",
                sentence=f"{_who(one)} and {_who(other)} promise '{account}' different limits: {apart}.",
                remedy=_REMEDY[same_scope],
                names=tuple(sorted(pair)),
            )


_REMEDY = {
    True: "End one of them, or limit it to an asset, product, contract or contact; "
    "until then a case takes the one that ends first.",
    False: "If that is what was agreed, leave it; else give both the same process.",
}


def _who(promise: Promise) -> str:
    return f"'{promise.entitlement}' ({promise.process}{f'; {promise.scope}' if promise.scope else ''})"


def _limits(reading: Reading, name: str, known: dict[str, Limits]) -> Limits:
    if name not in known:
        known[name] = _limits_of(reading, reading.by_name[name])
    return known[name]


def _limits_of(reading: Reading, version: Version) -> Limits:
    shape: dict[str, list[Hashable]] = {}
    text: dict[str, list[str]] = {}
    for line in reading.lines_of(version):
        name = line.milestone.milestone
        limit = shapes.limit(line.milestone, line.hours)
        shape.setdefault(name, []).append((limit, shapes.condition(line.milestone.when)))
        text.setdefault(name, []).append(limit_text(line.milestone.within))
    return {name: (tuple(shape[name]), " / ".join(dict.fromkeys(text[name]))) for name in shape}
