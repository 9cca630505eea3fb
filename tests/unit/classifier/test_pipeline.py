"""services/classifier/stream/pipeline.py: no offset before its answer, nothing raised into faust."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.clock import FixedClock
from services.chassis.messaging.reject_limit import RejectLimit
from services.classifier.app.answer import CLASSIFICATIONS, DEAD_LETTERS, TEXTS, Answering, Outgoing
from services.classifier.stream.attempts import Attempts
from services.classifier.stream.pipeline import IN_FLIGHT, Pipeline
from tests.unit.classifier.marks import KeptMarks
from tests.unit.classifier.readers import shipped_reader
from tests.unit.classifier.texts import raw, text_event

READER = shipped_reader()


@dataclass
class Message:
    offset: int
    key: bytes | None
    headers: Any
    value: bytes | None
    topic: str = TEXTS
    partition: int = 0
    timestamp: float = 0.0


@dataclass
class FaustEvent:
    message: Message
    acknowledged: list[int]

    def ack(self) -> bool:
        self.acknowledged.append(self.message.offset)
        return True


@dataclass
class Broker:
    """Acknowledges the n-th record on request."""

    sent: list[Outgoing] = field(default_factory=list)
    pending: list[asyncio.Future[None]] = field(default_factory=list)

    async def publish(self, record: Outgoing) -> None:
        self.sent.append(record)
        self.pending.append(asyncio.get_running_loop().create_future())
        await self.pending[-1]

    async def arrive(self, count: int) -> None:
        while len(self.pending) < count:
            await asyncio.sleep(0)


def pipeline(
    publish: Callable[[Outgoing], Awaitable[None]], reader: Any = READER, limit: RejectLimit | None = None
) -> Pipeline:
    answering = Answering(reader, FixedClock(datetime(2026, 7, 1, tzinfo=UTC)), "/310109/classifier")
    return Pipeline(answering, publish, lambda: None, Attempts(KeptMarks()), limit)


def texts(count: int, acknowledged: list[int]) -> list[FaustEvent]:
    return [FaustEvent(Message(number, *raw(text_event(number))), acknowledged) for number in range(count)]


async def quiet() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(12)))
def test_events_are_acknowledged_in_order_and_never_before_their_own_answer(order: list[int]) -> None:
    async def run() -> None:
        broker, acknowledged = Broker(), list[int]()
        line = pipeline(broker.publish)
        settling = asyncio.create_task(line.settle())
        for event in texts(12, acknowledged):
            await line.take(event)
        await broker.arrive(12)
        answered: set[int] = set()
        for number in order:
            broker.pending[number].set_result(None)
            answered.add(number)
            await quiet()
            expected = next((n for n in range(12) if n not in answered), 12)
            assert acknowledged == list(range(expected))
        settling.cancel()

    asyncio.run(run())


def test_an_answer_that_fails_for_good_leaves_its_event_and_all_behind_it_unacknowledged() -> None:
    async def run() -> None:
        broker, acknowledged = Broker(), list[int]()
        line = pipeline(broker.publish)
        settling = asyncio.create_task(line.settle())
        for event in texts(3, acknowledged):
            await line.take(event)
        await broker.arrive(3)
        broker.pending[0].set_result(None)
        broker.pending[1].set_exception(RuntimeError("refused"))
        broker.pending[2].set_result(None)
        await settling
        assert acknowledged == [0]
        assert isinstance(line.failure.exception(), RuntimeError)

    asyncio.run(run())


def test_after_a_failure_no_further_event_is_taken_and_nothing_is_raised_into_the_agent() -> None:
    async def run() -> None:
        acknowledged: list[int] = []

        async def refuse(_: Outgoing) -> None:
            raise RuntimeError("refused")

        line = pipeline(refuse)
        settling = asyncio.create_task(line.settle())
        first, second = texts(2, acknowledged)
        await line.take(first)
        await settling
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.take(second), 0.05)
        assert acknowledged == []
        line.failure.exception()

    asyncio.run(run())


def test_no_more_events_are_in_flight_than_allowed() -> None:
    async def run() -> None:
        broker, acknowledged = Broker(), list[int]()
        line = pipeline(broker.publish)
        for event in texts(IN_FLIGHT, acknowledged):
            await line.take(event)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.take(texts(1, acknowledged)[0]), 0.05)

    asyncio.run(run())


def test_a_raising_reader_costs_its_own_event_only() -> None:
    class Raising:
        model_version = "raising"

        def read(self, text: str, address: str | None) -> Any:
            if "坏" in text:
                raise MemoryError
            return READER.read(text, address)

    async def run() -> list[Outgoing]:
        sent: list[Outgoing] = []
        acknowledged: list[int] = []

        async def publish(record: Outgoing) -> None:
            sent.append(record)

        line = pipeline(publish, Raising())
        settling = asyncio.create_task(line.settle())
        for number, text in enumerate(("好", "坏", "好")):
            await line.take(FaustEvent(Message(number, *raw(text_event(number, text))), acknowledged))
        await quiet()
        assert acknowledged == [0, 1, 2]
        settling.cancel()
        return sent

    assert [record.topic for record in asyncio.run(run())] == [CLASSIFICATIONS, DEAD_LETTERS, CLASSIFICATIONS]


def test_past_the_reject_limit_nothing_further_is_taken_and_what_was_taken_is_settled() -> None:
    async def run() -> None:
        acknowledged: list[int] = []

        async def publish(_: Outgoing) -> None:
            return

        line = pipeline(publish, limit=RejectLimit(consecutive=2))
        settling = asyncio.create_task(line.settle())
        bad = [FaustEvent(Message(number, None, [], b"{"), acknowledged) for number in range(3)]
        await line.take(bad[0])
        await line.take(bad[1])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.take(bad[2]), 0.05)
        await quiet()
        assert line.halted
        assert acknowledged == [0, 1, 2]
        settling.cancel()

    asyncio.run(run())
