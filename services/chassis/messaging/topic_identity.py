"""Notices a topic that was deleted and made again: offsets of the old one mean nothing in the new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from kafka import KafkaConsumer


class TopicIdentity:
    """The ids of a consumer's topics, as its broker gives them. Not thread-safe.

    Clients keep a position by the topic's name. A member that does not see a topic go, because it joined its group anew
    meanwhile, would go on in the new one at the old position, past records that it has never read. A broker without ids
    (the embedded one) is taken at its word: nothing is made again.
    """

    def __init__(self, topics: Sequence[str], id_of: Callable[[KafkaConsumer, str], UUID | None]) -> None:
        self._topics = topics
        self._id_of = id_of
        self._ids: dict[str, UUID] = {}

    def made_again(self, member: KafkaConsumer) -> frozenset[str]:
        """The topics that are others than when this was last called, as far as `member` has heard of it."""
        changed = set()
        for topic in self._topics:
            known = self._id_of(member, topic)
            if known is None:
                continue
            if self._ids.get(topic, known) != known:
                changed.add(topic)
            self._ids[topic] = known
        return frozenset(changed)
