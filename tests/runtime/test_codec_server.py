"""The codec server: Temporal's own tools read through it what is encrypted, if they have a token, and nobody else does."""

import asyncio
import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.api.common.v1 import Payload

from runtime.codec_server import BODY_AT_MOST_BYTES, codec_server, serving
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.encryption import Codec
from runtime.keys import new_key, read_keys
from runtime.ports import free_port
from runtime.settings import Settings
from runtime.tokens import Doorkeeper, read_tokens
from sla.errors import InvalidSetting, PortInUse

BIN = Path(sys.executable).parent
NAME = "Annegret Quisling-Zumbrunn"
TOKEN, OTHER = "Rk3-a-token-that-nobody-guesses", "Zq9-a-token-that-is-not-known-here"
UI = "https://temporal.example.com"
KEY = new_key(b"K" * 32)
SETTINGS = Settings(
    encryption_keys=SecretStr(KEY.written),
    codec_tokens=SecretStr(f"anna:{TOKEN},ops:{TOKEN[::-1]}"),
    codec_ui_origin=UI,
)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def basic(name: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


def as_json(*payloads: Payload) -> dict[str, Any]:
    return {
        "payloads": [
            {
                "metadata": {name: base64.b64encode(value).decode() for name, value in payload.metadata.items()},
                "data": base64.b64encode(payload.data).decode(),
            }
            for payload in payloads
        ]
    }


PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(NAME).encode())


async def sealed() -> dict[str, Any]:
    return as_json(*await Codec(read_keys(KEY.written)).encode([PLAIN]))


@asynccontextmanager
async def a_server(settings: Settings = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(codec_server(settings)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client,
    ):
        yield client


# ---------------------------------------------------------------------- with Temporal's own command line


async def temporal(*words: str) -> tuple[int, str]:
    """What `temporal` says to these words; what is set for it where the tests run does not count."""
    environ = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        BIN / "temporal", *words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(30):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def in_clear(said: str) -> str:
    """What it says, with what it says in base64."""
    words = (word for word in re.findall(r'"([\w+/]+=*)"', said) if len(word) % 4 == 0)
    return said + "".join(base64.b64decode(word).decode(errors="replace") for word in words)


async def test_temporals_command_line_shows_what_is_encrypted_to_those_who_have_a_token_only() -> None:
    async with TemporalDevServer() as server, serving(codec_server(SETTINGS)) as port:
        client = await connect(SETTINGS, address=server.address)
        await client.start_workflow("Anything", {"contact": NAME}, id="case-1", task_queue="nobody", static_summary=NAME)
        show = ("workflow", "show", "--workflow-id", "case-1", "--address", server.address, "--output", "json")
        through = (*show, "--codec-endpoint", f"http://127.0.0.1:{port}")

        code, said = await temporal(*show)
        assert (code, in_clear(said).count(NAME), in_clear(said).count("binary/encrypted")) == (0, 0, 2)

        for credentials in ((), ("--codec-auth", f"Bearer {OTHER}")):
            with capture_logs() as lines:  # it asks again and again, and then says only that it took too long
                code, said = await temporal(*through, *credentials, "--command-timeout", "1s")
            assert (code, in_clear(said).count(NAME)) == (1, 0)
            assert {line["event"] for line in lines} == {"codec_refused"}

        code, said = await temporal(*through, "--codec-auth", f"Bearer {TOKEN}")
        assert code == 0, said
        assert in_clear(said).count(NAME) == 2, "in the input and in the summary"


async def test_what_temporals_command_line_sends_is_encrypted_on_the_way() -> None:
    async with TemporalDevServer() as server, serving(codec_server(SETTINGS)) as port:
        codec = ("--codec-endpoint", f"http://127.0.0.1:{port}", "--codec-auth", f"Bearer {TOKEN}")
        words = ("--workflow-id", "case-2", "--address", server.address)
        start = ("workflow", "start", "--type", "Anything", "--task-queue", "nobody", "--input", json.dumps(NAME))
        code, said = await temporal(*start, *words, *codec)
        assert code == 0, said
        client = await connect(SETTINGS, address=server.address)
        history = await client.get_workflow_handle("case-2").fetch_history()
        (given,) = history.events[0].workflow_execution_started_event_attributes.input.payloads
        assert given.metadata["encryption-key-id"] == KEY.id.encode()
        assert await client.data_converter.decode([given]) == [NAME]


# ---------------------------------------------------------------------- who may ask


@pytest.mark.parametrize("headers", [BEARER, basic("anna", TOKEN), {"Authorization": f"bearer  {TOKEN}"}])
async def test_a_token_opens_by_itself_or_with_its_name_as_browsers_send_it(headers: dict[str, str]) -> None:
    async with a_server() as client:
        answer = await client.post("/decode", json=await sealed(), headers=headers)
        assert (answer.status_code, answer.json()) == (200, as_json(PLAIN))
        assert (await client.get("/", headers=headers)).text.startswith("Signed in as anna.")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {OTHER}"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer anna"},
        {"Authorization": TOKEN},
        {"Authorization": "Basic not-base64"},
        {"Authorization": "Basic /w=="},
        basic("ops", TOKEN),
        basic("", TOKEN),
        basic("anna", ""),
    ],
)
@pytest.mark.parametrize("path", ["/decode", "/encode", "/ns/decode"])
async def test_nobody_else_is_answered(headers: dict[str, str], path: str) -> None:
    async with a_server() as client:
        answer = await client.post(path, content=b"not even read", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_browser_is_asked_to_sign_in() -> None:
    async with a_server() as client:
        answer = await client.get("/")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


async def test_a_page_of_temporals_address_may_ask_and_no_other_page() -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    async with a_server() as client:
        ours = await client.options("/decode", headers={"Origin": UI, **preflight})
        assert ours.status_code == 200
        assert ours.headers["Access-Control-Allow-Origin"] == UI
        assert ours.headers["Access-Control-Allow-Credentials"] == "true"
        theirs = await client.options("/decode", headers={"Origin": "https://evil.example", **preflight})
        assert "Access-Control-Allow-Origin" not in theirs.headers
        answer = await client.post("/decode", json=await sealed(), headers={"Origin": "https://evil.example", **BEARER})
        assert "Access-Control-Allow-Origin" not in answer.headers
        refused = await client.post("/decode", headers={"Origin": UI})
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, UI)
    async with a_server(SETTINGS.but(codec_ui_origin="")) as client:
        answer = await client.post("/decode", json=await sealed(), headers={"Origin": UI, **BEARER})
        assert "Access-Control-Allow-Origin" not in answer.headers


