"""What the use cases need from the outside. Each call runs in the transaction of `work` and does not commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.chassis.database.work import Work
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.project_events import ProjectEvent
from services.contracts.ticket_events import Place
from services.intake.domain.calls import CallResult
from services.intake.domain.deadline import Deadline
from services.intake.domain.dispatch import Catalogue, CatalogueEdit
from services.intake.domain.earlier_calls import EarlierCall
from services.intake.domain.follow_up import FollowUp, Stage
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.telling import TellingState, Way
from services.intake.domain.telling_plan import Cause
from services.intake.domain.ticket import Ticket

Authorise = Callable[[Ticket], None]
"""Raises Unknown for a ticket that the actor may not see, Forbidden for one that they may not act on."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Personal data of one request. Never logged, never in an event, only in the vault."""

    name: str | None
    phone: str | None
    text: str
    address: str | None
    source_id: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A new ticket, who records it, and its redacted text and address."""

    ticket: Ticket
    actor: str
    text: str
    address: str | None


class Tickets(Protocol):
    def draw_serials(self, work: Work, count: int) -> list[int]:
        """The last six digits of so many new tickets' numbers; no two of a million in a row are alike."""

    def add(self, work: Work, new_tickets: Sequence[NewTicket]) -> None:
        """Stores new tickets with their texts and their history."""

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        """The ticket, locked against other writers until the transaction ends; None if there is none."""

    def find(self, work: Work, ticket_id: str) -> Ticket | None:
        """The ticket without a lock, for facts that never change; None if there is none."""

    def find_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        """Those that exist, without a lock."""

    def lock_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        """Those that exist, locked in the order of their ids so that two transactions cannot deadlock."""

    def merged_into(self, work: Work, ticket_id: str) -> list[Ticket]:
        """The tickets that are linked to this one and not settled, locked."""

    def save(self, work: Work, tickets: Sequence[Ticket], history: Sequence[tuple[str, TicketHistoryEntry]]) -> None:
        """Stores tickets, each once, and the new entries of their history by ticket id."""

    def of_number(self, work: Work, number: str) -> str | None:
        """The id of the ticket with this number of 18 digits; None if there is none."""

    def of_city(self, work: Work, number: str) -> str | None:
        """The id of the ticket that the city filed under this number; None if it did not."""

    def numbers(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, str]:
        """The numbers of those that exist, by id."""

    def words(self, work: Work, ticket_id: str) -> tuple[str, str | None]:
        """The redacted text and address of an existing ticket."""


class Deadlines(Protocol):
    """The deadlines of tickets; the caller holds the tickets' locks."""

    def running(self, work: Work, ticket_ids: Collection[str]) -> list[Deadline]:
        """Those that nothing has stopped, by ticket and in the order in which they were started."""

    def in_doubt(self, work: Work, until: datetime, after: str | None, most: int) -> list[str]:
        """Tickets in the order of their ids, from the one after `after` on, at most `most`.

        Theirs are running or late deadlines that count a year the calendar did not know and end by `until`, pauses
        taken off.
        """

    def in_doubt_of(self, work: Work, ticket_ids: Collection[str]) -> list[Deadline]:
        """The running or late deadlines of these tickets that count a year the calendar did not know."""

    def save(self, work: Work, deadlines: Sequence[Deadline]) -> None:
        """Stores new and changed ones and sets the timers of their warnings and ends."""


class Catalogues(Protocol):
    def current(self, work: Work) -> Catalogue:
        """The dispatch catalogue in force."""

    def add(self, work: Work, catalogue: Catalogue, edits: Sequence[CatalogueEdit], actor: str, reason: str) -> bool:
        """Stores a next version, made by `edits`; False, and nothing stored, if somebody else made that version."""


class Estates(Protocol):
    def note(self, work: Work, places: Sequence[Place]) -> None:
        """Keeps the names of the places' estates, to find them in later calls' words. A known name stays as it is."""

    def registered(self, work: Work, places: Sequence[Place]) -> Mapping[str, Place]:
        """By estate, the places as they are registered now; without those that are not in the register."""


class PlaceNames(Protocol):
    def note(self, work: Work, named: Mapping[str, Sequence[str]]) -> None:
        """Keeps the names of places in the texts of tickets without a registered estate, by ticket id."""


class Repeats(Protocol):
    def open_of_callers(self, work: Work, tickets: Sequence[Ticket]) -> Mapping[str, Sequence[EarlierCall]]:
        """By ticket id, the earlier tickets of its caller with its type and estate that are within the window of L0 and
        still open. A ticket without any is left out."""


class Vault(Protocol):
    def keep(self, work: Work, callers: Sequence[tuple[str, str | None, Identity]]) -> None:
        """Seals personal data of (ticket_id, caller_ref) under each caller's own key; deleting it erases the person."""

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket."""


@dataclass(frozen=True, slots=True)
class Result:
    """A unit's result (docs/domain.md §2.5), redacted. None: the unit does not say."""

    public_answer: str
    unit_solved: bool
    reason: str | None = None
    handling: str | None = None
    matter_true: bool | None = None
    beyond_duty: bool | None = None


