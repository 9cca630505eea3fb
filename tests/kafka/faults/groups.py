"""Consumer groups seen from outside: what they have committed, and what there is to read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from kafka import KafkaAdminClient, TopicPartition

from services.localstack.service_process import ServiceProcess
from tests.harness.clients import progress
from tests.harness.groups import SUBSCRIPTIONS
from tests.harness.topics import Record, read_topic
from tests.kafka.faults.system import WITH_DATABASE, System, soon

Offsets = dict[TopicPartition, int]


@contextlib.contextmanager
def admin(system: System) -> Iterator[KafkaAdminClient]:
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=system.stack.bootstrap)) as client:
        yield client


def committed(system: System, group: str) -> Offsets:
    with admin(system) as client:
        found = client.list_group_offsets(group)[group]
    return {partition: at.offset for partition, at in found.items() if at.offset >= 0}


def records(system: System, group: str) -> list[Record]:
    return read_topic(system.stack.bootstrap, system.stack.flavour, *SUBSCRIPTIONS[group])


def wait_until_read(system: System) -> None:
    """Until every group has committed behind the last record of each partition it reads."""
    for group in SUBSCRIPTIONS:
        ends: Offsets = {}
        for record in records(system, group):
            ends[TopicPartition(record.topic, record.partition)] = record.offset + 1

        def read(group: str = group, ends: Offsets = ends) -> bool:
            now = committed(system, group)
            return all(now.get(partition, 0) >= end for partition, end in ends.items())

        soon(read, what=f"{group} has read everything")


def wait_until_nothing_is_due(system: System) -> None:
    """Until every service has fired its deadlines that are past, and published what came of them."""
    for service in WITH_DATABASE:

        def done(process: ServiceProcess = system.stack.service(service)) -> bool:
            found = progress(process)
            return bool(found["timers_due"] == found["outbox"] == 0)

        soon(done, what=f"{service} has no deadline to fire")
