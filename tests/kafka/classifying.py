"""Texts written to the classifier under load, and how often each was answered."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

from services.contracts.event import deterministic_id
from tests.harness.waiting import eventually
from tests.integration.classifier.process import CLASSIFICATIONS, TEXTS, Topics, headers_of
from tests.unit.classifier.texts import raw, text_event, ticket

NUMBERS = itertools.count(1)
"""Each text is a ticket of its own."""


class Load:
    """Texts written at a steady rate by a transactional producer, as intake's relay writes them."""

    def __init__(self, topics: Topics, rate: int = 200, batch: int = 5) -> None:
        self._topics = topics
        self._pause = batch / rate
        self._batch = batch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.acknowledged: list[int] = []
        self.failed: Exception | None = None

    def _write(self) -> None:
        try:
            with self._topics.producer(transactional_id="test-relay") as producer:
                producer.init_transactions()
                while not self._stop.wait(self._pause):
                    numbers = [next(NUMBERS) for _ in range(self._batch)]
                    producer.begin_transaction()
                    for number in numbers:
                        key, headers, value = raw(text_event(number))
                        producer.send(TEXTS, key=key, value=value, headers=headers)
                    producer.commit_transaction()
                    self.acknowledged += numbers
        except Exception as error:  # noqa: BLE001 - the test fails by it
            self.failed = error

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert self.failed is None, self.failed

    def wait_for(self, count: int, within: float = 30) -> None:
        goal = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= goal or self.failed, within)


def answers(topics: Topics, numbers: Sequence[int], within: float = 30) -> dict[int, int]:
    """How often each ticket was answered, once all have been; every answer must carry the id of its text."""
    expected = {str(deterministic_id("classifier", f"{ticket(n)}:1", "ticket.classified.v1")): n for n in numbers}

    def counted() -> dict[int, int]:
        seen: dict[int, int] = {}
        for record in topics.read(CLASSIFICATIONS):
            number = expected.get(headers_of(record)["ce_id"])
            if number is not None:
                seen[number] = seen.get(number, 0) + 1
        missing = len(expected) - len(seen)
        assert missing == 0, f"{missing} of {len(expected)} texts have no answer"
        return seen

    return eventually(counted, within, every=0.2)
