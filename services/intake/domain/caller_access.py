"""Who may read who a caller is. This is the only place that decides it: routes and pages ask here (ADR 35)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from services.intake.domain.scope import TicketScope, Watched
from services.intake.domain.steps import TicketState


class CallerReader(StrEnum):
    """As what somebody asks who a caller is. `hub-reader` is of the hub and an identity reader, `identity-reader` an
    identity reader outside the hub."""

    LEAD = "lead"
    ASSIGNEE = "assignee"
    HUB = "hub"
    IDENTITY_READER = "identity-reader"
    HUB_READER = "hub-reader"


class ReadingPurpose(StrEnum):
    """What a caller's data is needed for (docs/domain.md §9: tied to a purpose).

    `STATUS_CODE` gives the code by which the caller looks the ticket up, and nothing of the caller.
    """

    FIRST_CONTACT = "first contact"
    TELLING = "telling"
    HANDLING = "on site"
    VISIT = "visit back"
    FOLLOW_UP = "follow-up"
    CORRECTION = "correction"
    REQUEST = "own request"
    STATUS_CODE = "status code"
    AUDIT = "audit"


class ReadingOutcome(StrEnum):
    """`read`: the data was given. `gone`: it was erased before. `refused`: not for this reader, purpose or state.
    `too often`: the person has read as often as anybody may."""

    READ = "read"
    GONE = "gone"
    REFUSED = "refused"
    TOO_OFTEN = "too often"


class WatchedCaller(Watched, Protocol):
    """What decides who may know the caller of a ticket."""

    @property
    def state(self) -> TicketState | str | None: ...
    @property
    def confidential(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ReaderRule:
    """`states` None: in each."""

    states: Collection[TicketState] | None
    confidential: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class ReadingLimit:
    times: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who asks: what they see as `scope` says, and whether they hold the two roles."""

    scope: TicketScope
    hub: bool
    identity_reader: bool

    def sees(self, ticket: Watched) -> bool:
        """Whether the ticket exists for them, apart from its caller; an identity reader is shown each that is not
        restricted. The hub sees all but those about a unit of the person's own."""
        if ticket.about_unit is not None and ticket.about_unit in self.scope.units:
            return False
        return self.hub or self.scope.holds(ticket) or (self.identity_reader and not ticket.restricted)

    def readers(self, ticket: Watched) -> Iterator[CallerReader]:
        """As what they may ask about this ticket, the one with most rights first."""
        if self.hub:
            yield CallerReader.HUB_READER if self.identity_reader else CallerReader.HUB
        elif self.identity_reader:
            yield CallerReader.IDENTITY_READER
        if self.scope.subject and ticket.assignee == self.scope.subject:
            yield CallerReader.ASSIGNEE
        if ticket.lead is not None and ticket.lead in self.scope.departments:
            yield CallerReader.LEAD


@dataclass(frozen=True, slots=True)
class CallerAccess:
    """The table of `data/caller_access.yaml`."""

    readers: Mapping[CallerReader, ReaderRule]
    purposes: Mapping[ReadingPurpose, frozenset[CallerReader]]
    limits: Sequence[ReadingLimit]

    def reader_for(self, asker: Asker, ticket: WatchedCaller, purpose: ReadingPurpose) -> CallerReader | None:
        """As what they may read the caller for this purpose; None if they may not."""
        if not asker.sees(ticket):
            return None
        return next((one for one in asker.readers(ticket) if self._may(one, ticket, purpose)), None)

    def purposes_for(self, asker: Asker, ticket: WatchedCaller) -> list[ReadingPurpose]:
        """The purposes that they may name; empty if they may not read the caller."""
        return [purpose for purpose in ReadingPurpose if self.reader_for(asker, ticket, purpose)]

    def for_units(self, purpose: ReadingPurpose) -> bool:
        """Whether a unit may read callers for it at all."""
        return not self.purposes[purpose].isdisjoint((CallerReader.LEAD, CallerReader.ASSIGNEE))

    def searcher(self, asker: Asker, purpose: ReadingPurpose) -> CallerReader | None:
        """As what they may look for a caller's tickets by the telephone; None if they may not."""
        reader = {
            (True, True): CallerReader.HUB_READER,
            (True, False): CallerReader.HUB,
            (False, True): CallerReader.IDENTITY_READER,
        }.get((asker.hub, asker.identity_reader))
        return reader if reader in self.purposes[purpose] else None

    def _may(self, reader: CallerReader, ticket: WatchedCaller, purpose: ReadingPurpose) -> bool:
        rule = self.readers[reader]
        return (
            reader in self.purposes[purpose]
            and (rule.states is None or ticket.state in rule.states)
            and (rule.confidential or not ticket.confidential)
            and (rule.restricted or not ticket.restricted)
        )
