"""Sends batches with one producer, which is discarded after the first failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.errors import (
    InvalidRecordError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from services.chassis.messaging.errors import cause_of
from services.chassis.messaging.published import Acknowledgement
from services.contracts.event import Headers

OVERDUE_S = 60.0

# The broker will never accept such a record.
_UNSENDABLE = (
    InvalidRecordError,
    InvalidTimestampError,
    InvalidTopicError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)


class Row(NamedTuple):
    """An outbox row to be sent."""

    seq: int
    topic: str
    key: bytes
    headers: Headers
    value: bytes | None

    @property
    def type(self) -> str:
        return next((value.decode() for name, value in self.headers if name == "ce_type"), "unknown")


class Unsendable(Exception):
    """The broker refused a row for good; of several sent together, one makes all fail."""


class Overdue(Exception):
    """The broker did not acknowledge in time; whether the rows were published is unknown."""


class Publisher:
    """Sends rows in order and returns once all are acknowledged.

    After any exception it is unusable (an idempotent producer refuses every later send, docs/pitfalls.md §9): make a
    new one. Sends run in a thread of their own, because a commit can wait for ever on a producer whose broker
    was away too long; an overdue one is abandoned together with its thread.
    """

    def __init__(
        self, connect: Callable[[], KafkaProducer], *, transactions: bool, overdue_s: float = OVERDUE_S
    ) -> None:
        self._transactions = transactions
        self._overdue_s = overdue_s
        self._thread = ThreadPoolExecutor(1, "outbox-send")
        self._producer = connect()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        try:
            self._producer.close(timeout=0)
        except KafkaError:
            # With unsent records it stays open, and its thread would send them when the broker is back. There is no
            # public way to stop it.
            self._producer._sender.force_close()

    def publish(self, rows: Sequence[Row], while_waiting: Callable[[], None]) -> Sequence[Acknowledgement]:
        """Calls `while_waiting` about once a second. Raises KafkaError, Unsendable or Overdue."""
        sending = self._thread.submit(self._send, rows)
        deadline = time.monotonic() + self._overdue_s
        while not wait([sending], timeout=1).done:
            if time.monotonic() > deadline:
                raise Overdue(f"no acknowledgement within {self._overdue_s:.0f} s")
            while_waiting()
        return sending.result()

    def _send(self, rows: Sequence[Row]) -> list[Acknowledgement]:
        if self._transactions:
            self._producer.begin_transaction()
        try:
            sent = [self._producer.send(row.topic, key=row.key, value=row.value, headers=row.headers) for row in rows]
        except _UNSENDABLE as refused:  # by the library itself: larger than a request may be
            raise Unsendable(cause_of(refused)) from refused
        self._producer.flush()
        for future in sent:
            if isinstance(future.exception, _UNSENDABLE):
                raise Unsendable(cause_of(future.exception))
        acknowledged = [future.get(timeout=0) for future in sent]
        if self._transactions:
            self._producer.commit_transaction()
        return acknowledged


PublisherFactory = Callable[[], Publisher]
