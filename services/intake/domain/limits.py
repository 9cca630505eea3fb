"""How long each deadline of a ticket runs, by type, kind, urgency and channel: the rules (docs/domain.md §2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from services.contracts.clock_events import ClockOwner
from services.contracts.ticket_events import Channel, RequestKind, TypeCode, Urgency
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
EXTENDED = "extended"
"""The name of the rule in the record of a deadline that was extended."""


class WorkingDayLimit(Protocol):
    """The end of a limit, and whether the calendar knew all the years in between."""

    @property
    def due(self) -> datetime: ...
    @property
    def calendar_known(self) -> bool: ...


WorkingDays = Callable[[datetime, int], WorkingDayLimit]
"""The end of the n-th working day after a moment, by the State Council calendar."""


class DeadlineKind(StrEnum):
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


class DeadlineRule(_Row):
    """The steps that start, stop and void a deadline, and what its end means: a breach, or a right that lapses.

    `uses`: those of `stops` by which a right is used; with any other it lapses.
    """

    starts: tuple[TicketStep, ...]
    stops: tuple[TicketStep, ...]
    voids: tuple[TicketStep, ...] = ()
    uses: tuple[TicketStep, ...] = ()
    ends: Literal["breach", "lapse"]
    owner: ClockOwner

    @model_validator(mode="after")
    def _right_is_used_by_a_stop(self) -> Self:
        if (self.ends == "lapse") != bool(self.uses) or not set(self.uses) <= set(self.stops):
            raise ValueError("uses: name those of `stops` that use the right, for a clock that ends with lapse alone")
        return self


class When(_Row):
    """Facts of the ticket that must all match; one that is not named matches everything."""

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
        """The end of a deadline that starts at `start`, and whether the calendar knew the years up to it.

        The day of the start does not count (Civil Code art. 201).
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
    clock: DeadlineKind
    when: When = When()

    @property
    def id(self) -> str:
        """The name of the rule in a deadline's record: the kind of the deadline and the facts that the rule is for."""
        facts = [value for values in self.when.model_dump(mode="json").values() for value in values]
        return " ".join((self.clock, *facts))


class DeadlineRules(_Row):
    """The whole table. Every deadline records the `version` that started it."""

    version: PositiveInt
    warn_at: Annotated[float, Field(gt=0, lt=1)]
    clocks: Mapping[DeadlineKind, DeadlineRule]
    limits: Sequence[LimitRule]
    extended: Length

    @model_validator(mode="after")
    def _whole(self) -> Self:
        lacking = set(DeadlineKind) - self.clocks.keys()
        if lacking:
            raise ValueError(f"clocks: {', '.join(sorted(lacking))} missing")
        return self

    @cached_property
    def moved_by(self) -> frozenset[TicketStep]:
        """The steps that start, stop or void any deadline."""
        return frozenset(step for rule in self.clocks.values() for step in (*rule.starts, *rule.stops, *rule.voids))

    def length_of(self, rule: str) -> Length | None:
        """By the name in a deadline's record; None if the table has no such rule any more."""
        return self.extended if rule == EXTENDED else next((one for one in self.limits if one.id == rule), None)

    def limit_of(self, clock: DeadlineKind, ticket: Ticket, usual_kind: RequestKind | None) -> LimitRule | None:
        """The first rule that matches; None if this ticket has no such deadline. `usual_kind` is its type's."""
        facts = {
            "type": ticket.type_code,
            "kind": ticket.kind or usual_kind,
            "urgency": ticket.urgency,
            "channel": ticket.channel,
        }
        for rule in self.limits:
            if rule.clock is clock and all(not allowed or facts[name] in allowed for name, allowed in rule.when):
                return rule
        return None
