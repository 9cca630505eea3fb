"""Intake alone: receipts, whole life cycles on a full table, a tick of many clocks."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from services.localstack.stack import Stack
from tests.bench.figures import figure, percentile
from tests.bench.stored import fill, open_again, start_clocks
from tests.bench.system import load
from tests.harness.clients import metric, token
from tests.harness.waiting import eventually

CLIENTS = 32
STORED = (0, 100_000, 1_000_000)
CYCLES = 600
OPEN = 21_000
CLOCKS, DUE = 100_000, 1_000
OTHERS = ("classifier", "projects", "notifier")


def _alone(stack: Stack) -> None:
    for name in OTHERS:
        stack.service(name).stop()


def receipts(stack: Stack) -> None:
    """As fast as the clients go, then at the timetable of the reach; each receipt is a durable commit."""
    _alone(stack)
    started = time.monotonic()
    history = load(stack, 100_000, clients=CLIENTS, seed=11).run(10_000)
    figure("receipts, one process", len(history.acked) / (time.monotonic() - started), "tickets/s", clients=CLIENTS)
    for rate in (250, 500):
        history = load(stack, rate, clients=CLIENTS, seed=rate).run(rate * 10)
        waited = [one.acked_at - one.sent_at for one in history.acked]
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            figure(f"receipt, {name}", percentile(waited, share) * 1000, "ms", rate_per_s=rate, clients=CLIENTS)


def life_cycles(stack: Stack) -> None:
    """Create, dispatch, settle, search: four calls, as the published benchmark of a peer does."""
    _alone(stack)
    stored = 0
    for rows in STORED:
        if rows:
            fill(stack.database_urls["intake"], stored + 1, rows)
            stored = rows
        per_s, waited = _cycle_many(stack)
        figure("life cycles", per_s, "cycles/s", stored_tickets=rows, clients=8, calls=4)
        figure("life cycle, p99", percentile(waited, 0.99) * 1000, "ms", stored_tickets=rows, clients=8)
    _known_matters(stack, stored)


def _known_matters(stack: Stack, stored: int) -> None:
    """One operator who looks before filing, in estates with some thirty open tickets each."""
    open_again(stack.database_urls["intake"], OPEN)
    headers, waited = {"Authorization": f"Bearer {token(stack, 'hub')}"}, list[float]()
    with httpx.Client(base_url=stack.service("intake").url, headers=headers, timeout=30) as client:
        for number in range(600):
            place = number * 5 % 700  # those whose tickets are of this type
            asked = {"text": f"小区{place}楼顶漏雨，雨水渗进家里", "address": f"小区{place}，{number % 30}号"}
            started = time.monotonic()
            known = _ok(client.get("/known-matters", params=asked))
            waited.append(time.monotonic() - started)
            assert known["tickets"], known
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        figure(f"known matters, {name}", percentile(waited[100:], share) * 1000, "ms", stored_tickets=stored)


def _cycle_many(stack: Stack) -> tuple[float, list[float]]:
    headers = {"Authorization": f"Bearer {token(stack, 'hub')}"}
    url, local, waited = stack.service("intake").url, threading.local(), list[float]()

    def cycle(number: int) -> None:
        client = getattr(local, "client", None) or httpx.Client(base_url=url, headers=headers, timeout=30)
        local.client = client
        started = time.monotonic()
        key = {"Idempotency-Key": str(uuid4())}
        caller = {"phone": f"139{number:08d}"}
        body: dict[str, Any] = {"text": f"楼顶漏雨，第{number}次反映", "caller": caller}
        ticket = _ok(client.post("/tickets", json=body, headers=key))["ticket_id"]
        step = {"version": 1, "type_code": "MJ01", "reason": "漏雨"}
        version = _ok(client.post(f"/tickets/{ticket}/dispatch", json=step))["version"]
        answer = {"version": version, "public_answer": "已修好", "unit_solved": True}
        _ok(client.post(f"/tickets/{ticket}/settlement", json=answer))
        _ok(client.get("/tickets", params={"state": "settled", "limit": 20}))
        waited.append(time.monotonic() - started)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(cycle, range(50)))
        waited.clear()
        started = time.monotonic()
        list(pool.map(cycle, range(50, 50 + CYCLES)))
        return CYCLES / (time.monotonic() - started), waited


def _ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def tick(stack: Stack) -> None:
    """All that is due, of many clocks that run: noted, published and counted."""
    _alone(stack)
    intake = stack.service("intake")
    intake.stop()
    start_clocks(stack.database_urls["intake"], CLOCKS, DUE)
    intake.start()
    intake.wait_until_it_answers()

    def breached() -> float:
        return metric(stack, "intake", "closedloop_clock_breaches_total")

    eventually(lambda: breached() == DUE, within=120)
    with psycopg.connect(stack.database_urls["intake"].replace("+psycopg", "", 1)) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM max(fired_at) - min(fired_at)), count(fired_at) FROM timers"
        ).fetchone()
    assert row
    figure("a tick", float(row[0]), "s", open_clocks=CLOCKS, due=DUE, fired=row[1])
