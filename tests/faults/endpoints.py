"""The outside worlds in a bad mood for a while: the mail server, and the webhook endpoint."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from tests.faults import mailserver, webserver
from tests.faults.fault import Fault, Strike
from tests.faults.world import World, monotonic

LASTS: Final = 0.35
"""As part of the traffic's span."""
UNTIL_MET_S: Final = 15.0
"""How much longer it may last until somebody has met it: a mood that nobody meets is no trouble."""
POLL_S: Final = 0.1


def in_mail_mood(mood: mailserver.Mood) -> Strike:
    async def strike(world: World) -> None:
        await _for_a_while(world, "mail", world.mail.become, mood, world.mail.met)

    return strike


def in_web_mood(mood: webserver.Mood) -> Strike:
    async def strike(world: World) -> None:
        await _for_a_while(world, "web", world.web.become, mood, world.web.met)

    return strike


async def _for_a_while(
    world: World, which: Literal["mail", "web"], become: Callable[[Any], Awaitable[None]], mood: Any, met: Counter[Any]
) -> None:
    """Be in a mood until it is over and somebody has met it. Whom nobody answers tells of it himself."""
    began, before = monotonic(), met[mood]

    def seen_by() -> int:
        if mood != "down":
            return met[mood] - before
        return sum(note["world"] == which and note["at"] > began for note in world.journalled("failed"))

    await become(mood)
    await asyncio.sleep(world.lasts_s(LASTS))
    while not seen_by() and monotonic() < began + world.lasts_s(LASTS) + UNTIL_MET_S:
        await asyncio.sleep(POLL_S)
    if not seen_by():
        world.complaints.append(f"nobody met the {which} server while it was in the mood '{mood}'")
    await become("willing")


MAIL_MOODS: Final[dict[mailserver.Mood, str]] = {
    "down": "nobody listens on its port",
    "hangs": "accepts the connection and never answers MAIL",
    "slow": "takes 2 s for each mail",
    "421": "answers MAIL with 421",
    "450": "answers RCPT with 450",
    "550": "answers RCPT with 550; afterwards a person has each action retried",
    "drops": "takes the whole mail and hangs up without a word",
}
WEB_MOODS: Final[dict[webserver.Mood, str]] = {
    "down": "nobody listens on its port",
    "hangs": "reads the request and never answers",
    "slow": "takes 2 s for each request",
    "503": "answers 503",
    "429": "answers 429 with Retry-After: 2",
    "410": "answers 410; afterwards a person has each action retried",
    "drops": "takes the whole request and hangs up without a word",
}
ENDPOINTS: Final = (
    *(
        Fault(
            name=f"mail server: {mood}",
            means=means,
            strike=in_mail_mood(mood),
            repeats=mood == "drops",
            gives_up=mood == "550",
        )
        for mood, means in MAIL_MOODS.items()
    ),
    *(
        Fault(
            name=f"webhook: {mood}",
            means=means,
            strike=in_web_mood(mood),
            repeats=mood == "drops",
            gives_up=mood == "410",
        )
        for mood, means in WEB_MOODS.items()
    ),
)
