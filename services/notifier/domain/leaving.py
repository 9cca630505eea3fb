"""What happens to a message that is due: it is sent on a channel, waits with a cause and an end, or ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from services.notifier.domain.limits import free_from
from services.notifier.domain.officer import OfficerChannel, Post, Reached
from services.notifier.domain.sending_rules import SendingRules


class Cause(StrEnum):
    """Why a message, or a notice, is not sent, or not yet. A channel's own answer may stand in place of these."""

    LEFT = "officer left"
    CONFIDENTIAL = "confidential"
    READ = "read already"
    READ_EARLIER = "read earlier"
    QUIET = "quiet hours"
    LIMIT = "limit reached"
    NO_WAY = "no way"
    NOT_CONFIGURED = "channel not configured"
    RESTING = "way at rest"
    LOOP = "would loop"
    INTERRUPTED = "interrupted"
    NO_WORDS = "no words"
    TOO_LATE = "too late"


UNREACHED: Final = frozenset({
    Cause.LEFT, Cause.CONFIDENTIAL, Cause.NO_WAY, Cause.NOT_CONFIGURED, Cause.RESTING, Cause.LOOP, Cause.NO_WORDS,
    Cause.TOO_LATE,
})  # fmt: skip
"""With these a notice has ended and nobody got it. One that was interrupted may have arrived."""


class MessageStatus(StrEnum):
    """`open`: it grows. `closed`: it has its notices, and waits for a way (no channel) or for its channel."""

    OPEN = "open"
    CLOSED = "closed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class OfficerToReach(NamedTuple):
    """An officer as whoever decides sees them. `ways` in their order."""

    active: bool
    post: Post
    ways: Sequence[Reached]


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come. `rank`: the first of the officer's ways that was not tried yet. `channels`: those
    that it may use; None: any.
    """

    closes_at: datetime
    urgent: bool
    rank: int
    channels: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Go:
    rank: int
    channel: OfficerChannel


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class End:
    status: MessageStatus
    cause: Cause


@dataclass(frozen=True, slots=True)
class Leaving:
    """`at_hand`: the channels that are configured. `own`: our e-mail addresses, in lower case: a message to one of them
    would come back.
    """

    rules: SendingRules
    at_hand: Collection[OfficerChannel]
    own: Collection[str]

    @property
    def absent(self) -> list[OfficerChannel]:
        """The channels that are not configured."""
        return [one for one in OfficerChannel if one not in self.at_hand]

    def decide(
        self,
        message: Due,
        officer: OfficerToReach,
        sent_at: Mapping[OfficerChannel, Sequence[datetime]],
        resting: Collection[Reached],
        now: datetime,
    ) -> Go | Wait | End:
        """`sent_at`: when messages left to the officer, by channel. `resting`: ways that failed lately."""
        if not officer.active:
            return End(MessageStatus.WITHHELD, Cause.LEFT)
        if now >= message.closes_at + timedelta(hours=self.rules.given_up_after_h):
            return End(MessageStatus.FAILED, Cause.TOO_LATE)
        why = Cause.NO_WAY
        for rank, way in enumerate(officer.ways[message.rank :], start=message.rank):
            if message.channels is not None and way.channel not in message.channels:
                continue
            if obstacle := self._obstacle(way, resting):
                why = obstacle
                continue
            return self._when(message, officer.post, rank, way.channel, sent_at.get(way.channel, ()), now)
        return End(MessageStatus.FAILED, why)

    def _obstacle(self, way: Reached, resting: Collection[Reached]) -> Cause | None:
        if way.channel not in self.at_hand:
            return Cause.NOT_CONFIGURED
        if self._comes_back(way.address.casefold()):
            return Cause.LOOP
        return Cause.RESTING if way in resting else None

    def _comes_back(self, address: str) -> bool:
        name, at, _ = address.rpartition("@")
        return bool(at) and (address in self.own or name in self.rules.machines)

    def _when(
        self, message: Due, post: Post, rank: int, channel: OfficerChannel, sent_at: Sequence[datetime], now: datetime
    ) -> Go | Wait:
        if not message.urgent:
            for cause, at in (
                (Cause.QUIET, self.rules.out_of_quiet(now, channel, post)),
                (Cause.LIMIT, free_from(sent_at, now, self.rules.limits[channel])),
            ):
                if at > now:
                    return Wait(at, cause)
        return Go(rank, channel)
