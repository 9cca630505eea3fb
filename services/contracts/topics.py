"""The table of topics, `deploy/kafka/topics.yaml`: the only place that says what a topic is (ADR 19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, StringConstraints, model_validator

from services.contracts.data_files import DataRow, InvalidData, by_key, read_rows
from services.contracts.departments import departments
from services.contracts.registry import EVENTS
from services.contracts.services import SERVICES as SERVICES
from services.contracts.supervision_events import SupervisingParty

FILE = Path(__file__).parents[2] / "deploy" / "kafka" / "topics.yaml"
STREAM_OFFSET = "stream_offset"
"""The header of a state's record: from which offset of the stream to go on. The highest of all records counts."""
HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS
SANDBOX = "sandbox"
"""Stands in the place of a department's code on the topics with generated work; it is no department."""


class Compaction(DataRow):
    """How a compacted topic forgets older records of a key. Its active segment is never compacted, so that a record
    goes `max_lag_hours` after it was superseded at the latest, as far as the cleaner keeps up; a tombstone is there
    for `tombstone_days`, which a reader of the whole topic must not exceed.
    """

    segment_hours: PositiveInt
    min_lag_hours: PositiveInt
    max_lag_hours: PositiveInt
    tombstone_days: PositiveInt

    def configs(self) -> dict[str, str]:
        return {
            "segment.ms": str(self.segment_hours * HOUR_MS),
            "min.compaction.lag.ms": str(self.min_lag_hours * HOUR_MS),
            "max.compaction.lag.ms": str(self.max_lag_hours * HOUR_MS),
            "delete.retention.ms": str(self.tombstone_days * DAY_MS),
        }


class Topic(DataRow):
    """One topic, or in the file a pattern of topics with {department}, {party} or {service} in it."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.{}-]+$")]
    description: str
    key: str
    partitions: PositiveInt
    retention_days: PositiveInt | Literal["forever"]
    cleanup: Literal["delete", "compact"]
    max_message_bytes: PositiveInt
    writer: str
    readers: tuple[str, ...]
    events: tuple[str, ...] = ()
    dead_letters: bool = Field(False, description="Carries whatever its service reads, valid or not.")
    compaction: Compaction | None = None
    state_of: str | None = Field(
        None, description="The stream whose newest state it holds; its records say where to go on in the stream."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.cleanup == "compact") != (self.compaction is not None):
            raise ValueError("compaction must be given for cleanup: compact, and for that alone")
        if self.state_of and self.partitions != 1:
            raise ValueError("a topic with state_of has one partition: a place in its stream is one offset")
        return self

    def configs(self) -> dict[str, str]:
        """The topic's settings in the broker's own names and units."""
        days = self.retention_days
        return {
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(self.max_message_bytes),
            "retention.ms": "-1" if days == "forever" else str(days * DAY_MS),
            **(self.compaction.configs() if self.compaction else {}),
        }


class UnknownTopic(LookupError):
    """A topic name that the table does not hold."""


@dataclass(frozen=True, slots=True)
class TopicTable:
    """`patterns` as they stand in the file, `topics` expanded over departments and services; both by name."""

    patterns: Mapping[str, Topic]
    topics: Mapping[str, Topic]

    def topic(self, name: str) -> Topic:
        try:
            return self.topics[name]
        except KeyError:
            raise UnknownTopic(f"topic {name!r} is not in {FILE.name}; add it there, then run topics apply") from None

    def dead_letter_topic(self, service: str) -> str:
        """The name of the service's dead-letter topic."""
        return self.topic(f"{service}.dlq").name

    def department_topic(self, code: str) -> str:
        """The name of the topic with the department's messages."""
        return self.topic(f"departments.{code}").name

    def department_state_topic(self, code: str) -> str:
        """The name of the topic with the newest state of each of the department's tickets."""
        return self.topic(f"departments.{code}.state").name

    @property
    def streams(self) -> Mapping[str, str]:
        """By the name of a topic that holds a state, the stream whose state it is."""
        return {topic.name: topic.state_of for topic in self.topics.values() if topic.state_of}

    def supervisor_topic(self, party: str) -> str:
        """The name of the topic with a supervising party's messages."""
        return self.topic(f"supervisors.{party}").name

    def reply_topics(self) -> Mapping[str, str]:
        """The topics on which departments answer, and whose each is."""
        return {f"departments.{code}.replies": code for code in departments()}

    def events_on(self, name: str) -> tuple[str, ...]:
        """The `ce_type`s the topic may carry; on a dead-letter topic those of every topic its service reads."""
        topic = self.topic(name)
        if not topic.dead_letters:
            return topic.events
        sources = (t for t in self.patterns.values() if topic.writer in t.readers)
        return tuple(event for source in sources for event in source.events)


@cache
def topic_table() -> TopicTable:
    return load_topic_table(FILE)


def load_topic_table(file: Path) -> TopicTable:
    """Raises InvalidData for an event that is not registered and for names that collide."""
    patterns = read_rows(file, "topics", Topic, "name")
    for topic in patterns.values():
        unknown = sorted(set(topic.events) - EVENTS.keys())
        if unknown:
            raise InvalidData(file, f"topic {topic.name}", f"events {unknown} are not in registry.py; register them")
    expanded = [concrete for topic in patterns.values() for concrete in _expand(topic)]
    return TopicTable(patterns, by_key(file, "topics", expanded, "name"))


PLACEHOLDERS: tuple[tuple[str, Iterable[str]], ...] = (
    ("{department}", departments()),
    ("{party}", [party.value for party in SupervisingParty]),
    ("{service}", SERVICES),
)
"""What a pattern stands for, here and in principals.yaml."""


def _expand(topic: Topic) -> Iterator[Topic]:
    for placeholder, values in PLACEHOLDERS:
        if placeholder in topic.name:
            for value in values:
                yield topic.model_copy(
                    update={
                        "name": topic.name.replace(placeholder, value),
                        "writer": topic.writer.replace(placeholder, value),
                        "state_of": topic.state_of and topic.state_of.replace(placeholder, value),
                        "readers": tuple(reader.replace(placeholder, value) for reader in topic.readers),
                    }
                )
            return
    yield topic.model_copy(update={"readers": tuple(one for reader in topic.readers for one in _each(reader))})


def _each(reader: str) -> Iterator[str]:
    for placeholder, values in PLACEHOLDERS:
        if placeholder in reader:
            yield from (reader.replace(placeholder, value) for value in values)
            return
    yield reader
