"""Whether a consumer takes part in its group: shown by gauges and in /readyz."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kafka import KafkaConsumer
from kafka.structs import MemberState

from services.chassis import metrics

UNREADY_AFTER_S = 30.0
"""Longer than a rebalance or the first join takes, even on a busy machine."""
RENEW_AFTER_S = 30.0
HEALED_AFTER_S = 5.0
"""A consumer that joins and fails again at once, for the same cause each time, has not recovered."""
PROVE_EVERY_S = 10.0


class OutOfGroup(Exception):
    """The consumer has been out of its group for too long; a new one may get in."""


@dataclass(slots=True)
class GroupMembership:
    """Whether one consumer is in its group; outlives the KafkaConsumers that are made for it.

    Its trouble begins when it is out of the group or fails, and ends when it has been a member without a failure for
    `HEALED_AFTER_S`.
    """

    consumer: str
    monotonic: Callable[[], float] = time.monotonic
    _cause: str = "has not joined yet"
    _trouble_since: float | None = field(init=False)
    _member_since: float | None = None
    _out_since: float = field(init=False)
    _proved_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._trouble_since = self._out_since = self._proved_at = self.monotonic()
        metrics.CONSUMER_IN_GROUP.labels(self.consumer).set(0)
        metrics.CONSUMER_TROUBLE_SECONDS.labels(self.consumer).set_function(self.trouble_s)

    @property
    def is_member(self) -> bool:
        """As of the last poll."""
        return self._member_since is not None

    def trouble_s(self) -> float:
        """For how long the consumer has been out of its group, or failing; 0 if all is well."""
        since = self._trouble_since
        return 0 if since is None else self.monotonic() - since

    def unready(self) -> str | None:
        """The reason for /readyz."""
        seconds = self.trouble_s()
        return f"out of its group or failing for {seconds:.0f} s: {self._cause}" if seconds > UNREADY_AFTER_S else None

    def renewed(self) -> None:
        """A new KafkaConsumer begins to join."""
        self._leave()

    def failed(self, cause: str) -> None:
        """The KafkaConsumer is given up because of `cause`."""
        self._cause = cause
        self._leave()

    def polled(self, member: KafkaConsumer) -> None:
        """Call after each poll. Raises OutOfGroup if this KafkaConsumer has been out of its group for too long."""
        now = self.monotonic()
        if member.group_metadata().state != MemberState.STABLE:
            if self._member_since is not None:
                self._cause = "left its group, joins again"
                self._leave()
            if now - self._out_since > RENEW_AFTER_S:
                raise OutOfGroup(f"not in its group for {now - self._out_since:.0f} s")
            return
        if self._member_since is None:
            self._member_since = now
            metrics.CONSUMER_IN_GROUP.labels(self.consumer).set(1)
        if self._trouble_since is not None and now - self._member_since > HEALED_AFTER_S:
            self._trouble_since = None

    def committed(self) -> None:
        """The broker has just taken a commit, which proves the membership."""
        self._proved_at = self.monotonic()

    @property
    def to_be_proved(self) -> bool:
        """Nothing has been committed for `PROVE_EVERY_S`: commit a position once more.

        A member whose heartbeats are refused, because another process took its name, does not learn it from the
        library: it goes on reading and looks healthy. Its commit is refused.
        """
        return self.monotonic() - self._proved_at > PROVE_EVERY_S

    def ended(self) -> None:
        metrics.CONSUMER_IN_GROUP.labels(self.consumer).set(0)

    def _leave(self) -> None:
        now = self.monotonic()
        self._member_since, self._out_since = None, now
        if self._trouble_since is None:
            self._trouble_since = now
        metrics.CONSUMER_IN_GROUP.labels(self.consumer).set(0)
