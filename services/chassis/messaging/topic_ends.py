"""Where partitions end now, for those who read a topic once from its beginning to its end."""

from __future__ import annotations

from collections.abc import Collection

from kafka import KafkaConsumer, TopicPartition

FETCH_MS = 100


def ends_of(consumer: KafkaConsumer, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The next offset of each of the `partitions`, all of which are assigned. Positions move: seek afterwards.

    The embedded broker, when asked, names the place after the first record of the last batch; only a fetch from there
    shows how far it reaches. On Apache Kafka that adds at most what was committed meanwhile.
    """
    ends: dict[TopicPartition, int] = consumer.end_offsets(list(partitions))
    for partition in partitions:
        consumer.seek(partition, max(0, ends[partition] - 1))
    written = [partition for partition in partitions if ends[partition] > 0]
    first: dict[TopicPartition, int] = {}
    """The high-water marks of the first fetches: what comes later is not waited for."""
    while written:
        fetched = consumer.poll(FETCH_MS)
        first = {one: mark for one in written if (mark := consumer.highwater(one)) is not None} | first
        answered = len(first) == len(written)
        if answered and (not fetched or all(consumer.position(one) >= first[one] for one in written)):
            break
    return ends | {partition: max(ends[partition], consumer.position(partition)) for partition in written}
