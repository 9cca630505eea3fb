"""Tickets' numbers: looked for among a million, and given to a million at once."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import psycopg
from sqlalchemy import text

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.contracts.numbers import SERIALS, ticket_number
from services.intake.store.tickets import SqlTickets
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.bench.figures import figure, percentile
from tests.bench.stored import fill, open_again
from tests.bench.system import new_database, postgres
from tests.harness.clients import token

STORED = 1_000_000
OPEN = 21_000
SEARCHES = 400
CLIENTS = 4
NOW = datetime(2026, 7, 1, tzinfo=UTC)
PROCESSES, THREADS = 4, 4
RECEIPTS, IMPORT = 64, 500
"""Tickets of one transaction: calls that come at once, and a batch of an import."""
_STORE = text(
    """
    INSERT INTO tickets (id, number, version, acted_version, state, channel, occurred_at, received_at, text_version,
                         co_handlers)
    SELECT id, number, 1, 1, 'received', 'phone', :now, :now, 1, '{}'
      FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS text[])) AS given(id, number)
    """
)


def search_by_number(stack: Stack) -> None:
    """Whole numbers, endings, beginnings and names of estates, by the hub and by a department, some at once."""
    for name in ("classifier", "projects", "notifier"):
        stack.service(name).stop()
    fill(stack.database_urls["intake"], 1, STORED)
    open_again(stack.database_urls["intake"], OPEN)
    with psycopg.connect(stack.database_urls["intake"].replace("+psycopg", "", 1)) as connection:
        some = connection.execute("SELECT number FROM tickets TABLESAMPLE SYSTEM (0.2) LIMIT %s", [SEARCHES]).fetchall()
    numbers = [str(row[0]) for row in some]
    kinds = {
        "whole number": numbers,
        "last 6 digits": [number[-6:] for number in numbers],
        "last 4 digits": [number[-4:] for number in numbers],
        "first 8 digits": [number[:8] for number in numbers],
        "first 4 digits": [number[:4] for number in numbers],
        "part of an estate's name": [f"小区{place}" for place in range(SEARCHES)],
    }
    for role in ("hub", "department:housing"):
        for kind, typed in kinds.items():
            waited = _searched(stack, role, typed)
            for share, name in ((0.5, "p50"), (0.95, "p95")):
                conditions = {"stored_tickets": STORED, "reader": role, "clients": CLIENTS}
                figure(f"search by {kind}, {name}", percentile(waited, share) * 1000, "ms", **conditions)


def _searched(stack: Stack, role: str, typed: Sequence[str]) -> list[float]:
    headers = {"Authorization": f"Bearer {token(stack, role)}"}
    with httpx.Client(base_url=stack.service("intake").url, headers=headers, timeout=30) as client:

        def search(one: str) -> float:
            started = time.monotonic()
            answer = client.get("/search", params={"q": one})
            assert answer.status_code == 200, answer.text
            assert answer.json()["tickets"] or role != "hub", one
            return time.monotonic() - started

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(search, typed[:20]))
            return list(pool.map(search, typed))


def collisions() -> None:
    """As many tickets as one second has numbers, all in that second: half in groups of receipts, half by import.

    Each is drawn and stored as intake does it, without its text, caller and events.
    """
    with postgres() as server:
        url = new_database(server, "intake", "numbers")
        started = time.monotonic()
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            failed = sum(pool.starmap(_number_many, [(url, SERIALS // PROCESSES)] * PROCESSES))
        took = time.monotonic() - started
        with connect(url) as connection:
            row = connection.execute("SELECT count(*), count(DISTINCT number) FROM tickets").fetchone()
    assert row
    stored, distinct = (int(str(count)) for count in row)
    conditions = {"tickets": stored, "processes": PROCESSES, "threads": PROCESSES * THREADS, "seconds": round(took)}
    figure("colliding numbers in one second", stored - distinct + failed, "tickets", broker=None, **conditions)


def _number_many(url: str, count: int) -> int:
    """Numbers and stores so many tickets from several threads; returns how many failed."""
    engine = engine_for(url, name="bench", idle_in_transaction_s=30)
    workshop, tickets = Workshop(engine, FixedClock(NOW), "/310109/bench"), SqlTickets()

    def store(size: int) -> int:
        with workshop.open() as work:
            now = work.clock.now()
            numbers = [ticket_number(now, serial) for serial in tickets.draw_serials(work, size)]
            work.connection.execute(_STORE, {"ids": [str(uuid4()) for _ in numbers], "numbers": numbers, "now": now})
        return 0

    def tried(size: int) -> int:
        try:
            return store(size)
        except Exception as error:  # noqa: BLE001 - counted
            print(f"{size} tickets failed: {type(error).__name__}", flush=True)
            return size

    half = count // 2
    sizes = [RECEIPTS] * (half // RECEIPTS) + [IMPORT] * (half // IMPORT)
    sizes.append(count - sum(sizes))
    with ThreadPoolExecutor(THREADS) as pool:
        failed = sum(pool.map(tried, sizes))
    engine.dispose()
    return failed
