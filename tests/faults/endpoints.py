"""The outside worlds in a bad mood for a while: the mail server, and the webhook endpoint."""

import asyncio
from typing import Final

from tests.faults import mailserver, webserver
from tests.faults.fault import Fault, Strike
from tests.faults.world import World

LASTS: Final = 0.35
"""As part of the traffic's span."""


def in_mail_mood(mood: mailserver.Mood) -> Strike:
    async def strike(world: World) -> None:
        await world.mail.become(mood)
        await asyncio.sleep(world.lasts_s(LASTS))
        await world.mail.become("willing")

    return strike


def in_web_mood(mood: webserver.Mood) -> Strike:
    async def strike(world: World) -> None:
        await world.web.become(mood)
        await asyncio.sleep(world.lasts_s(LASTS))
        await world.web.become("willing")

    return strike


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
