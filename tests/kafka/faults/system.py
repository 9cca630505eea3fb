"""The system under test: a stack on Apache Kafka, what its databases hold, and whether its work is done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import psycopg
from sqlalchemy import make_url

from services.localstack.service_process import ServiceProcess
from services.localstack.stack import Stack
from tests.harness.clients import client, metric, token
from tests.harness.load import Load
from tests.harness.waiting import eventually

Value = TypeVar("Value")

SCALE = int(os.environ.get("CHAOS_SCALE", "1"))
"""How many times over the fault tests do what they do: `make chaos` raises it."""

PATIENCE_S = 240 * SCALE
"""How long a condition may take to come: long, because a busy machine is no defect."""
TIMEOUT_S = 900 * SCALE

WITH_DATABASE = ("intake", "projects", "notifier")
NO_DEAD_LETTERS = dict.fromkeys(WITH_DATABASE, 0)


class System:
    """A running stack and the questions the fault tests ask of it. SQL is asked as the superuser."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def load(self, rate: float, **options: Any) -> Load:
        urls = [process.url for process in self.processes("intake")]
        return Load(urls, token(self.stack, "hub"), rate, **options)

    def processes(self, *services: str) -> list[ServiceProcess]:
        return [one for one in self.stack.services if not services or one.service in services]

    def client(self, service: str, *roles: str, instance: int = 1) -> httpx.Client:
        return client(self.stack, service, *roles, instance=instance)

    def metric(self, service: str, name: str, **labels: str) -> float:
        return metric(self.stack, service, name, **labels)

    @contextmanager
    def database(self, service: str) -> Iterator[psycopg.Connection[Any]]:
        """An autocommit session as the superuser, in one service's database."""
        postgres = self.stack.postgres
        assert postgres is not None
        url = make_url(postgres.url(service)).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def ask(self, service: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.database(service) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def ask_one(self, service: str, query: str, *parameters: object) -> Any:
        return self.ask(service, query, *parameters)[0][0]

    def ticket_ids(self) -> set[str]:
        return {str(row[0]) for row in self.ask("intake", "SELECT id FROM tickets")}

    def dead_letters(self) -> dict[str, int]:
        """By service; the classifier's are on its topic alone."""
        return {name: self.ask_one(name, "SELECT count(*) FROM dead_letters") for name in WITH_DATABASE}

    def unfinished(self, ids: Collection[str]) -> dict[str, int]:
        """How many of these tickets have not come to each step's end yet; empty when all are through."""
        wanted = list(ids)
        decided = {
            str(ticket): (version, state)
            for ticket, version, state in self.ask(
                "intake",
                "SELECT id, version, state FROM tickets WHERE id = ANY(%s::uuid[]) AND state <> 'received'",
                wanted,
            )
        }
        seen = self.ask(
            "projects",
            "SELECT ticket_id, ticket_version FROM ticket_sightings"
            " WHERE ticket_id = ANY(%s) AND text_version IS NOT NULL",
            wanted,
        )
        counted = {row[0]: row[1] for row in seen}
        assigned = {
            ticket
            for (ticket,) in self.ask(
                "notifier",
                "SELECT ticket_id FROM deliveries WHERE ticket_id = ANY(%s) AND status = 'published'",
                wanted,
            )
        }
        left = {
            "intake": sum(ticket not in decided for ticket in wanted),
            "projects": sum(counted.get(ticket) != decided.get(ticket, (None,))[0] for ticket in wanted),
            "notifier": sum(state == "dispatched" and ticket not in assigned for ticket, (_, state) in decided.items()),
        }
        for service in WITH_DATABASE:
            left[f"{service} outbox"] = self.ask_one(
                service,
                "SELECT count(*) FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL"
                " AND convert_from(key, 'utf8') = ANY(%s)",
                wanted,
            )
        return {step: count for step, count in left.items() if count}

    def wait_until_through(self, ids: Collection[str], within: float = PATIENCE_S) -> float:
        """Until these tickets have gone the whole way; returns the seconds it took. AssertionError names the rest."""
        began = time.monotonic()

        def through() -> bool:
            try:
                left = self.unfinished(ids)
            except psycopg.OperationalError as error:
                raise AssertionError("the database does not answer") from error
            assert not left, left
            return True

        eventually(through, within, every=0.3, what=f"the end of the way of {len(ids)} tickets")
        return time.monotonic() - began

    def wait_until_ready(self) -> None:
        for process in self.processes():
            soon(process.answers, what=f"{process.name} ready")


def soon(condition: Callable[[], Value], what: str, every: float = 0.1) -> Value:
    """Waits for a condition as long as it takes on a busy machine."""
    return eventually(condition, PATIENCE_S, every, what)


def await_life(process: ServiceProcess) -> None:
    """Until the supervisor has started it again."""
    soon(lambda: process.pid, what=f"{process.name} started again")
