"""Which officers are notified of which facts, and the chain if nobody reads: the rule sets of `data/routing.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.contracts.data_files import DataRow
from services.contracts.districts import SHANGHAI
from services.contracts.event import Event
from services.contracts.ticket_events import DepartmentCode, TicketDispatched
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import Pressure
from services.notifier.domain.routing import FACTS, Addressee
from services.notifier.domain.trigger import Fact, Trigger

TRIGGERS: Final[Mapping[str, type[Event]]] = {**FACTS, TicketDispatched.type: TicketDispatched}
"""The events that officers may be notified of, by type."""

Posts = Annotated[tuple[Post, ...], Field(min_length=1)]
Limit = Annotated[timedelta, Field(gt=timedelta(0))]


class Together(StrEnum):
    """What goes in one message: all notices of a rule; those of one type at one estate; those of one subject."""

    RULE = "rule"
    MATTER = "matter"
    SUBJECT = "subject"


class ChainStep(DataRow):
    """Who is notified next, and how long that may stay unread before the step after it."""

    of: Addressee
    post: Post
    within: Limit


class TellingRule(Trigger):
    """`to`, `named`: the posts at the units of the fact, and at units by their codes. `channels`: the ways that it may
    use; without it, each officer's own. `read_within`: how long it may stay unread before `chain` begins. `done_by`:
    events of the same subject that end the chain, too, since somebody acted.
    """

    rule: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,60}$")]
    to: Mapping[Addressee, Posts] = {}
    named: Mapping[DepartmentCode, Posts] = {}
    template: str
    pressure: Pressure = Pressure.NORMAL
    together: Together = Together.RULE
    channels: Annotated[tuple[OfficerChannel, ...], Field(min_length=1)] | None = None
    read_within: Limit | None = None
    chain: tuple[ChainStep, ...] = ()
    done_by: tuple[str, ...] = ()

    @property
    def presses(self) -> tuple[bool, bool, str]:
        """Sorts rules that tell one officer of one fact: the first is the one that tells."""
        return not self.chain, self.pressure is not Pressure.URGENT, self.rule


class RuleSet(DataRow):
    """One edition. It applies to what happens from the beginning of a day on until the next one does."""

    version: Annotated[int, Field(ge=1)]
    effective_from: date
    rules: tuple[TellingRule, ...]

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.effective_from, time(), SHANGHAI)

    def fitting(self, fact: Fact) -> list[TellingRule]:
        return [rule for rule in self.rules if rule.fits(fact)]


@dataclass(frozen=True, slots=True)
class TellingRules:
    """All editions, the oldest first. Version and date rise from each to the next (ValueError if not)."""

    editions: Sequence[RuleSet]

    def __post_init__(self) -> None:
        for older, newer in pairwise(self.editions):
            if newer.version <= older.version or newer.effective_from <= older.effective_from:
                raise ValueError(
                    f"version {newer.version} must have a higher number and a later day than version {older.version}"
                )

    def in_force(self, at: datetime) -> RuleSet | None:
        """None before the first edition: nobody is notified by name."""
        return next((one for one in reversed(self.editions) if one.begins <= at), None)

    @property
    def events(self) -> frozenset[type[Event]]:
        """The events of which any edition tells somebody, and those that end a chain."""
        return frozenset(
            TRIGGERS[event] for one in self.editions for rule in one.rules for event in (rule.event, *rule.done_by)
        )
