"""R12 of docs/faults.md: connections between services, broker and database break, hang or lead nowhere."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from services.contracts.topics import SERVICES
from services.localstack.stack import Stack
from tests.harness.fixtures import NewFolder, Report
from tests.harness.proxies import Proxies, proxied
from tests.kafka.faults.system import NO_DEAD_LETTERS, SCALE, TIMEOUT_S, System
from tests.kafka.faults.trial import trial

RESETS = 8 * SCALE


@pytest.fixture(scope="module")
def network(new_folder: NewFolder) -> Iterator[tuple[System, Proxies]]:
    """A stack whose services reach broker and database through proxies only; tests and clients go past these."""
    stack = Stack(new_folder(), kafka="apache")
    stack.start_servers()
    try:
        with proxied(stack, *SERVICES) as proxies:
            stack.start_services()
            yield System(stack), proxies
            for process in stack.services:
                process.stop()
    finally:
        stack.stop()


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("peer", ["broker", "database"])
@pytest.mark.parametrize("fault", ["reset", "half open", "dropped"])
def test_r12_a_broken_network_loses_nothing_and_leaves_nobody_stuck(
    network: tuple[System, Proxies], report: Report, peer: str, fault: str
) -> None:
    system, proxies = network
    proxy = proxies.kafka if peer == "broker" else proxies.database
    with trial(f"R12 {peer} {fault}", system, report) as one:
        one.wait_for_acked(80)
        match fault:
            case "reset":
                for _ in range(RESETS):
                    proxy.reset()
                    time.sleep(1)
            case "half open":
                proxy.half_open()
            case "dropped":
                proxy.drop()
                time.sleep(15 * SCALE)
                proxy.heal()
        one.heal()
        one.judge(connections=proxy.connections)
    assert system.dead_letters() == NO_DEAD_LETTERS
