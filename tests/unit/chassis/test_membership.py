"""A consumer that is out of its group, or fails again and again, is not ready; a gauge says for how long."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from kafka.structs import ConsumerGroupMetadata, MemberState
from prometheus_client import REGISTRY

from services.chassis.messaging.membership import (
    HEALED_AFTER_S,
    PROVE_EVERY_S,
    RENEW_AFTER_S,
    UNREADY_AFTER_S,
    GroupMembership,
    OutOfGroup,
)


@dataclass
class Now:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Member:
    state: str = MemberState.STABLE

    def group_metadata(self) -> ConsumerGroupMetadata:
        return ConsumerGroupMetadata(state=self.state)


JOINED, JOINING = Member(), Member(MemberState.REBALANCING)


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def membership(now: Now) -> GroupMembership:
    return GroupMembership("test", now)


def _poll(membership: GroupMembership, now: Now, member: Member, seconds: float) -> None:
    """Once a second."""
    for _ in range(int(seconds)):
        now.seconds += 1
        membership.polled(member)


def _gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"closedloop_consumer_{name}", {"consumer": "test"})


def test_a_consumer_that_has_just_begun_is_ready_for_a_while_and_one_that_does_not_get_in_is_not(
    membership: GroupMembership, now: Now
) -> None:
    membership.renewed()
    _poll(membership, now, JOINING, RENEW_AFTER_S)
    assert membership.unready() is None
    now.seconds += 1
    membership.renewed()
    assert "has not joined yet" in (membership.unready() or "")
    assert (_gauge("in_group"), _gauge("trouble_seconds")) == (0, UNREADY_AFTER_S + 1)


def test_it_is_healthy_once_it_has_been_a_member_for_some_seconds(membership: GroupMembership, now: Now) -> None:
    now.seconds += 2 * UNREADY_AFTER_S
    _poll(membership, now, JOINED, 1)
    assert (_gauge("in_group"), membership.unready() is None) == (1, False)
    _poll(membership, now, JOINED, HEALED_AFTER_S + 1)
    assert (_gauge("trouble_seconds"), membership.unready()) == (0, None)


def test_out_of_its_group_for_too_long_it_is_to_be_made_anew(membership: GroupMembership, now: Now) -> None:
    _poll(membership, now, JOINED, HEALED_AFTER_S + 2)
    with pytest.raises(OutOfGroup):
        _poll(membership, now, JOINING, RENEW_AFTER_S + 2)
    membership.renewed()
    _poll(membership, now, JOINING, RENEW_AFTER_S)  # the new one has as long
    assert "left its group" in (membership.unready() or "")


def test_one_that_joins_and_fails_at_once_time_and_again_has_not_recovered_in_between(
    membership: GroupMembership, now: Now
) -> None:
    _poll(membership, now, JOINED, HEALED_AFTER_S + 2)
    for _ in range(20):
        membership.failed("UnsupportedCodecError: libraries for lz4 not found")
        now.seconds += 1
        membership.renewed()
        _poll(membership, now, JOINED, 2)
    reason = membership.unready() or ""
    assert "UnsupportedCodecError" in reason
    assert (_gauge("trouble_seconds") or 0) > UNREADY_AFTER_S


def test_its_membership_is_proved_when_nothing_has_been_committed_for_a_while(
    membership: GroupMembership, now: Now
) -> None:
    assert not membership.to_be_proved
    now.seconds += PROVE_EVERY_S + 1
    assert membership.to_be_proved
    membership.committed()
    assert not membership.to_be_proved
