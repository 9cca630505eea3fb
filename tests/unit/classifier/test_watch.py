"""services/classifier/stream/watch.py: an idle stream is alive, one that stands still is not."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.chassis.web.health import Health
from services.classifier.stream import watch as module
from services.classifier.stream.faust_app import Consumption
from services.classifier.stream.watch import REBALANCES, STUCK_AFTER_S, CommitsStandStill, Watch


@dataclass
class App:
    rebalancing: bool = False
    rebalancing_count: int = 0
    partitions: int = 12
    unfetched: int = 0
    fetched_ago: float = 0.1
    uncommitted: dict[Any, int] = field(default_factory=dict)

    def pace(self, *, quiet: bool) -> None:
        """Fetches are not made here."""

    def consumption(self) -> Consumption:
        return Consumption(self.partitions, self.unfetched, time.time() - self.fetched_ago, self.uncommitted)


@dataclass
class Line:
    halted: str | None = None
    in_flight: int = 0
    last_settled_at: float = 0.0


@dataclass
class Settings:
    instance: str = "1"


class Bench:
    """A watch in a time of its own, looked at once as long after the last progress as makes a worker stuck."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch, broker: str | None = None) -> None:
        self._now = 0.0
        self.health = Health(monotonic=lambda: self._now)
        self.app = app
        self.watch = Watch(app, Settings(), self.health)  # type: ignore[arg-type]

        async def answer(_: Any) -> str | None:
            return broker

        monkeypatch.setattr(module, "why_not_ready", answer)

    def look(self, line: Line | None = None, after: float = STUCK_AFTER_S + 1) -> bool:
        """Whether it is alive."""
        self._now += after
        asyncio.run(self.watch.look(line or Line()))  # type: ignore[arg-type]
        return not self.health.stuck()


@pytest.mark.parametrize(
    ("app", "line", "broker", "alive", "ready"),
    [
        (App(), Line(), None, True, True),
        (App(partitions=0, fetched_ago=1e9), Line(), None, True, True),
        (App(), Line(in_flight=3), None, False, True),
        (App(unfetched=3), Line(), None, False, True),
        (App(fetched_ago=30), Line(), None, False, True),
        (App(fetched_ago=30), Line(), "no broker answers", True, False),
        (App(fetched_ago=30), Line(in_flight=3), "no broker answers", True, False),
        (App(rebalancing=True), Line(), None, False, False),
        (App(unfetched=9), Line(halted="too many rejects"), None, True, False),
    ],
    ids=[
        "idle", "without partitions", "in flight and no answer", "waiting and not fetched", "fetches stopped",
        "broker away", "broker away with events in flight", "rebalancing for ever", "halted",
    ],
)  # fmt: skip
def test_only_what_stands_still_by_itself_is_dead(
    app: App, line: Line, broker: str | None, alive: bool, ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(app, monkeypatch, broker)
    assert bench.look(line) is alive
    assert (bench.watch.unready is None) is ready


def test_it_stays_unready_while_a_broker_that_refuses_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(App(fetched_ago=30), monkeypatch, "the broker refuses us")
    bench.look()
    seen: list[str | None] = []

    async def answer(_: Any) -> str | None:
        seen.append(bench.watch.unready)
        return "the broker refuses us"

    monkeypatch.setattr(module, "why_not_ready", answer)
    bench.look()
    assert seen == ["the broker refuses us"]


def test_offsets_that_are_answered_and_never_committed_stop_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(App(uncommitted={"p0": 7}), monkeypatch)
    bench.look()
    monkeypatch.setattr(module, "COMMIT_OVERDUE_S", -1)
    with pytest.raises(CommitsStandStill, match="p0: offset 7"):
        bench.look()


def test_offsets_that_move_on_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(App(), monkeypatch)
    monkeypatch.setattr(module, "COMMIT_OVERDUE_S", 0)
    for offset in range(5):
        bench.app.uncommitted = {"p0": offset}
        bench.look()


def test_rebalances_without_end_are_reported_with_the_likely_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(App(), monkeypatch)
    for count in range(1, REBALANCES + 1):
        bench.app.rebalancing_count = count
        assert bench.watch.unready in (None, "starting")
        bench.look()
    assert "another process" in str(bench.watch.unready)
