"""Finds records that the client library cannot decode, with a reader outside the group.

The library raises out of `poll` without saying where, and cannot skip one record of a batch: what cannot be decoded is
a batch from its first undecodable record on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import RecordTooLargeError
from kafka.errors import CorruptRecordError, InvalidRecordError, KafkaError, UnsupportedCodecError

from services.chassis.messaging.errors import cause_of

LOOK_MS = 2_000
GLANCE_MS = 100
LONGEST = 1_000
"""Offsets that are passed over at once."""

_UNDECODABLE = (CorruptRecordError, InvalidRecordError, RecordTooLargeError, UnsupportedCodecError)


@dataclass(frozen=True, slots=True)
class UnreadableRecords:
    """The offsets from `first` to `last`, and why they cannot be decoded."""

    partition: TopicPartition
    first: int
    last: int
    cause: str


def may_be_undecodable(error: Exception) -> bool:
    """Whether what `poll` raised can come from the contents of the log; other errors come from the connection."""
    return isinstance(error, _UNDECODABLE) or type(error) is KafkaError or not isinstance(error, KafkaError)


def find_unreadable(reader: KafkaConsumer, positions: Mapping[TopicPartition, int]) -> UnreadableRecords | None:
    """The first place found where reading from a position fails; None if all positions can be read.

    Raises KafkaError if the broker cannot be asked.
    """
    ends = reader.end_offsets(list(positions))
    # Ends may be wrong (messaging/kafka.py): a partition that seems to hold nothing is looked at too, but briefly.
    for partition, first in sorted(positions.items(), key=lambda one: ends[one[0]] <= one[1]):
        reader.assign([partition])
        cause = _failure_at(reader, partition, first, LOOK_MS if ends[partition] > first else GLANCE_MS)
        if cause is None:
            continue
        last = first
        while last - first + 1 < LONGEST and _failure_at(reader, partition, last + 1, GLANCE_MS):
            last += 1
        return UnreadableRecords(partition, first, last, cause)
    return None


def _failure_at(reader: KafkaConsumer, partition: TopicPartition, offset: int, wait_ms: int) -> str | None:
    reader.seek(partition, offset)
    try:
        reader.poll(timeout_ms=wait_ms, max_records=1)
    except Exception as error:
        if not may_be_undecodable(error):
            raise
        return cause_of(error)
    return None
