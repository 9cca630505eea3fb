"""What TLS and passwords cost a ticket on its way to the department."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from services.localstack.stack import Stack
from tests.bench.arrivals import Arrivals
from tests.bench.figures import figure, percentile
from tests.bench.flow import warm_up
from tests.bench.system import load, until_quiet
from tests.harness.closed_stack import let_in

RATE = 20
TURNS = 4
TICKETS = 160
"""A turn of one stack: 8 s. The machine's other work changes meanwhile, so the two take turns."""


def cost_of_a_closed_broker() -> None:
    """An open and a closed system side by side, one of them at work at a time."""
    waited: dict[str, list[float]] = {"plaintext": [], "sasl_ssl": []}
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder, ExitStack() as running:
        stacks = _stacks(Path(folder), running)
        for stack in stacks.values():
            warm_up(stack)
        for turn in range(TURNS):
            for name in list(stacks) if turn % 2 else reversed(stacks):
                waited[name] += _latencies(stacks[name], seed=turn + 1)
    for share, title in ((0.5, "p50"), (0.99, "p99")):
        of = {name: percentile(times, share) * 1000 for name, times in waited.items()}
        for name, milliseconds in of.items():
            figure(
                f"receipt to department topic, {title}", milliseconds, "ms",
                transport=name, rate_per_s=RATE, notified=len(waited[name]),
            )  # fmt: skip
        figure(f"SASL_SSL against PLAINTEXT, {title}", of["sasl_ssl"] / of["plaintext"], "times")


def _stacks(folder: Path, running: ExitStack) -> Mapping[str, Stack]:
    stacks = {"plaintext": Stack(folder / "open", kafka="apache"), "sasl_ssl": Stack(folder / "closed", kafka="closed")}
    folder.chmod(0o755)
    for name, stack in stacks.items():
        running.callback(stack.stop)
        stack.start_servers()
        if name == "sasl_ssl":
            let_in(stack, folder / "secrets")
        stack.start_services()
    return stacks


def _latencies(stack: Stack, seed: int) -> list[float]:
    """Seconds from the call to the message on its department's topic, of each ticket that has one."""
    with Arrivals(stack.brokers) as arrivals:
        history = load(stack, RATE, seed=seed).run(TICKETS)
        until_quiet(stack, history)
        time.sleep(0.5)  # the reader's own last poll
    return [arrivals.at[one.ticket_id] - one.sent_at for one in history.acked if one.ticket_id in arrivals.at]
