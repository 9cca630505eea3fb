"""services/classifier/stream/publisher.py: returns after the acknowledgement, tries again, knows what is hopeless."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from services.classifier.app.answer import CLASSIFICATIONS, DEAD_LETTERS, Outgoing
from services.classifier.stream import publisher as module
from services.classifier.stream.publisher import FaustPublisher, Unpublishable
from tests.harness.acknowledged import Acknowledged

CLASSIFICATION = Outgoing(CLASSIFICATIONS, b"k", [], b"{}", "ticket.classified.v1")
LETTER = Outgoing(DEAD_LETTERS, b"k", [("dlq_id", b"1")], b"x" * 1000, "dead-letter")


@dataclass
class Producer:
    """Each send raises, or its acknowledgement does, or it is acknowledged: as `fates` tell."""

    fates: Sequence[Exception | None]
    at_send: bool = False
    sent: list[bytes | None] = field(default_factory=list)

    async def maybe_start_producer(self) -> Producer:
        return self

    async def send(self, topic: str, key: Any, value: Any, partition: Any, timestamp: Any, headers: Any) -> Any:
        fate = self.fates[len(self.sent)]
        self.sent.append(value)
        if fate and self.at_send:
            raise fate
        acknowledgement = asyncio.get_running_loop().create_future()
        if fate:
            acknowledgement.set_exception(fate)
        else:
            acknowledgement.set_result(Acknowledged(topic, len(self.sent) - 1))
        return acknowledgement


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF_S", (0.001, 0.001))


def publish(producer: Any, record: Outgoing) -> int:
    """The number of tries that ended."""
    tries: list[None] = []
    asyncio.run(FaustPublisher(producer, lambda: tries.append(None)).publish(record))
    return len(tries)


@pytest.mark.parametrize("at_send", [True, False])
def test_a_broker_that_is_away_is_tried_until_it_acknowledges(at_send: bool) -> None:
    away = [KafkaTimeoutError(), KafkaConnectionError("away"), ProducerSendError("away"), None]
    producer = Producer(away, at_send)
    assert publish(producer, CLASSIFICATION) == 4
    assert len(producer.sent) == 4


def test_how_far_it_has_published_is_known_from_the_acknowledgements() -> None:
    publisher = FaustPublisher(Producer([KafkaTimeoutError(), None, None]), lambda: None)  # type: ignore[arg-type]
    asyncio.run(publisher.publish(CLASSIFICATION))
    assert publisher.published.by_topic() == {CLASSIFICATIONS: 2}


def test_it_does_not_return_before_the_acknowledgement() -> None:
    async def run() -> None:
        acknowledgement: asyncio.Future[Acknowledged] = asyncio.get_running_loop().create_future()

        class Slow(Producer):
            async def send(self, *_: Any) -> Any:
                return acknowledgement

        publishing = asyncio.create_task(FaustPublisher(Slow([]), lambda: None).publish(CLASSIFICATION))  # type: ignore[arg-type]
        await asyncio.sleep(0.02)
        assert not publishing.done()
        acknowledgement.set_result(Acknowledged(CLASSIFICATIONS, 0))
        await publishing

    asyncio.run(run())


def test_records_reach_the_producer_in_their_order_also_where_each_waits_for_a_place() -> None:
    async def run() -> list[bytes | None]:
        class Crowded(Producer):
            """Its first record waits longest for a place; who waits is overtaken by who comes."""

            async def send(self, *about: Any) -> Any:
                await asyncio.sleep(0.02 if not self.sent and about[2] == b"0" else 0)
                return await super().send(*about)

        producer = Crowded([None] * 5)
        publisher = FaustPublisher(producer, lambda: None)  # type: ignore[arg-type]
        records = [replace(CLASSIFICATION, value=b"%d" % number) for number in range(5)]
        await asyncio.gather(*(asyncio.create_task(publisher.publish(one)) for one in records))
        return producer.sent

    assert asyncio.run(run()) == [b"0", b"1", b"2", b"3", b"4"]


def test_a_refused_classification_is_never_passed_over() -> None:
    with pytest.raises(Unpublishable, match="MessageSizeTooLarge"):
        publish(Producer([MessageSizeTooLargeError()]), CLASSIFICATION)


def test_a_dead_letter_that_is_too_large_goes_without_its_body() -> None:
    producer = Producer([MessageSizeTooLargeError(), None])
    publish(producer, LETTER)
    assert producer.sent == [LETTER.value, None]


def test_a_producer_that_neither_acknowledges_nor_fails_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Producer):
        async def send(self, *_: Any) -> Any:
            return asyncio.get_running_loop().create_future()

    monkeypatch.setattr(module, "TRY_LIMIT_S", 0.02)
    with pytest.raises(Unpublishable, match="no acknowledgement"):
        publish(Dead([]), CLASSIFICATION)