class Settlements(Protocol):
    def add(self, work: Work, ticket: Ticket, result: Result) -> None:
        """Stores the settlement just taken."""

    def add_visit(self, work: Work, ticket: Ticket) -> None:
        """Stores what the caller has just said; it stays when the unit does it again and the caller is asked anew."""


@dataclass(frozen=True, slots=True)
class KnownHotIssue:
    """What intake knows of a hot issue. `lead` is None until projects publishes it again; `accepted_at` is when its
    cure was complete, unless it was reopened since. `callers` are distinct ones; `reason` is that of the decision,
    redacted."""

    id: str
    number: str
    version: int
    state: str
    lead: str | None
    type_code: str
    place: Place
    project_id: str | None
    accepted_at: datetime | None
    decision: DecisionKind | None
    stage: Stage
    callers: int
    reason: str | None


class FollowUps(Protocol):
    """Follow-ups, and what is known of the hot issues and projects behind them."""

    def lock_all(self, work: Work) -> None:
        """Lets one transaction at a time change follow-ups, so that messages have the order of the commits."""

    def issue(self, work: Work, hot_issue_id: str) -> KnownHotIssue | None:
        """The newest version known."""

    def keep_issue(self, work: Work, issue: KnownHotIssue) -> None:
        """Stores the newest version."""

    def keep_project(self, work: Work, project: ProjectEvent) -> None:
        """Stores the state and dates of a project, unless a newer version is known."""

    def expect_project(self, work: Work, project_id: str, planned_start: date) -> None:
        """Stores when a project is to start, if nothing is known of it yet."""

    def project_state(self, work: Work, project_id: str) -> str | None:
        """The newest known; None for a project of which nothing is known."""

    def planned_start(self, work: Work, project_id: str) -> date | None:
        """The day on which the works are to start, as far as it is known."""

    def callers_of(self, work: Work, hot_issue_ids: Collection[str]) -> set[str]:
        """The caller_refs of all that follow any of these issues, without a lock."""

    def of_issue(self, work: Work, hot_issue_id: str) -> list[FollowUp]:
        """All of an issue, locked."""

    def of_caller(self, work: Work, hot_issue_id: str, caller_ref: str) -> FollowUp | None:
        """The one of this caller, locked."""

    def find(self, work: Work, hot_issue_id: str, caller_ref: str) -> FollowUp | None:
        """The one of this caller, without a lock."""

    def of_ticket(self, work: Work, ticket_id: str) -> FollowUp | None:
        """The newest that names this ticket, without a lock."""

    def lock(self, work: Work, follow_up_id: str) -> FollowUp | None:
        """The follow-up, locked against other writers until the transaction ends; None if there is none."""

    def lock_each(self, work: Work, follow_up_ids: Collection[str]) -> list[FollowUp]:
        """Those that exist, locked in the order of their ids."""

    def save(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        """Stores new and changed ones."""

    def queue_messages(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        """Adds a message for each caller to the call list, once for each round and stage."""

    def keep_call(self, work: Work, follow_up: FollowUp, actor: str, result: CallResult) -> None:
        """Stores the call just made in vain."""

    def keep_answer(self, work: Work, follow_up: FollowUp, actor: str, note: str | None) -> None:
        """Stores the answer just given, with its redacted note."""


@dataclass(frozen=True, slots=True)
class PlannedTelling:
    """A message to a person, or why there is none: `way` is None then. `person` is the caller_ref, or the ticket's id
    for an anonymous call. `facts` are those of `TellingWords`; `not_before` is business time."""

    person: str
    ticket_id: str
    hot_issue_id: str | None
    occasion: str
    occurrence: str
    facts: Mapping[str, Any]
    way: Way | None
    cause: Cause | None
    planned_at: datetime
    not_before: datetime

    @property
    def state(self) -> TellingState:
        return TellingState.WAITING if self.way else TellingState.WITHHELD


@dataclass(frozen=True, slots=True)
class EarlierMessage:
    """A message to a person: sent, or to be sent if it is still true then (`waits`); `at` is when."""

    ticket_id: str
    occasion: str
    occurrence: str
    at: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class EarlierMessages:
    """What was sent or is to be sent to a person since a moment, and whether they want no messages."""

    messages: Sequence[EarlierMessage] = ()
    stopped: bool = False


class Tellings(Protocol):
    def lock(self, work: Work, persons: Collection[str]) -> None:
        """Lets one transaction at a time plan for each of these persons, until it ends; taken in one order by all."""

    def earlier(self, work: Work, persons: Collection[str], since: datetime) -> Mapping[str, EarlierMessages]:
        """Messages to these persons; a person without any, who has stopped nothing, is left out."""

    def add(self, work: Work, planned: Sequence[PlannedTelling]) -> list[PlannedTelling]:
        """Stores them, once for each (person, occasion, occurrence); returns those that were not there before."""

    def stop(self, work: Work, person: str, *, stopped: bool) -> None:
        """Keeps that a person wants no messages any more, or wants them again."""
