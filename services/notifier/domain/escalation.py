"""What follows when nobody reads a fact that must be read: a chain of steps, each notified once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from services.contracts.event import deterministic_id
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import CONSUMER, OfficerNotice, Pressure, Subject, notice_id


class EscalationState(StrEnum):
    """`running` → `read`, by anybody who was notified; `done`: somebody acted on the subject;
    `exhausted`: nobody read it.

    Exhausted means that nobody is left to be notified.
    """

    RUNNING = "running"
    READ = "read"
    DONE = "done"
    EXHAUSTED = "exhausted"


class ChainTurn(NamedTuple):
    """One step as it was when the chain began: (unit, post), and how long it may stay unread."""

    posts: Sequence[tuple[str, Post]]
    within: timedelta


class Telling(NamedTuple):
    """What every step says, and how."""

    template: str
    values: Mapping[str, str | int | bool | None]
    pressure: Pressure
    digest_key: str
    channels: Sequence[OfficerChannel] | None


@dataclass(frozen=True, slots=True)
class Escalation:
    """The chain of one fact by one rule; a later edition of the rules changes nothing in it.

    `step` is the last that was notified; 0 are the first notices. `due_at`: when the next step follows; None: none
    does. `done_by`: the events of the subject that end it, too.
    """

    escalation_id: UUID
    event_id: UUID
    rule: str
    rule_version: int
    subject: Subject
    telling: Telling
    chain: Sequence[ChainTurn]
    done_by: Sequence[str]
    started_at: datetime
    due_at: datetime | None
    state: EscalationState = EscalationState.RUNNING
    step: int = 0
    ended_at: datetime | None = None

    def awaits(self, step: int) -> bool:
        """Whether the deadline of this step still counts."""
        return self.state is EscalationState.RUNNING and self.step == step

    @property
    def next_turn(self) -> ChainTurn | None:
        return self.chain[self.step] if self.step < len(self.chain) else None

    def stopped(self, now: datetime, state: EscalationState = EscalationState.READ) -> Self:
        """Somebody has read it, or has acted on the subject."""
        return replace(self, state=state, due_at=None, ended_at=now)

    def advanced(self, now: datetime, reached: int) -> Self:
        """The next step notified so many officers to whom a way leads; none: the one after it follows at once."""
        turn = self.next_turn
        if turn is None:
            return replace(self, state=EscalationState.EXHAUSTED, due_at=None, ended_at=now)
        return replace(self, step=self.step + 1, due_at=now + turn.within if reached else now)

    def notice(self, officer_id: UUID, unit: str, now: datetime) -> OfficerNotice:
        """Of the step that was notified last."""
        telling = self.telling
        return OfficerNotice(
            notice_id(self.event_id, officer_id, telling.template, self.step),
            officer_id,
            self.event_id,
            unit,
            self.subject,
            telling.template,
            telling.values,
            telling.pressure,
            telling.digest_key,
            self.rule,
            self.rule_version,
            now,
            read_within=self.chain[self.step - 1].within,
            step=self.step,
            channels=telling.channels,
        )


def escalation_id(event_id: UUID, rule: str) -> UUID:
    return deterministic_id(CONSUMER, f"{event_id}|{rule}", "escalation")
