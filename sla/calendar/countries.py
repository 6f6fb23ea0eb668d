"""A country's public holidays, year by year, taken from the `holidays` library.

Only plain dates and names leave this module: the library's own objects grow when they are looked at, and nothing
here may depend on who looked before. Its data change between releases, which is why a calendar is resolved to
dates when it is published.
"""

import difflib
import textwrap
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

LONGEST_NAME: Final = 120
"""Characters of a holiday's name."""


def known_country(country: str) -> str:
    """`country` itself if the library has its holidays; else a ValueError that suggests the nearest code."""
    if country not in _supported():
        hint = _near(country.upper(), list(_supported()), "write an ISO 3166 code such as DE")
        raise ValueError(f"'{country}' is not a country that the holidays library knows; {hint}")
    return country


def known_subdivision(country: str, subdivision: str) -> str:
    """`subdivision` itself if the library knows it in `country`; else a ValueError that names those."""
    known = _supported()[country]
    if subdivision not in known:
        hint = _near(subdivision, known, f"known: {', '.join(known) or 'none'}")
        raise ValueError(f"'{subdivision}' is not a subdivision of {country}; {hint}")
    return subdivision


@lru_cache(maxsize=4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of one year in order, also the days on which they are observed, and what each is called.

    None where the library has no data for that year. Country and subdivision are known ones. Names are in the
    country's own English, else in American English, else as the library has them. They are one line: several
    of one date are parted by `; `, and what is longer than 120 characters is cut between words.
    """
    from holidays import country_holidays  # noqa: PLC0415 - takes 0.1 s, which most calendars never need

    own = country_holidays(country, expand=False).default_language or ""
    # without a language the library would ask the machine's locale
    language = own if own.startswith("en") else "en_US"
    found = country_holidays(country, subdiv=subdivision, years=year, expand=False, language=language)
    names = {on: textwrap.shorten(found[on], LONGEST_NAME, placeholder="…") for on in sorted(found) if on.year == year}
    return MappingProxyType(names)


@lru_cache(maxsize=1)
def _supported() -> Mapping[str, list[str]]:
    from holidays import list_supported_countries  # noqa: PLC0415 - as above

    return list_supported_countries(include_aliases=True)


def _near(name: str, known: list[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else otherwise
