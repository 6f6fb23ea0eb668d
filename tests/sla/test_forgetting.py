"""Names and addresses are taken out of whatever anybody has written, and nothing else is; by digests alone."""

import hmac
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.forgetting import ERASED, Erased, Names, hints_of, spellings_of

SALT = "00" * 16
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JO = ("Jo Grey",), ("jo.grey@helios.example",)


def names(called: tuple[str, ...] = JO[0], addresses: tuple[str, ...] = JO[1], *, hinted: bool = True) -> Names:
    erased = Erased(at=NOW, salt=SALT, spellings=spellings_of(SALT, called, addresses))
    return Names([erased], hints_of(called, addresses) if hinted else frozenset())


@pytest.mark.parametrize("hinted", [True, False])
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Jo Grey", "[erased]"),
        ("jo grey wrote", "[erased] wrote"),
        ("JO GREY: call", "[erased]: call"),
        ("Jo  Grey, Jo-Grey and Jo_Grey", "[erased], [erased] and [erased]"),
        ("Grey, Jo", "[erased]"),
        ("for Jo Grey's sake", "for [erased]'s sake"),
        ("Ｊｏ　Ｇｒｅｙ", "[erased]"),
        ("mail jo.grey@helios.example.", "mail [erased]."),
        ("<mailto:Jo.Grey@Helios.Example>", "<mailto:[erased]>"),
        ("'jo.grey@helios.example'", "'[erased]'"),
        ("jo.grey+billing@helios.example", "[erased]"),
        ("?to=jo.grey%40helios.example&x=1", "?to=[erased]&x=1"),
        ("Jo Grey <jo.grey@helios.example>", "[erased] <[erased]>"),
        ("jo.grey@helios.example.org", "[erased]@helios.example.org"),
        ("550 jo.grey@helios.example: no such user", "550 [erased]: no such user"),
        ("?q=Jo%20Grey&x=1", "?q=[erased]&x=1"),
        ("<b>Jo&nbsp;Grey</b>, Jo&#160;Grey", "<b>[erased]</b>, [erased]"),
        ("Jo\n        Grey", "[erased]"),
        ("Jó Grëy", "[erased]"),
    ],
)
def test_whatever_the_spelling_it_is_taken_out(text: str, plain: str, *, hinted: bool) -> None:
    assert names(hinted=hinted).text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Joe Grey", "Jo Greyson", "Ajo Grey", "Jo", "Grey", "Jo is grey-haired", "Jo. And Mr Grey",
        "bjo.grey@helios.example",
        "grey@helios.example", "", "P1", "[1, 2]", "{broken",
    ],
)  # fmt: skip
def test_what_is_somebody_elses_stays(text: str) -> None:
    assert names().text(text) == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_may_be_composed_or_not(form: Literal["NFC", "NFD"]) -> None:
    for called in ("José Müller", unicodedata.normalize("NFD", "José Müller")):
        assert names((called,), ()).text(unicodedata.normalize(form, "an José Müller, bitte")) == "an [erased], bitte"


@pytest.mark.parametrize("called", ["José Müller", "Jose Muller", "JOSÉ MULLER"])
@pytest.mark.parametrize("told", ["José Müller", "Jose Muller", "jose müller", "Müller, Jose", "JOSE MULLER"])
def test_an_accent_may_be_there_or_not(called: str, told: str) -> None:
    assert names((called,), ()).text(f"an {told}, bitte") == "an [erased], bitte"
    assert names((), ("josé@müller.example",)).text("jose@muller.example") == ERASED


def test_a_vowel_sign_is_no_accent() -> None:
    assert names(("किरण देव",), ()).text("करण देव") == "करण देव"
    assert names(("किरण देव",), ()).text("श्री किरण देव") == "श्री [erased]"


def test_what_was_forgotten_when_accents_still_made_a_difference_is_known_all_the_same() -> None:
    digest = hmac.digest(SALT.encode(), "josé müller".encode(), "sha256").hex()
    kept = Erased.model_validate({"at": NOW, "salt": SALT, "spellings": [{"words": 2, "digest": digest}]})
    assert Names([kept]).text("an José Müller und Jose Muller") == "an [erased] und Jose Muller"