# ---------------------------------------------------------------------- what is answered


async def test_what_is_encoded_decodes_at_any_path_that_ends_so() -> None:
    async with a_server() as client:
        encoded = await client.post("/milepost/default/encode", json=as_json(PLAIN, PLAIN), headers=BEARER)
        assert NAME.encode() not in encoded.content
        decoded = await client.post("/milepost/default/decode", json=encoded.json(), headers=BEARER)
        assert decoded.json() == as_json(PLAIN, PLAIN)
        assert decoded.headers["Content-Type"] == "application/json"
        assert (await client.post("/decoded", json={}, headers=BEARER)).status_code == 404
        assert (await client.get("/decode", headers=BEARER)).status_code == 405


async def test_whoever_looks_after_it_learns_that_it_is_up_without_a_token() -> None:
    async with a_server() as client:
        assert (await client.get("/health")).json() == {"status": "ok"}


@pytest.mark.parametrize("body", [b"", b"{", b"x", b'{"payloads": 1}', b'{"payload": []}', b"\xff"])
async def test_what_are_no_payloads_is_refused(body: bytes) -> None:
    async with a_server() as client:
        answer = await client.post("/decode", content=body, headers=BEARER)
        assert (answer.status_code, answer.json()) == (400, {"detail": "The body is not Temporal's Payloads as JSON."})


async def test_a_payload_under_a_key_that_is_gone_is_refused_in_words() -> None:
    async with a_server(SETTINGS.but(encryption_keys=SecretStr(new_key(b"L" * 32, "later").written))) as client:
        answer = await client.post("/decode", json=await sealed(), headers=BEARER)
        assert answer.status_code == 400
        assert f"under the key '{KEY.id}'; this process has only later" in answer.json()["detail"]


async def test_a_request_that_is_too_large_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_AT_MOST_BYTES // 2**20 + 1):
            yield b" " * 2**20

    async with a_server() as client:
        answer = await client.post("/decode", content=endless(), headers=BEARER)
        assert answer.status_code == 413


