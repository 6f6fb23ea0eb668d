"""A request that is sent again is answered again: once for each key of each sender, also when two come at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from sla.api_errors import KeyReused, RequestInFlight
from store.engine import Database
from store.idempotency import ABANDONED, KEPT, IdempotentAnswers, StoredAnswer, digest_of
from store.setup_tables import idempotent_answers
from tests.store.builders import at

NINE = at("09:00")
ANSWER = StoredAnswer(status=201, media_type="application/json", body='{"ä": 1}')


@pytest.fixture
def answers(database: Database) -> IdempotentAnswers:
    return IdempotentAnswers(database)


async def test_an_answered_request_is_answered_again(answers: IdempotentAnswers) -> None:
    assert await answers.begin("ada", "k", "r", at=NINE) is None
    await answers.finish("ada", "k", ANSWER)
    assert await answers.begin("ada", "k", "r", at=NINE) == ANSWER


async def test_another_request_with_its_key_is_refused_also_while_it_is_under_way(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    with pytest.raises(KeyReused):
        await answers.begin("ada", "k", "other", at=NINE)
    await answers.finish("ada", "k", ANSWER)
    with pytest.raises(KeyReused):
        await answers.begin("ada", "k", "other", at=NINE)


async def test_one_that_is_under_way_is_not_begun_again(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    with pytest.raises(RequestInFlight):
        await answers.begin("ada", "k", "r", at=NINE + timedelta(seconds=30))


async def test_one_whose_process_died_may_be_begun_again(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    later = NINE + ABANDONED + timedelta(seconds=1)
    assert await answers.begin("ada", "k", "r", at=later) is None
    with pytest.raises(RequestInFlight):
        await answers.begin("ada", "k", "r", at=later)


async def test_what_failed_may_be_tried_again_and_what_was_answered_is_not_forgotten(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    await answers.abandon("ada", "k")
    assert await answers.begin("ada", "k", "other", at=NINE) is None
    await answers.finish("ada", "k", ANSWER)
    await answers.abandon("ada", "k")
    assert await answers.begin("ada", "k", "other", at=NINE) == ANSWER


async def test_a_key_belongs_to_its_sender(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    assert await answers.begin("ben", "k", "other", at=NINE) is None


async def test_answers_are_forgotten_after_a_day(answers: IdempotentAnswers) -> None:
    await answers.begin("ada", "k", "r", at=NINE)
    await answers.finish("ada", "k", ANSWER)
    assert await answers.begin("ada", "k", "other", at=NINE + KEPT + timedelta(seconds=1)) is None


async def test_an_old_answer_that_another_has_in_hand_keeps_nobody_waiting(
    answers: IdempotentAnswers, database: Database, another: Database
) -> None:
    await answers.begin("ada", "old", "r", at=NINE)
    later = NINE + KEPT + timedelta(seconds=1)
    if database.is_sqlite:  # which has one writer at a time
        assert await answers.begin("ada", "new", "r", at=later) is None
    else:
        async with another.transaction() as connection:
            await connection.execute(select(idempotent_answers).with_for_update())
            async with asyncio.timeout(60):
                assert await answers.begin("ada", "new", "r", at=later) is None
        assert await answers.begin("ada", "newer", "r", at=later) is None
    async with database.reading() as connection:
        assert "old" not in set(await connection.scalars(select(idempotent_answers.c.key)))


async def test_old_keys_that_are_used_again_at_once_do_not_wait_in_a_ring(
    answers: IdempotentAnswers, another: Database
) -> None:
    doors = [answers, IdempotentAnswers(another)]
    for n in range(20):
        await answers.begin("ada", f"k{n}", "r", at=NINE)
    later = NINE + KEPT + timedelta(seconds=1)
    begun = await asyncio.gather(*(doors[n % 2].begin("ada", f"k{n}", "other", at=later) for n in range(20)))
    assert begun == [None] * 20


async def test_of_many_at_once_one_is_carried_out(answers: IdempotentAnswers, another: Database) -> None:
    doors = [answers, IdempotentAnswers(another)]
    begun = await asyncio.gather(*(doors[n % 2].begin("ada", "k", "r", at=NINE) for n in range(20)), return_exceptions=True)
    assert begun.count(None) == 1
    assert sum(isinstance(one, RequestInFlight) for one in begun) == 19


def test_the_parts_of_a_request_are_told_apart() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")
