"""Two processes of everything: one dies; one freezes past its sessions and wakes. Its late writes must not count."""

from __future__ import annotations

import json
import random
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.contracts.topics import SERVICES
from services.localstack.service_process import ServiceProcess
from tests.harness.fixtures import Report
from tests.harness.topics import read_topic
from tests.harness.waiting import Stopwatch
from tests.kafka.faults.planted import trigger
from tests.kafka.faults.system import NO_DEAD_LETTERS, SCALE, TIMEOUT_S, System, await_life, soon
from tests.kafka.faults.trial import trial

INSTANCES = dict.fromkeys(SERVICES, 2)
FROZEN_S = 12 * SCALE
"""Past the Kafka session (6 s), the idle transaction (3 s) and the relay's idle session (5 s)."""


@pytest.mark.timeout(TIMEOUT_S)
def test_one_of_two_is_killed_and_the_other_carries_on(system: System, report: Report) -> None:
    chance = random.Random(54321)
    with trial("one of two killed", system, report) as one:
        one.wait_for_acked(40)
        for service in SERVICES * SCALE:
            victim = system.stack.service(service, chance.choice([1, 2]))
            await_life(victim)
            time.sleep(chance.uniform(0.5, 2))
            victim.kill()
        one.heal()
        one.judge(kills=len(SERVICES) * SCALE)
    assert system.dead_letters() == NO_DEAD_LETTERS


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("service", ["projects", "notifier", "intake", "classifier"])
def test_one_of_two_is_frozen_past_its_sessions_and_wakes(system: System, report: Report, service: str) -> None:
    frozen = system.stack.service(service, 1)
    with trial(f"frozen {service}", system, report) as one:
        one.wait_for_acked(100)
        frozen.freeze()
        began = time.monotonic()
        promised = set(one.acked)
        if service == "intake":  # a client that was talking to the frozen one asks the other
            one.wait_for_acked(20)
        taken_over_s = system.wait_until_through(promised)
        time.sleep(max(0.0, began + FROZEN_S - time.monotonic()))
        frozen.thaw()
        one.heal()
        one.judge(frozen_s=FROZEN_S, taken_over_s=round(taken_over_s, 1))
    assert system.dead_letters() == NO_DEAD_LETTERS


@pytest.mark.timeout(TIMEOUT_S)
def test_a_consumer_frozen_inside_its_transaction_loses_it(system: System, report: Report) -> None:
    frozen = system.stack.service("projects", 1)
    ours = "current_setting('application_name') = 'projects-1' AND clock_timestamp() < statement_timestamp() + '1 s'"
    with trial("frozen in transaction", system, report) as one:
        one.wait_for_acked(40)
        rolled_back = _of(frozen, "closedloop_batches_rolled_back_total")
        with trigger(system, "projects", ["ticket_sightings"], ours, "PERFORM pg_sleep(1.5);"):
            soon(lambda: _sessions(system, "wait_event = 'PgSleep'"), every=0.01, what="a transaction")
            frozen.freeze()
            began, stands = time.monotonic(), Stopwatch()
            soon(lambda: not _sessions(system, "state <> 'idle'"), what="the server ends the session")
            freed_s = stands.seconds()
        assert freed_s < 10, "locks held longer than the session"
        system.wait_until_through(set(one.acked))
        time.sleep(max(0.0, began + FROZEN_S - time.monotonic()))
        frozen.thaw()
        soon(lambda: _of(frozen, "closedloop_batches_rolled_back_total") > rolled_back,
                   what="the late transaction refused")  # fmt: skip
        one.heal()
        one.judge(frozen_s=FROZEN_S, locks_freed_s=round(freed_s, 1))
    assert system.dead_letters() == NO_DEAD_LETTERS


@pytest.mark.timeout(TIMEOUT_S)
def test_a_relay_frozen_inside_its_transaction_cannot_publish(system: System, report: Report) -> None:
    """The broker stands still so that the relay is caught between its sends and its commit; another takes over."""
    broker = system.stack.broker
    assert broker is not None
    with trial("frozen relay", system, report) as one:
        one.wait_for_acked(40)
        leader = _leader(system)
        other = system.stack.service("intake", 3 - leader.instance)
        broker.freeze()
        one.wait_for_acked(20)
        leader.freeze()
        broker.thaw()
        began = time.monotonic()
        soon(lambda: _of(other, "closedloop_relay_leader") == 1, what="the other relay leads")
        taken_over_s = time.monotonic() - began
        system.wait_until_through(set(one.acked))
        renewals = _of(other, "closedloop_producer_renewals_total")
        time.sleep(max(0.0, began + FROZEN_S - time.monotonic()))
        leader.thaw()
        soon(lambda: _of(leader, "closedloop_producer_renewals_total") > 0,
                   what="the late commit refused")  # fmt: skip
        one.heal()
        assert _of(other, "closedloop_relay_leader") + _of(leader, "closedloop_relay_leader") == 1
        assert _of(other, "closedloop_producer_renewals_total") == renewals, "the frozen relay fenced its successor"
        one.judge(taken_over_s=round(taken_over_s, 1), aborted_on_the_log=_aborted(system))
    assert system.dead_letters() == NO_DEAD_LETTERS


def _sessions(system: System, which: str) -> int:
    """How many sessions of the first process of projects there are of which this holds."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'projects-1' AND {which}"  # noqa: S608
    return int(system.ask_one("projects", query))


def _leader(system: System) -> ServiceProcess:
    """The process of intake that publishes its outbox."""

    def leaders() -> list[ServiceProcess]:
        return [one for one in system.processes("intake") if _of(one, "closedloop_relay_leader") == 1]

    (leader,) = soon(leaders, what="a relay that leads")
    return leader


def _of(process: ServiceProcess, name: str) -> float:
    """A metric of one process."""
    families = text_string_to_metric_families(httpx.get(f"{process.url}/metrics", timeout=60).text)
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


def _aborted(system: System) -> int:
    """Records of `tickets` that a reader of committed ones never sees."""
    bootstrap, flavour = system.stack.bootstrap, system.stack.flavour
    committed = {(one.partition, one.offset) for one in read_topic(bootstrap, flavour, "tickets")}
    everything = read_topic(bootstrap, flavour, "tickets", read_committed=False)
    aborted = [one for one in everything if (one.partition, one.offset) not in committed]
    assert all(json.loads(one.value or b"")["ticket_id"] for one in aborted)
    return len(aborted)
