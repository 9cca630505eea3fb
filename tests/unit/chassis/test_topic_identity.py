"""A topic that was deleted and made again is noticed, whether or not its consumer saw it go."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from services.chassis.messaging.topic_identity import TopicIdentity


def member(**ids: UUID | None) -> Any:
    return ids


def identity_of(*topics: str) -> TopicIdentity:
    return TopicIdentity(topics, lambda ids, topic: ids.get(topic))


def test_a_topic_is_made_again_once_when_its_id_changes() -> None:
    identity, old, new, other = identity_of("t", "u"), uuid4(), uuid4(), uuid4()
    assert identity.made_again(member(t=old, u=other)) == set()
    assert identity.made_again(member(t=new, u=other)) == {"t"}
    assert identity.made_again(member(t=new, u=other)) == set()


def test_a_topic_that_was_gone_meanwhile_is_made_again_only_if_its_id_changed() -> None:
    identity, old, new = identity_of("t"), uuid4(), uuid4()
    identity.made_again(member(t=old))
    assert identity.made_again(member()) == set()
    assert identity.made_again(member(t=old)) == set()
    identity.made_again(member())
    assert identity.made_again(member(t=new)) == {"t"}


def test_a_broker_without_ids_makes_nothing_again() -> None:
    identity = identity_of("t")
    assert identity.made_again(member()) == identity.made_again(member()) == set()
