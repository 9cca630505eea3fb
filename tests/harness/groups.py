"""Setting a consumer group back, as an operator does for a replay."""

from __future__ import annotations

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from tests.harness.waiting import eventually

SUBSCRIPTIONS = {
    "intake": ("classifications",),
    "intake-follow-ups": ("hot-issues", "projects"),
    "intake-register": ("estates",),
    "classifier": ("ticket-texts",),
    "projects": ("tickets", "classifications"),
    "notifier": ("tickets", "ticket-texts", "hot-issues", "projects"),
}


def reset_to_beginning(bootstrap: str, group: str, within: float = 60) -> int:
    """Commits offset 0 for every partition the group reads; returns how many records that gives it to read again.

    The group's processes must be stopped: its static members leave only when their sessions end.
    """
    consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(","), group_id=group, enable_auto_commit=False)
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in SUBSCRIPTIONS[group]
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        consumer.assign(partitions)
        zero = dict.fromkeys(partitions, OffsetAndMetadata(0, "", -1))

        def committed() -> bool:
            try:
                consumer.commit(zero, timeout_ms=5000)
            except KafkaError:
                return False
            return True

        eventually(committed, within=within)
        return sum(consumer.end_offsets(partitions).values())
    finally:
        consumer.close()
