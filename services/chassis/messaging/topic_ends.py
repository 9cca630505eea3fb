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
    written = [one for one in partitions if ends[one] > 0]
    told: dict[TopicPartition, int] = {}
    while written:
        fetched = consumer.poll(FETCH_MS)
        told = {one: end for one in written if (end := consumer.highwater(one)) is not None} | told
        all_told = len(told) == len(written)
        if all_told and (not fetched or all(consumer.position(one) >= told[one] for one in written)):
            break
    return ends | {one: max(ends[one], consumer.position(one)) for one in written}
