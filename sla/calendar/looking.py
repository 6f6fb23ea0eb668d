"""Open time span by span, as people look at it. Whatever is reckoned asks a clock for seconds instead."""

from collections.abc import Iterator

from sla.calendar.clock import HORIZON_S, Clock
from sla.errors import NoOpenTime
from sla.spans import Span


def open_spans(clock: Clock, start_s: int, end_s: int) -> Iterator[Span]:
    """The open spans of `[start_s, end_s)` in order, cut at its ends; spans that touch are one."""
    begun: Span | None = None
    for span in _pieces(clock, start_s, end_s):
        if begun is not None and begun[1] == span[0]:
            begun = begun[0], span[1]
            continue
        if begun is not None:
            yield begun
        begun = span
    if begun is not None:
        yield begun


def _pieces(clock: Clock, start_s: int, end_s: int) -> Iterator[Span]:
    """The same, but one that is longer than ten years may come in pieces: no clock looks further ahead."""
    at = start_s
    while at < end_s:
        try:
            opens = clock.next_open(at)
        except NoOpenTime:
            at += HORIZON_S
            continue
        if opens >= end_s:
            return
        try:
            closes = min(clock.next_close(opens), end_s)
        except NoOpenTime:
            closes = min(opens + HORIZON_S, end_s)
        yield opens, closes
        at = closes
