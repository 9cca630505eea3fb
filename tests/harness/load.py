"""Filing tickets at a steady rate, as a careful client does: the same key again until there is an answer."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

LANES = ("大连西路1190弄", "欧阳路1380弄", "四达路1077弄", "玉田路1490弄", "玉田路1520弄", "广中路1466弄")
# Calls are spread over so many years that hardly a cell gets concentrated: a load, not a problem of the district.
EARLIEST, YEARS = datetime(2003, 1, 1, tzinfo=UTC), 20
COMPLAINTS = (
    "楼顶漏雨，雨水渗进顶层住户家里，请尽快派人来修",
    "楼道里堆满杂物，没有人清理",
    "小区门口停车难，外来车辆占车位",
    "电瓶车上楼充电，飞线充电很危险",
    "消防通道被堵塞",
    "外墙砖脱落，差点砸到人",
)


@dataclass(frozen=True, slots=True)
class Acked:
    """One ticket answered with 202. Times are of `time.monotonic`, in seconds."""

    key: str
    ticket_id: str
    sent_at: float
    acked_at: float
    attempts: int


@dataclass(slots=True)
class History:
    """What the clients saw. `given_up`: keys that never got an answer; their tickets may exist or not."""

    acked: list[Acked] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    failed_attempts: int = 0

    @property
    def ids(self) -> set[str]:
        return {one.ticket_id for one in self.acked}


class Load:
    """Files tickets at `rate` a second from `clients` threads to the given intakes, in turns, until stopped.

    Arrivals are on a fixed timetable (open loop): a slow answer does not thin out the load, so latencies are not
    flattered. A lost connection, a time-out and a 5xx are answered with the same Idempotency-Key again, at another
    intake if there is one; a 4xx is recorded in `refused` and not repeated.
    """

    def __init__(
        self,
        urls: Sequence[str],
        token: str,
        rate: float,
        *,
        clients: int = 16,
        give_up_s: float = 120,
        seed: int = 1,
        texts: Sequence[str] = COMPLAINTS,
    ) -> None:
        self.history = History()
        self._texts = texts
        self.started_at = 0.0
        self._addresses = [(part.hostname or "", part.port or 80) for part in map(urlsplit, urls)]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._rate = rate
        self._give_up_s = give_up_s
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._next = 0
        self._limit: int | None = None
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._file_tickets, args=(n,), daemon=True) for n in range(clients)]

    @contextmanager
    def running(self) -> Iterator[History]:
        """Load while the block runs; at its end every ticket begun is answered or given up."""
        self.start()
        try:
            yield self.history
        finally:
            self.stop()

    def run(self, count: int) -> History:
        """Files `count` tickets; returns when all are answered or given up."""
        self._limit = count
        self.start()
        for thread in self._threads:
            thread.join()
        return self.history

    def start(self) -> None:
        self.started_at = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, acked: int, within: float) -> None:
        """Until so many tickets are acknowledged."""
        deadline = time.monotonic() + within
        while len(self.history.acked) < acked:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.history.acked)} of {acked} tickets acknowledged within {within} s")
            time.sleep(0.02)

    def _slot(self) -> tuple[float, str] | None:
        """When the next ticket is due, and its body."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            if self._limit is not None and number >= self._limit:
                return None
            body = {
                "text": f"{self._random.choice(self._texts)}，第{number}次反映。",
                "address": f"{self._random.choice(LANES)}{self._random.randrange(1, 60)}号",
                "channel": "phone",
                "occurred_at": (EARLIEST + timedelta(days=self._random.uniform(0, 365 * YEARS))).isoformat(),
                "caller": {"phone": f"138{self._random.randrange(10**8):08d}"},
            }
        return self.started_at + number / self._rate, json.dumps(body)

    def _file_tickets(self, client: int) -> None:
        connections = _Connections(self._addresses, first=client)
        while not self._stopping.is_set() and (slot := self._slot()):
            due, body = slot
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                break
            self._file(connections, body, due)
        connections.close()

    def _file(self, connections: _Connections, body: str, due: float) -> None:
        key = str(uuid4())
        for attempt in range(1, 10_000):
            try:
                status, answer = connections.post(body, self._headers | {"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                status, answer = 0, ""
            now = time.monotonic()
            if status == 202:
                self.history.acked.append(Acked(key, json.loads(answer)["ticket_id"], due, now, attempt))
                return
            if 400 <= status < 500:
                self.history.refused.append((key, status, answer))
                return
            with self._lock:
                self.history.failed_attempts += 1
            if now - due > self._give_up_s:
                break
            connections.turn()
            time.sleep(min(1.0, 0.05 * attempt))
        self.history.given_up.append(key)


class _Connections:
    """One kept connection, to one intake at a time."""

    def __init__(self, addresses: Sequence[tuple[str, int]], first: int) -> None:
        self._addresses = addresses
        self._current = first
        self._connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._addresses[self._current % len(self._addresses)]
        return http.client.HTTPConnection(host, port, timeout=10)

    def post(self, body: str, headers: dict[str, str]) -> tuple[int, str]:
        self._connection.request("POST", "/tickets", body.encode(), headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()

    def turn(self) -> None:
        """To the next intake, by a new connection."""
        self.close()
        self._current += 1
        self._connection = self._connect()

    def close(self) -> None:
        self._connection.close()
