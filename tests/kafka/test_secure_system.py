"""The four services on a closed Apache Kafka: from a call to its department by TLS and password alone (ADR 52)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from services.classifier.app.answer import TEXTS
from services.classifier.stream.topic_reading import events_of
from services.contracts.services import SERVICES
from services.localstack.stack import Stack
from services.projects.jobs.rebuild.run import TOPICS
from services.projects.jobs.rebuild.topic_reader import Topics
from tests.harness import evidence
from tests.harness.clients import client, token
from tests.harness.closed_stack import Passwords, let_in
from tests.harness.commands import closedloop_process
from tests.harness.fixtures import NewFolder
from tests.harness.load import Load
from tests.harness.proxies import proxied
from tests.harness.tcp_proxy import TcpProxy
from tests.harness.waiting import eventually

LEAST_CONNECTIONS = 8
"""Each consumer, each relay and the classifier's three clients hold one or more."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Services reach the broker by `kafka` alone; tests go past it."""

    stack: Stack
    kafka: TcpProxy
    passwords: Passwords


@pytest.fixture(scope="module")
def system(new_folder: NewFolder) -> Iterator[Closed]:
    folder = new_folder()
    stack = Stack(folder / "stack", kafka="closed")
    stack.start_servers()
    try:
        with proxied(stack, *SERVICES) as proxies:
            passwords = let_in(stack, folder / "secrets")
            stack.start_services()
            yield Closed(stack, proxies.kafka, passwords)
            for process in stack.services:
                process.stop()
    finally:
        stack.stop()


def log_of(system: Closed, service: str) -> str:
    return system.stack.service(service).log.read_text(encoding="utf-8")


def test_a_ticket_goes_from_the_call_to_its_department(system: Closed) -> None:
    sent = closedloop_process("send", "--json", "--run-dir", str(system.stack.run_dir))
    assert sent.returncode == 0, sent.stderr
    report = json.loads(sent.stdout)
    assert report["missing"] is None
    assert report["broker"].endswith(", closed")
    assert system.kafka.connections >= LEAST_CONNECTIONS


def test_jobs_read_the_topics_as_the_user_of_their_service(system: Closed) -> None:
    history = Load([system.stack.service("intake").url], token(system.stack, "hub"), rate=10).run(count=1)
    evidence.settle(system.stack, history, within=60)
    with Topics(system.passwords.access_of("projects"), TOPICS) as topics:
        folded = {one.event.aggregate_id for batch in topics.to_the_end() for one in batch}
    assert history.ids <= folded
    read = {placed.envelope.event.aggregate_id for placed in events_of(system.passwords.access_of("classifier"), TEXTS)}
    assert history.ids <= read


def test_a_password_is_changed_without_losing_a_message(system: Closed) -> None:
    """In the hardest order: all connections break when the broker knows the new password and the services do not."""
    load = Load([system.stack.service("intake").url], token(system.stack, "hub"), rate=10)
    with load.running() as history:
        eventually(lambda: len(history.acked) >= 20, within=30)
        for service in SERVICES:
            system.passwords.set_at_broker(service, f"{service}'s second password")
        tried, begun = system.kafka.connections, time.monotonic()
        system.kafka.reset()
        for service in SERVICES:
            eventually(lambda one=service: f"refuses {one}'s password" in log_of(system, one), within=60)
        refused_for, tries = time.monotonic() - begun, system.kafka.connections - tried
        before = len(history.acked)
        eventually(lambda: len(history.acked) >= before + 10, within=30, what="calls are taken meanwhile")
        for service in SERVICES:
            system.passwords.set_in_file(service, f"{service}'s second password")
        for service in SERVICES:
            eventually(
                lambda one=service: client(system.stack, one).get("/readyz").status_code == 200,
                within=60,
                what=f"{service} has let itself in again",
            )
    evidence.settle(system.stack, history, within=60)
    verdict = evidence.verdict(system.stack, history)
    assert verdict.clean, verdict
    assert not history.given_up
    assert all(process.restarts == 0 for process in system.stack.services), "nobody had to be started again"
    assert tries / refused_for < 100, f"{tries} connections in {refused_for:.0f} s: somebody tries without a pause"
