"""What Temporal is given to keep: nobody reads it without a key, and whoever has the keys reads all of it."""

import base64
import zlib
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from runtime.converter import converter, data_converter
from runtime.encryption import COMPRESS_FROM_BYTES, ENCRYPTED, INFLATED_AT_MOST_BYTES, Codec, compressed, inflated
from runtime.keys import Key, KeyRing, key_ring, new_key, read_keys
from runtime.settings import Settings
from sla.errors import InvalidSetting, UnreadablePayload

A, B = Key(id="a", secret=b"A" * 32), Key(id="b", secret=b"B" * 32)
RING = KeyRing([A])
NAME = b"Annegret Quisling-Zumbrunn"


def a_payload(data: bytes = NAME) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


async def kept(payload: Payload, *keys: Key) -> Payload:
    (one,) = await Codec(KeyRing(keys)).encode([payload])
    return one


async def read(payload: Payload, *keys: Key) -> Payload:
    (one,) = await Codec(KeyRing(keys) if keys else None).decode([payload])
    return one


# ---------------------------------------------------------------------- the codec


@pytest.mark.parametrize("data", [b"", NAME, NAME * 1000, bytes(range(256)) * 8])
async def test_what_is_encrypted_reads_back_as_it_was(data: bytes) -> None:
    assert await read(await kept(a_payload(data), A), A) == a_payload(data)


async def test_nothing_of_a_payload_stands_in_what_is_kept_but_the_id_of_the_key() -> None:
    sealed = await kept(a_payload(), A)
    assert dict(sealed.metadata) == {"encoding": ENCRYPTED, "encryption-key-id": b"a", "encryption-format": b"1"}
    assert NAME not in sealed.data
    assert b"json/plain" not in sealed.data


async def test_the_same_payload_is_never_kept_twice_alike() -> None:
    assert len({(await kept(a_payload(), A)).data for _ in range(100)}) == 100


async def test_the_first_key_encrypts_and_all_of_them_decrypt() -> None:
    before, after = await kept(a_payload(), A), await kept(a_payload(), B, A)
    assert (before.metadata["encryption-key-id"], after.metadata["encryption-key-id"]) == (b"a", b"b")
    assert await read(before, B, A) == await read(after, B, A) == a_payload()


async def test_a_missing_key_is_named_with_those_that_are_there() -> None:
    with pytest.raises(UnreadablePayload, match=r"under the key 'a'; this process has only b\. Put the key back"):
        await read(await kept(a_payload(), A), B)


async def test_a_process_without_keys_refuses_what_is_encrypted() -> None:
    with pytest.raises(UnreadablePayload, match="it is encrypted, and this process has no keys"):
        await read(await kept(a_payload(), A))


async def test_what_was_written_in_clear_is_read_as_it_is() -> None:
    assert await read(a_payload(), A) == a_payload()
    assert await Codec(None).encode([a_payload(NAME * 1000)]) == [a_payload(NAME * 1000)]


@pytest.mark.parametrize("place", [0, 12, 40, -1])
async def test_a_single_bit_that_was_altered_is_noticed(place: int) -> None:
    sealed = await kept(a_payload(), A)
    data = bytearray(sealed.data)
    data[place] ^= 1
    sealed.data = bytes(data)
    with pytest.raises(UnreadablePayload, match="it is not what was encrypted under the key 'a'"):
        await read(sealed, A)


@pytest.mark.parametrize("data", [b"", b"x" * 11, b"x" * 12, b"x" * 27])
async def test_what_is_cut_off_is_noticed(data: bytes) -> None:
    sealed = await kept(a_payload(), A)
    sealed.data = data
    with pytest.raises(UnreadablePayload, match="it is not what was encrypted"):
        await read(sealed, A)


async def test_the_id_of_the_key_is_held_by_the_encryption_itself() -> None:
    alias = Key(id="alias", secret=A.secret)
    sealed = await kept(a_payload(), A)
    sealed.metadata["encryption-key-id"] = b"alias"
    with pytest.raises(UnreadablePayload, match="under the key 'alias'"):
        await read(sealed, alias)


