"""Consumer groups seen from outside: what they have committed, what there is, and setting them back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from tests.harness.topics import Record, read_topic
from tests.harness.waiting import eventually
from tests.kafka.faults.system import System

GROUPS = {
    "intake": ("classifications",),
    "classifier": ("ticket-texts",),
    "projects": ("tickets", "classifications"),
    "notifier": ("tickets", "ticket-texts"),
}
"""What each group reads; a group is named like its service and its consumer."""

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
    return read_topic(system.stack.bootstrap, system.stack.flavour, *GROUPS[group])


def wait_until_read(system: System, within: float) -> None:
    """Until every group has committed behind the last record of each partition it reads."""
    for group in GROUPS:
        ends: Offsets = {}
        for record in records(system, group):
            ends[TopicPartition(record.topic, record.partition)] = record.offset + 1

        def read(group: str = group, ends: Offsets = ends) -> bool:
            now = committed(system, group)
            return all(now.get(partition, 0) >= end for partition, end in ends.items())

        eventually(read, within, every=0.3, what=f"{group} has read everything")


def set_back_to_zero(system: System, group: str, within: float = 30) -> int:
    """Its members must have been stopped; waits until the broker has forgotten them. Returns the partitions set."""
    zero = dict.fromkeys(committed(system, group), OffsetAndMetadata(0, "", -1))

    def reset() -> bool:
        with admin(system) as client:
            errors = client.alter_group_offsets(group, zero)
        failed = {error.__name__ for error in errors.values()} - {"NoError"}
        assert not failed, failed
        return True

    eventually(reset, within, every=0.5, what=f"group {group} set back")
    now = committed(system, group)
    assert now == dict.fromkeys(zero, 0), now
    return len(zero)
