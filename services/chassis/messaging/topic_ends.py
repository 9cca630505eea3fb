"""Where partitions end now, for those who read a topic once from its beginning to its end."""

from __future__ import annotations

from collections.abc import Collection

from kafka import KafkaConsumer, TopicPartition

from services.chassis.settings import KafkaFlavour

FETCH_MS = 100


def ends_of(
    consumer: KafkaConsumer, partitions: Collection[TopicPartition], flavour: KafkaFlavour
) -> dict[TopicPartition, int]:
    """The next offset of each of the `partitions`, all of which are assigned. Positions move: seek afterwards.

    The embedded broker, when asked, names the place after the first record of the last batch; in a fetch it tells the
    true end, so what it named is fetched there.
    """
    ends: dict[TopicPartition, int] = consumer.end_offsets(list(partitions))
    if flavour is not KafkaFlavour.EMBEDDED:
        return ends
    last = {partition for partition, end in ends.items() if end > 0}
    for partition in partitions:
        consumer.seek(partition, max(0, ends[partition] - 1))
    fetched: dict[TopicPartition, int] = {}
    while last - fetched.keys():
        consumer.poll(FETCH_MS)
        fetched = {one: end for one in last if (end := consumer.highwater(one)) is not None}
    return ends | fetched
