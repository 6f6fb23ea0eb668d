"""Half-open spans of whole seconds, `[start, end)`, and the few operations on them that open time needs.

A span is a plain pair of integers, on whatever axis the caller means: UTC, or the seconds of one local day.
Lists of spans are sorted, disjoint and do not touch unless said otherwise.
"""

from collections.abc import Iterable
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The seconds of `spans` (in any order, perhaps overlapping) as a sorted list in which no two touch."""
    result: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def clipped(span: Span, bounds: Span) -> Span:
    """The part of `span` inside `bounds`; empty (its end not after its start) if there is none."""
    return max(span[0], bounds[0]), min(span[1], bounds[1])
