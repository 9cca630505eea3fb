"""How long each clock of a ticket runs: f(type, kind, urgency, channel), as data (domain.md §2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from services.contracts.ticket_events import Channel, ClockOwner, RequestKind, TypeCode, Urgency
from services.intake.domain.steps import Step
from services.intake.domain.ticket import Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Limit(Protocol):
    """When a limit ends, and whether the calendar knew all the years in between."""

    @property
    def due(self) -> datetime: ...
    @property
    def calendar_known(self) -> bool: ...


WorkingDays = Callable[[datetime, int], Limit]
"""The end of the n-th working day after a moment, by the State Council calendar."""


class ClockKind(StrEnum):
    DISPATCH = "dispatch"
    CONTACT = "contact"
    ON_SITE = "on site"
    SETTLE = "settle"
    RETURN = "return"
    ADJUDICATE = "adjudicate"
    SUPERVISE = "supervise"
    REDO = "redo"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClockRule(_Row):
    """What starts and stops a clock, and what its end means."""

    starts: tuple[Step, ...]
    stops: tuple[Step, ...]
    voids: tuple[Step, ...] = ()
    ends: Literal["breach", "lapse"]
    owner: ClockOwner


class When(_Row):
    """Facts that must all hold; a fact that is not named may be anything."""

    type: tuple[TypeCode, ...] = ()
    kind: tuple[RequestKind, ...] = ()
    urgency: tuple[Urgency, ...] = ()
    channel: tuple[Channel, ...] = ()


class Length(_Row):
    hours: PositiveInt | None = None
    calendar_days: PositiveInt | None = None
    working_days: PositiveInt | None = None
    source: str

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(length is not None for length in (self.hours, self.calendar_days, self.working_days)) != 1:
            raise ValueError("give one of hours, calendar_days, working_days")
        return self

    def end(self, start: datetime, working_days: WorkingDays) -> tuple[datetime, bool]:
        """When a clock that starts at `start` ends, and whether the calendar knew the years up to then.

        Days do not count the day of the start (Civil Code art. 201).
        """
        if self.hours:
            return start + timedelta(hours=self.hours), True
        if self.calendar_days:
            after = start.astimezone(SHANGHAI).date() + timedelta(days=self.calendar_days + 1)
            return datetime.combine(after, time.min, SHANGHAI).astimezone(start.tzinfo), True
        assert self.working_days
        limit = working_days(start, self.working_days)
        return limit.due, limit.calendar_known


class LimitRule(Length):
    clock: ClockKind
    when: When = When()

    @property
    def id(self) -> str:
        """Names the rule in a clock's record: the clock and what the rule is for."""
        facts = [value for values in self.when.model_dump(mode="json").values() for value in values]
        return " ".join((self.clock, *facts))


class ClockRules(_Row):
    """The whole table. `version` names it in each clock that was started by it."""

    version: PositiveInt
    warn_at: Annotated[float, Field(gt=0, lt=1)]
    clocks: Mapping[ClockKind, ClockRule]
    limits: Sequence[LimitRule]
    extended: Length

    @model_validator(mode="after")
    def _whole(self) -> Self:
        lacking = set(ClockKind) - self.clocks.keys()
        if lacking:
            raise ValueError(f"clocks: {', '.join(sorted(lacking))} missing")
        return self

    @cached_property
    def moved_by(self) -> frozenset[Step]:
        """The steps that start, stop or void a clock."""
        return frozenset(step for rule in self.clocks.values() for step in (*rule.starts, *rule.stops, *rule.voids))

    def limit_of(self, clock: ClockKind, ticket: Ticket, usual_kind: RequestKind | None) -> LimitRule | None:
        """The first row that fits; None: this ticket has no such clock. `usual_kind` is its type's."""
        facts = {
            "type": ticket.type_code,
            "kind": ticket.kind or usual_kind,
            "urgency": ticket.urgency,
            "channel": ticket.channel,
        }
        for rule in self.limits:
            if rule.clock is clock and all(
                not allowed or facts[name] in allowed for name, allowed in rule.when
            ):
                return rule
        return None
