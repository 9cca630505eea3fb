"""How messages to callers are sent: retries, the next channel, and the effect of a gateway's receipt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.domain.calls import Calling, CallKind
from services.intake.domain.telling import TellingState, Way
from services.intake.domain.ticket import UNREACHED_ENOUGH


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Retrying(_Rules):
    """When a message is tried again, in real time."""

    first_s: float = Field(ge=0)
    longest_s: float = Field(ge=0)
    attempts: int = Field(ge=1)
    longest_retry_after_s: float = Field(ge=0)

    def wait_s(self, attempts: int, share: float, asked_s: float | None = None) -> float | None:
        """Seconds until the next attempt, after `attempts` have failed; None when that was the last.

        `asked_s` is the gateway's Retry-After. `share`, from 0 to 1, is the jitter: a wait of ours is between half of
        it and the whole, one that the gateway asks for is never shorter.
        """
        if attempts >= self.attempts:
            return None
        if asked_s is not None:
            return min(asked_s, self.longest_retry_after_s) * (1 + share / 10)
        doubled = self.first_s * float(2 ** min(attempts - 1, 30))
        return min(self.longest_s, doubled) * (1 + share) / 2


class SendingRules(_Rules):
    """The table `data/sending.yaml`."""

    retry: Retrying
    passing_statuses: frozenset[int]
    next_way: Mapping[Way, Way]
    calls: Mapping[CallKind, Calling]
    link_days: float = Field(gt=0)

    @model_validator(mode="after")
    def _ends(self) -> SendingRules:
        """Every way ends somewhere."""
        for way in self.next_way:
            seen = {way}
            following = self.next_way.get(way)
            while following:
                if following in seen:
                    raise ValueError(f"next_way goes round in a circle at {following}")
                seen.add(following)
                following = self.next_way.get(following)
        return self

    @model_validator(mode="after")
    def _every_call(self) -> SendingRules:
        if missing := set(CallKind) - self.calls.keys():
            raise ValueError(f"calls lack {', '.join(sorted(missing))}; add a row for each")
        if self.calls[CallKind.VISIT].tries < UNREACHED_ENOUGH:
            raise ValueError(f"calls.visit.tries: a ticket is archived after {UNREACHED_ENOUGH} tries in vain at least")
        return self

    @property
    def link_lasts(self) -> timedelta:
        return timedelta(days=self.link_days)


def _every_way(_: str) -> Collection[Way]:
    return frozenset(Way)


@dataclass(frozen=True, slots=True)
class NextWay:
    """Where a message goes that cannot reach its person by a way: the next that is `at_hand` and that its occasion
    allows."""

    rules: SendingRules
    at_hand: Collection[Way]
    allowed: Callable[[str], Collection[Way]] = _every_way

    def __call__(self, way: Way, occasion: str) -> Way | None:
        """None if there is none."""
        after = self.rules.next_way.get(way)
        if after is None or (after in self.at_hand and after in self.allowed(occasion)):
            return after
        return self(after, occasion)


class GatewayReceipt(StrEnum):
    """What a gateway reports of a message that it took."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


_ON_ITS_WAY: Final = frozenset({TellingState.WAITING, TellingState.SENDING, TellingState.SENT, TellingState.UNSURE})
TAKEN_BY_RECEIPT: Final[Mapping[GatewayReceipt, frozenset[TellingState]]] = {
    GatewayReceipt.DELIVERED: _ON_ITS_WAY,
    GatewayReceipt.READ: _ON_ITS_WAY | {TellingState.DELIVERED},
    GatewayReceipt.FAILED: _ON_ITS_WAY | {TellingState.DELIVERED},
}
"""The states in which a receipt counts; what is older than what is known changes nothing.

A receipt may come before the gateway's answer does, so a message that waits to be tried again is among them: the
gateway has it.
"""


class NotSentCause(StrEnum):
    """Why a message was not sent, or not by a way; a gateway's own code or answer may stand in place of these."""

    ERASED = "erased"
    NO_ADDRESS = "no address"
    NO_LINK = "no link"
    NO_WORDS = "no words"
    INTERRUPTED = "interrupted"
    GATEWAY_DOWN = "gateway down"
