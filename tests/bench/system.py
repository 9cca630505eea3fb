"""The system under the bench, and when it is quiet."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from services.chassis.database.migrate import migrate
from services.localstack.postgres import EmbeddedPostgres, connect
from services.localstack.stack import Stack
from tests.harness.clients import metric, progress, token
from tests.harness.load import History, Load
from tests.harness.waiting import eventually


@contextmanager
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of the figure's own."""
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
        Path(folder).chmod(0o755)
        server.start_and_wait()
        try:
            yield server
        finally:
            server.stop()


def new_database(server: EmbeddedPostgres, service: str, name: str) -> str:
    """The URL of a database with the tables of a service."""
    with connect(server.url("postgres")) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    migrate(service, server.url(name))
    return server.url(name)


def load(stack: Stack, rate: float, clients: int = 16, seed: int = 1) -> Load:
    return Load([stack.service("intake").url], token(stack, "hub"), rate, clients=clients, seed=seed)


def unfinished(stack: Stack) -> int:
    """Tickets received and not yet classified, and notifications not yet published."""
    headers = {"Authorization": f"Bearer {token(stack, 'hub')}"}
    states = httpx.get(f"{stack.service('intake').url}/tickets/summary", headers=headers, timeout=10).json()
    waiting = sum(int(progress(stack.service(name))["outbox"]) for name in ("intake", "projects", "notifier"))
    return int(states.get("received", 0)) + waiting


def until_quiet(stack: Stack, history: History, within: float = 120) -> float:
    """Waits until every dispatched ticket's message is published; returns the seconds it took."""
    started = time.monotonic()
    eventually(lambda: unfinished(stack) == 0 and notified(stack) >= dispatched(stack), within=within)
    return time.monotonic() - started


def dispatched(stack: Stack) -> float:
    return metric(stack, "intake", "closedloop_tickets_classified_total", outcome="dispatched")


def notified(stack: Stack) -> float:
    return metric(stack, "notifier", "closedloop_events_published_total", topic="departments")


@dataclass(frozen=True, slots=True)
class Cost:
    cpu_s: dict[str, float]
    rss_mb: dict[str, float]


def cost(stack: Stack) -> Cost:
    """CPU seconds since start and resident memory of each process, servers included."""
    cpu, rss = {}, {}
    for child in (*stack.services, *stack.servers):
        family = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        times = [one.cpu_times() for one in family]
        cpu[child.name] = sum(one.user + one.system for one in times)
        rss[child.name] = sum(one.memory_info().rss for one in family) / 2**20
    return Cost(cpu, rss)
