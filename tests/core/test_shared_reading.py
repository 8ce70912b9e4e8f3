"""Screens that heard the same events share one reading, and none gets an older one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from core.shared_reading import SharedReading


class Database:
    """Counts its readings; each takes until it is let go."""

    def __init__(self) -> None:
        self.readings = 0
        self.under_way = 0
        self.most_at_once = 0
        self.may_end = asyncio.Event()

    async def read(self, events: frozenset[str]) -> int:
        self.readings += 1
        number = self.readings
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await self.may_end.wait()
        self.under_way -= 1
        return number


async def has_begun(database: Database, readings: int = 1) -> None:
    async with asyncio.timeout(5):
        while database.readings < readings:
            await asyncio.sleep(0)


def test_fifty_screens_that_heard_one_event_cost_one_reading() -> None:
    async def scenario() -> None:
        database = Database()
        shared = SharedReading(database.read)
        early = [asyncio.create_task(shared.after(["a"])) for _ in range(25)]
        await has_begun(database)
        late = [asyncio.create_task(shared.after(["a"])) for _ in range(24)]
        await asyncio.sleep(0.01)
        database.may_end.set()

        answers = await asyncio.gather(*early, *late)

        assert [*answers, await shared.after(["a"])] == [1] * 50

    asyncio.run(scenario())


def test_an_event_heard_during_a_reading_is_answered_by_the_next_one() -> None:
    async def scenario() -> None:
        database = Database()
        shared = SharedReading(database.read)
        first = asyncio.create_task(shared.after(["a"]))
        await has_begun(database)
        second = [asyncio.create_task(shared.after(["a", name])) for name in ("b", "c", "b")]
        await asyncio.sleep(0.01)
        database.may_end.set()

        assert await first == 1
        assert await asyncio.gather(*second) == [2, 2, 2]
        assert (database.readings, database.most_at_once) == (2, 1)

    asyncio.run(scenario())


def test_a_new_event_is_never_answered_with_an_old_reading() -> None:
    async def scenario() -> None:
        database = Database()
        database.may_end.set()
        shared = SharedReading(database.read)

        answers = [await shared.after([name]) for name in ("a", "a", "b", "c")]

        assert answers == [1, 1, 2, 3]

    asyncio.run(scenario())


def test_a_reading_is_told_what_was_heard_since_the_one_before() -> None:
    told: list[set[str]] = []

    async def read(events: frozenset[str]) -> None:
        told.append(set(events))

    async def scenario() -> None:
        shared = SharedReading(read)
        await shared.after(["a"])
        await asyncio.gather(shared.after(["b"]), shared.after(["b", "c"]), shared.after(["d"]))

    asyncio.run(scenario())

    assert told == [{"a"}, {"b", "c", "d"}]


def test_after_a_reading_that_took_long_one_reading_answers_what_comes_during_its_rest() -> None:
    told: list[set[str]] = []

    async def read(events: frozenset[str]) -> None:
        told.append(set(events))
        await asyncio.sleep(0.02)

    async def scenario() -> None:
        shared = SharedReading(read, rests=10)
        await shared.after(["a"])
        second = asyncio.create_task(shared.after(["b"]))
        await asyncio.sleep(0.02)
        await asyncio.gather(second, shared.after(["c"]))

    asyncio.run(scenario())

    assert told == [{"a"}, {"b", "c"}]


def test_whoever_leaves_does_not_stop_the_reading_of_the_others() -> None:
    async def scenario() -> None:
        database = Database()
        shared = SharedReading(database.read)
        leaving = asyncio.create_task(shared.after(["a"]))
        staying = asyncio.create_task(shared.after(["a"]))
        await has_begun(database)
        leaving.cancel()
        await asyncio.sleep(0)
        database.may_end.set()

        assert await staying == 1
        assert leaving.cancelled()

    asyncio.run(scenario())


def test_a_reading_that_fails_tells_all_who_asked_and_the_next_is_tried() -> None:
    tries: Iterator[int | Exception] = iter([ZeroDivisionError(), 2])

    async def read(events: frozenset[str]) -> int:
        await asyncio.sleep(0)
        answer = next(tries)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def scenario() -> None:
        shared = SharedReading(read)

        answers = await asyncio.gather(
            shared.after(["a"]), shared.after(["a"]), return_exceptions=True
        )

        assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2
        with pytest.raises(ZeroDivisionError):
            await shared.after(["a"])
        assert await shared.after(["b"]) == 2

    asyncio.run(scenario())