async def test_the_log_says_who_saw_how_much_and_never_what() -> None:
    with capture_logs() as lines:
        async with a_server() as client:
            await client.post("/decode", json=await sealed(), headers={**BEARER, "X-Namespace": "prod"})
            await client.post("/encode", json=as_json(PLAIN, PLAIN), headers=BEARER)
            await client.post("/decode", json=await sealed(), headers={"Authorization": f"Bearer {OTHER}"})
    assert lines == [
        {"event": "codec_decoded", "log_level": "info", "who": "anna", "payloads": 1, "namespace": "prod"},
        {"event": "codec_encoded", "log_level": "info", "who": "anna", "payloads": 2, "namespace": ""},
        {"event": "codec_refused", "log_level": "warning", "path": "/decode", "peer": "127.0.0.1"},
    ]


# ---------------------------------------------------------------------- tokens and settings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TOKEN, "token 1 has no name: it is written name:token"),
        (f"anna:{TOKEN} {TOKEN}", "token 2 has no name"),
        ("anna:hunter2", "token 1 must have at least 24 letters"),
        (f"anna:{TOKEN}ü", "token 1 must have at least 24 letters"),
        (f"anna:{TOKEN},anna:{OTHER}", "token 2 has the name of another"),
        (f"a b:{TOKEN}", "token 1 has no name"),
    ],
)
def test_a_bad_token_is_refused_by_its_place_and_not_by_its_text(text: str, problem: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        codec_server(SETTINGS.but(codec_tokens=SecretStr(text)))
    assert str(refused.value).startswith(f"Setting MILEPOST_CODEC_TOKENS: {problem}")
    for secret in (TOKEN, OTHER, "hunter2"):
        assert secret not in str(refused.value)


def test_no_token_is_in_the_text_of_what_holds_it() -> None:
    keeper = Doorkeeper(read_tokens(f"anna:{TOKEN}"))
    assert TOKEN not in repr(codec_server(SETTINGS)) + str(vars(keeper))


def test_without_keys_or_tokens_it_does_not_start() -> None:
    with pytest.raises(InvalidSetting, match="MILEPOST_ENCRYPTION_KEYS: is empty"):
        codec_server(SETTINGS.but(encryption_keys=SecretStr("")))
    with pytest.raises(InvalidSetting, match="MILEPOST_CODEC_TOKENS: names nobody"):
        codec_server(SETTINGS.but(codec_tokens=SecretStr("")))


@pytest.mark.parametrize("origin", ["*", "temporal.example.com", f"{UI}/namespaces", "file:///ui", f"{UI}?x=1"])
def test_an_origin_is_one_address_without_a_path(origin: str) -> None:
    with pytest.raises(InvalidSetting, match="MILEPOST_CODEC_UI_ORIGIN: must be an address without a path"):
        codec_server(SETTINGS.but(codec_ui_origin=origin))


async def test_a_taken_port_and_an_address_of_another_machine_are_named() -> None:
    async with serving(codec_server(SETTINGS)) as port:
        with pytest.raises(PortInUse, match="MILEPOST_CODEC_PORT"):
            async with serving(codec_server(SETTINGS), port=port):
                pass
    with pytest.raises(InvalidSetting, match=r"MILEPOST_CODEC_HOST: nothing can listen on '203\.0\.113\.1'"):
        async with serving(codec_server(SETTINGS), host="203.0.113.1"):
            pass


def test_milepost_codec_serve_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "MILEPOST_ENCRYPTION_KEYS": KEY.written,
        "MILEPOST_CODEC_TOKENS": f"anna:{TOKEN}",
        "MILEPOST_CODEC_PORT": str(port),
        "MILEPOST_LOG_FORMAT": "json",
    }
    process = subprocess.Popen([BIN / "milepost", "codec", "serve"], env=environ, cwd=tmp_path, stderr=subprocess.PIPE)
    assert process.stderr is not None
    with process.stderr as log:
        ready = json.loads(log.readline())
        assert (ready["event"], ready["port"]) == ("codec_ready", port)
        with httpx.Client(trust_env=False) as client:
            answer = client.post(f"http://127.0.0.1:{port}/encode", json=as_json(PLAIN), headers=BEARER)
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        (line,) = [json.loads(text) for text in log.read().splitlines()]
    assert (line["event"], line["who"]) == ("codec_encoded", "anna")
