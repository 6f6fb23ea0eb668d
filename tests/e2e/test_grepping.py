"""A search that overlooked something would make the other tests worth nothing."""

import base64
import gzip
import json
import zlib

import pytest

from tests.e2e.grepping import everything, found

WORD = "Žofie Ångström-Zumbrunn"


@pytest.mark.parametrize(
    "written",
    [
        WORD.encode(),
        f"…{WORD.replace('Zumbrunn', 'ZUMBRUNN')}…".encode(),
        json.dumps(WORD).encode(),
        WORD.encode().hex().upper().encode(),
        *[base64.b64encode(b"x" * before + WORD.encode() + b"yz") for before in range(3)],
        b"noise x\x9c x" + zlib.compress(WORD.encode() * 9) + b"more",
    ],
)
def test_the_search_finds_a_word_however_it_is_written(written: bytes) -> None:
    assert found([WORD, "Bartholomew"], b"\xff\x00" + written + b"\xff") == {WORD}


@pytest.mark.parametrize(
    "data",
    [WORD.encode(), zlib.compress(WORD.encode()), gzip.compress(WORD.encode()), b"x" * 12 + zlib.compress(WORD.encode())],
    ids=["plain", "zlib", "gzip", "zlib behind something"],  # gzip's bytes tell the time of day
)
def test_what_stands_in_base64_in_an_answer_is_looked_into(data: bytes) -> None:
    answer = {"events": [{"payloads": [{"data": base64.b64encode(data).decode()}]}]}
    assert found([WORD, "Bartholomew"], everything(answer)) == {WORD}