@pytest.mark.parametrize(
    ("record", "text", "plain"),
    [
        ("jo-grey-17", "sla-case/jo-grey-17 of Jo-Grey", "sla-case/jo-grey-17 of [erased]"),
        (
            "jo.grey@helios.example/7",
            "jo.grey@helios.example/7: jo.grey@helios.example",
            "jo.grey@helios.example/7: [erased]",
        ),
        ("C-1", "C-1 of Jo Grey", "C-1 of [erased]"),
        ("Jo Grey", "of Jo Grey", "of [erased]"),
    ],
)
def test_a_records_id_stays_unless_it_is_nothing_but_the_name(record: str, text: str, plain: str) -> None:
    assert names().of(record).text(text) == plain
    assert names().of(record).value({"a": [json.dumps({"key": text})]}) == {"a": [f'{{"key":"{plain}"}}']}


@pytest.mark.parametrize("text", ["José Müller", "of José Müller"])
def test_a_text_that_is_json_is_read_as_such(text: str) -> None:
    told = names(("José Müller",), ()).text(json.dumps(text))
    assert json.loads(told) == text.replace("José Müller", ERASED)


def test_json_within_a_text_stays_json_also_where_letters_are_escaped() -> None:
    inner = json.dumps({"by": "José Müller", "n": 1})
    assert json.loads(names(("José Müller",), ()).text(inner)) == {"by": ERASED, "n": 1}
    untouched = '{ "by": "Ada" }'
    assert names().text(untouched) == untouched


def test_values_and_names_of_keys_are_looked_at_all_the_way_down() -> None:
    value = {"a": ["x", {"Jo Grey": 1, "jo grey": 2, "b": "by Jo Grey"}], "n": 3, "t": None}
    assert names().value(value) == {"a": ["x", {"[erased]": 1, "[erased]'": 2, "b": "by [erased]"}], "n": 3, "t": None}


def test_a_value_without_them_is_the_very_same() -> None:
    value = {"a": ["x", {"b": "by Ada"}], "t": ("y",)}
    assert names().value(value) is value


def test_an_event_keeps_what_it_is_known_by() -> None:
    body = {"record": "Jo Grey", "id": "Jo Grey", "type": "noted", "at": "x", "recorded_at": "x", "milestone": "Jo Grey"}
    assert names().event({**body, "text": "by Jo Grey"}) == {**body, "text": "by [erased]"}


def test_nothing_that_is_kept_says_it() -> None:
    kept = Erased(at=NOW, salt=SALT, spellings=spellings_of(SALT, *JO)).model_dump_json()
    assert not {"jo", "grey", "helios"} & set(kept.lower().replace('"', " ").split())
    assert "grey" not in kept.lower()
    other = spellings_of("11" * 16, *JO)
    assert {one.digest for one in other}.isdisjoint(one.digest for one in spellings_of(SALT, *JO))


@pytest.mark.parametrize("name", ["", "x", "- -", "J. G."])
def test_what_cannot_be_told_from_other_words_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="two letters"):
        spellings_of(SALT, [name], [])


_WORDS = st.sampled_from(
    ["Jo", "Grey", "jo", "GREY", "Ada", "of", ",", "\n", "-", "@", ".", "jo.grey@helios.example", "ß", "{"]
)


@given(st.lists(_WORDS, max_size=12), st.sampled_from(["", " "]))
def test_taken_out_once_nothing_is_left_to_take_out(words: list[str], between: str) -> None:
    plain = names().text(between.join(words))
    assert names().text(plain) == plain
    assert plain == names(hinted=False).text(between.join(words)), "hints only spare time"


@given(
    st.recursive(
        st.text(max_size=5) | st.integers() | st.none(), lambda deep: st.lists(deep) | st.dictionaries(st.text(), deep)
    )
)
def test_any_json_is_gone_through(value: Any) -> None:
    assert names().value(value) == value
