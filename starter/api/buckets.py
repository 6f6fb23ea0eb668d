"""How often somebody may ask: a bucket of tokens for each, which fills as time goes by. In memory, for one process."""

import math
from collections.abc import Callable

KEPT_AT_MOST = 10_000
"""Buckets. A full one need not be kept: it is as a new one."""


class Buckets:
    """`per_minute` requests in the long run, and a tenth of them at once; 0 means that nobody is held back."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        """`clock` tells seconds that only go forward."""
        self.per_minute = per_minute
        self._size = max(10.0, per_minute / 10)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, who: str) -> int:
        """Take a token: 0 if there was one, else after how many seconds there will be."""
        if not self.per_minute:
            return 0
        now = self._clock()
        left = self._now_left(who, now)
        if left < 1:
            return math.ceil((1 - left) * 60 / self.per_minute)
        if len(self._left) >= KEPT_AT_MOST and who not in self._left:
            self._left = {name: had for name, had in self._left.items() if self._now_left(name, now) < self._size}
        self._left[who] = (left - 1, now)
        return 0

    def _now_left(self, who: str, now: float) -> float:
        left, at = self._left.get(who, (self._size, now))
        return min(self._size, left + (now - at) * self.per_minute / 60)
