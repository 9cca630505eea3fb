"""When a ticket's message stands on its department's topic, as a department's own reader sees it."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer

from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaSettings
from services.contracts.departments import departments
from services.contracts.topics import topic_table


class Arrivals:
    """Reads all department topics from now on; `at` holds the monotonic time of each ticket's first message."""

    def __init__(self, brokers: KafkaSettings) -> None:
        self.at: dict[str, float] = {}
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._consumer = KafkaConsumer(
            group_id=None,
            auto_offset_reset="latest",
            isolation_level="read_committed",
            enable_auto_commit=False,
            **kafka_options(brokers),
        )
        self._consumer.subscribe([topic_table().department_topic(code) for code in departments()])
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(30):
            raise TimeoutError("the department topics could not be read within 30 s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def _read(self) -> None:
        while not self._stop.is_set():
            batches = self._consumer.poll(timeout_ms=100)
            now = time.monotonic()
            for batch in batches.values():
                for record in batch:
                    self.at.setdefault(record.key.decode(), now)
            partitions = self._consumer.assignment()
            if partitions and not self._ready.is_set():
                for partition in partitions:
                    self._consumer.position(partition)
                self._ready.set()