@pytest.mark.parametrize("form", [b"2", b"", b"\xff"])
async def test_a_format_of_a_later_version_is_not_taken_for_ours(form: bytes) -> None:
    sealed = await kept(a_payload(), A)
    sealed.metadata["encryption-format"] = form
    with pytest.raises(UnreadablePayload, match="which this version does not know"):
        await read(sealed, A)


async def test_a_name_in_a_refusal_is_harmless_whoever_wrote_it() -> None:
    sealed = await kept(a_payload(), A)
    sealed.metadata["encryption-key-id"] = b"\x1b[2J\n" + b"x" * 1000
    with pytest.raises(UnreadablePayload) as refused:
        await read(sealed, A)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


async def test_what_encryption_adds_to_a_payload_is_bounded() -> None:
    key = new_key(b"A" * 32)
    assert all(
        [(await kept(a_payload(b"x" * n), key)).ByteSize() - a_payload(b"x" * n).ByteSize() < 120 for n in (0, 99, 199)]
    )


# ---------------------------------------------------------------------- compression


async def test_what_is_long_and_repetitive_is_kept_smaller_than_it_was() -> None:
    assert (await kept(a_payload(NAME * 1000), A)).ByteSize() < 1000


async def test_what_does_not_compress_or_is_short_is_left_alone() -> None:
    noise = b"".join(zlib.crc32(bytes([n, m])).to_bytes(4) for n in range(16) for m in range(16))
    assert compressed(a_payload(noise)) == a_payload(noise)
    assert compressed(a_payload(b"x" * (COMPRESS_FROM_BYTES - 30))) == a_payload(b"x" * (COMPRESS_FROM_BYTES - 30))
    assert compressed(a_payload(b"x" * COMPRESS_FROM_BYTES)).metadata["encoding"] == b"binary/zlib"


async def test_compression_works_by_itself_and_is_read_without_keys() -> None:
    (smaller,) = await Codec(None, compress=True).encode([a_payload(NAME * 100)])
    assert smaller.ByteSize() < 200
    assert await read(smaller) == await read(smaller, A) == a_payload(NAME * 100)


async def test_a_payload_can_be_encrypted_without_being_compressed() -> None:
    (sealed,) = await Codec(RING, compress=False).encode([a_payload(NAME * 100)])
    assert sealed.ByteSize() > len(NAME) * 100
    assert await read(sealed, A) == a_payload(NAME * 100)


def test_a_small_forgery_does_not_fill_the_memory() -> None:
    bomb = Payload(metadata={"encoding": b"binary/zlib"}, data=zlib.compress(bytes(INFLATED_AT_MOST_BYTES + 1), 9))
    assert bomb.ByteSize() < 100_000
    with pytest.raises(UnreadablePayload, match="larger than any that Milepost makes"):
        inflated(bomb)


@pytest.mark.parametrize("data", [b"", b"no zlib", zlib.compress(b"\xff no payload")])
def test_what_only_claims_to_be_compressed_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePayload):
        inflated(Payload(metadata={"encoding": b"binary/zlib"}, data=data))


# ---------------------------------------------------------------------- the converter


async def test_a_failure_is_kept_without_its_message_and_trace() -> None:
    failure = Failure()
    cause = ValueError(f"no mail for {NAME.decode()}")
    problem = ApplicationError(f"refused: {NAME.decode()}", NAME.decode(), type="permanent")
    problem.__cause__ = cause
    keeping = converter(RING)
    await keeping.encode_failure(problem, failure)
    assert NAME not in failure.SerializeToString()
    assert failure.application_failure_info.type == "permanent"
    found = await keeping.decode_failure(failure)
    assert isinstance(found, ApplicationError)
    assert (found.message, found.details) == (f"refused: {NAME.decode()}", (NAME.decode(),))
    assert str(cause) in str(found.cause)


