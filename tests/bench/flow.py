"""How fast a ticket goes from receipt to its department, and how many go."""

from __future__ import annotations

import time

from services.localstack.stack import Stack
from tests.bench.arrivals import Arrivals
from tests.bench.figures import figure, percentile
from tests.bench.system import Cost, cost, load, until_quiet
from tests.harness.clients import metric, progress
from tests.harness.groups import reset_to_beginning
from tests.harness.waiting import eventually

RATES = {5: 20, 50: 20, 300: 10}
"""Tickets a second: for so many seconds."""
STEPS = (150, 200, 250, 300)
SUSTAINED_S = 60
BURST = 5_000


def warm_up(stack: Stack) -> None:
    until_quiet(stack, load(stack, 50, seed=0).run(200))


def latency(stack: Stack) -> None:
    for rate, seconds in RATES.items():
        with Arrivals(stack.brokers) as arrivals:
            history = load(stack, rate, clients=32, seed=rate).run(rate * seconds)
            until_quiet(stack, history)
            time.sleep(0.5)  # the reader's own last poll
        waited = [arrivals.at[one.ticket_id] - one.sent_at for one in history.acked if one.ticket_id in arrivals.at]
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            figure(
                f"receipt to department topic, {name}", percentile(waited, share) * 1000, "ms",
                rate_per_s=rate, tickets=len(history.acked), notified=len(waited),
            )  # fmt: skip


def cost_of_tickets(stack: Stack) -> None:
    before = cost(stack)
    history = load(stack, 50, seed=7).run(2_000)
    until_quiet(stack, history)
    after = cost(stack)
    for name in after.cpu_s:
        used = (after.cpu_s[name] - before.cpu_s[name]) / len(history.acked) * 1000
        figure("CPU per 1,000 tickets", used, "s", process=name, rate_per_s=50)
    _memory(after)


def _memory(now: Cost) -> None:
    for name, megabytes in now.rss_mb.items():
        figure("resident memory", megabytes, "MB", process=name)


def sustained_rate(stack: Stack) -> None:
    """The highest rate of STEPS at which receipts keep the timetable and the backlog does not grow for a minute."""
    best = 0.0
    for rate in STEPS:
        started = time.monotonic()
        history = load(stack, rate, clients=32, seed=rate).run(rate * SUSTAINED_S)
        took = time.monotonic() - started
        drained = until_quiet(stack, history, within=600)
        reached = len(history.acked) / took
        kept = reached > 0.98 * rate and drained < 3
        figure(
            "rate tried for 60 s", reached, "tickets/s",
            timetable_per_s=rate, drained_after_s=round(drained, 2), kept=kept,
        )  # fmt: skip
        if not kept:
            break
        best = rate
    figure("rate sustained for 60 s without growing lag", best, "tickets/s")


def drain_of_a_burst(stack: Stack) -> None:
    started = time.monotonic()
    history = load(stack, 10_000, clients=32, seed=3).run(BURST)
    received = time.monotonic() - started
    until_quiet(stack, history, within=600)
    whole = time.monotonic() - started
    figure("receipt of a burst of 5,000", len(history.acked) / received, "tickets/s")
    figure("time to drain a burst of 5,000", whole, "s", received_after_s=round(received, 1))


def replay_from_the_beginning(stack: Stack) -> None:
    history = load(stack, 300, clients=32, seed=5).run(3_000)
    until_quiet(stack, history, within=600)
    for service in ("intake", "projects", "notifier"):
        process = stack.service(service)
        process.stop()
        reset_to_beginning(stack.bootstrap, service)
        process.start()
        process.wait_until_it_answers()
        took = until_all_is_read(stack, service)
        seen = metric(stack, service, "closedloop_events_consumed_total")
        figure("replay of a group from offset 0", seen / took, "events/s", group=service, events=int(seen))


def until_all_is_read(stack: Stack, service: str) -> float:
    """Seconds until the service has settled everything published before now."""
    started, asked = time.monotonic(), time.time()

    def read_until() -> float:
        by_topic = progress(stack.service(service))["read_until"]
        return float(min(by_topic.values()))

    eventually(lambda: read_until() >= asked, within=300)
    return time.monotonic() - started
