"""services/classifier/stream/watch.py, progress.py: how far the stream has read is never said too soon."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.chassis.activity import QUIET_AFTER_S
from services.chassis.messaging.published import Published
from services.chassis.web.health import Health
from services.classifier.http.progress import progress_routes
from services.classifier.stream.faust_app import Consumption
from services.classifier.stream.watch import Watch


@dataclass
class App:
    rebalancing: bool = False
    rebalancing_count: int = 0
    partitions: int = 12
    unfetched: int = 0
    longest_wait_s: float = 0.02
    last_fetch: float = 0.0
    quiet: bool | None = None

    def consumption(self) -> Consumption:
        return Consumption(self.partitions, self.unfetched, self.last_fetch, {})

    def pace(self, *, quiet: bool) -> None:
        self.quiet = quiet


@dataclass
class Line:
    in_flight: int = 0
    halted: str | None = None
    last_settled_at: float = 0.0


@dataclass
class Settings:
    instance: str = "1"


def _watch(app: App) -> Watch:
    watch = Watch(app, Settings(), Health())  # type: ignore[arg-type]
    app.last_fetch = time.time()
    asyncio.run(watch.look(Line()))  # type: ignore[arg-type]
    return watch


def test_an_idle_stream_has_read_until_its_last_fetch_began() -> None:
    app = App()
    watch = _watch(app)
    assert app.last_fetch - 0.1 < watch.read_until(Line()) < app.last_fetch - 0.02  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("app", "line"),
    [
        (App(unfetched=1), Line()),
        (App(), Line(in_flight=1)),
        (App(partitions=0), Line()),
        (App(rebalancing=True), Line()),
    ],
    ids=["waiting at the broker", "in flight", "without partitions", "rebalancing"],
)
def test_a_stream_with_anything_before_it_stays_where_it_was(app: App, line: Line) -> None:
    watch = _watch(app)
    app.last_fetch += 100
    assert watch.read_until(line) == 0.0  # type: ignore[arg-type]


def test_the_stream_is_quiet_when_nothing_came_for_a_while_and_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    watch = _watch(app)
    assert app.quiet is False
    later = time.time() + QUIET_AFTER_S + 1
    monkeypatch.setattr("services.classifier.stream.watch.time.time", lambda: later)
    asyncio.run(watch.look(Line()))  # type: ignore[arg-type]
    assert app.quiet is True
    watch.read_until(Line())  # type: ignore[arg-type]
    asyncio.run(watch.look(Line()))  # type: ignore[arg-type]
    assert app.quiet is False


def test_what_was_fetched_and_not_taken_yet_counts() -> None:
    watch = _watch(App())
    watch.fetched.put_nowait("event")
    assert watch.read_until(Line()) == 0.0  # type: ignore[arg-type]


def test_progress_has_the_shape_of_the_other_services() -> None:
    @dataclass
    class Stream:
        read_until: float = 12.5
        settled: dict[str, int] = field(default_factory=lambda: {"ticket-texts": 7})
        published: Published = field(default_factory=Published)

    app = FastAPI()
    app.include_router(progress_routes(Stream()))
    answer = TestClient(app).get("/progress").json()
    assert answer == {"outbox": 0, "timers_due": 0, "read_until": {"classifier": 12.5}} | {
        "settled": {"classifier": {"ticket-texts": 7}},
        "published": {},
    }