async def test_without_keys_everything_is_as_without_encryption() -> None:
    (plain,) = await data_converter(Settings()).encode([{"name": "Ada"}])
    assert plain == a_payload(b'{"name":"Ada"}')
    failure = Failure()
    await data_converter(Settings()).encode_failure(ApplicationError("no"), failure)
    assert failure.message == "no"


# ---------------------------------------------------------------------- the keys


def test_keys_are_written_in_one_line_or_one_on_each(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{B.written}\n{A.written}\n")
    in_one_line = key_ring(Settings(encryption_keys=SecretStr(f"{B.written}, {A.written}")))
    in_a_file = key_ring(Settings(encryption_keys_file=file))
    assert in_one_line is not None
    assert in_a_file is not None
    assert list(in_one_line.keys.values()) == list(in_a_file.keys.values()) == [B, A]
    assert in_a_file.newest == B


def test_without_keys_there_is_no_ring() -> None:
    assert key_ring(Settings.from_environment({"MILEPOST_ENCRYPTION_KEYS": ""})) is None


def test_a_new_key_reads_back_and_names_itself() -> None:
    key = new_key(b"C" * 32)
    assert read_keys(key.written).newest == key
    assert key.id != new_key(b"D" * 32).id
    assert new_key(b"C" * 32, "2026-11").id == "2026-11"
    with pytest.raises(ValueError, match="an id must be 1 to 32 letters"):
        new_key(b"C" * 32, "two words")


SHORT = base64.b64encode(b"hunter2hunter2").decode()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (A.written.removeprefix("a:"), "key 1 has no id: it is written id:key"),
        (f"{A.written},b:{SHORT}", "key 2 has 14 bytes, not 32"),
        ("a:hunter2!", "key 1 is not base64"),
        ("a:hünter2", "key 1 is not base64"),
        ("a:", "key 1 has 0 bytes, not 32"),
        (f"{A.written} {B.written} a:{base64.b64encode(b'C' * 32).decode()}", "key 3 has the id of another key"),
        (A.written.removeprefix("a:") + ":a", "the id of key 1 must be 1 to 32 letters"),
        ("A" * 43 + ":a", "the id of key 1 must be 1 to 32 letters"),
        (" , ", "there is no key in it"),
    ],
)
def test_a_bad_key_is_refused_by_its_place_and_not_by_its_text(text: str, problem: str) -> None:
    settings = Settings.from_environment({"MILEPOST_ENCRYPTION_KEYS": text})
    with pytest.raises(InvalidSetting) as refused:
        data_converter(settings)
    assert str(refused.value).startswith(f"Setting MILEPOST_ENCRYPTION_KEYS: {problem}")
    for part in (*text.replace(",", " ").replace(":", " ").split(), "hunter2"):
        assert len(part) < 3 or part not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named_by_its_setting(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for file, problem in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory"), (binary, "not UTF-8")):
        with pytest.raises(InvalidSetting, match=f"MILEPOST_ENCRYPTION_KEYS_FILE: .*{problem}"):
            key_ring(Settings(encryption_keys_file=file))


def test_keys_in_two_places_are_refused(tmp_path: Path) -> None:
    settings = Settings(encryption_keys=SecretStr(A.written), encryption_keys_file=tmp_path / "keys")
    with pytest.raises(InvalidSetting, match=r"MILEPOST_ENCRYPTION_KEYS: MILEPOST_ENCRYPTION_KEYS_FILE is set too\."):
        key_ring(settings)


def test_no_key_is_in_the_text_of_anything_that_holds_it() -> None:
    settings = Settings(encryption_keys=SecretStr(A.written), codec_tokens=SecretStr("anna:hunter2"))
    texts = repr(settings) + str(settings.model_dump()) + repr(RING) + repr(A) + str(vars(RING)) + repr(Codec(RING))
    assert repr(RING) == "KeyRing(a)"
    for secret in ("AAAA", "QUFB", "hunter2"):
        assert secret not in texts
