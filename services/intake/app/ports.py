"""What the use cases need of the world. Each call works inside the transaction of `work` and commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.work import Work
from services.contracts.project_events import ProjectAdvanced, ProjectOpened
from services.contracts.ticket_events import Place
from services.intake.domain.city import MessageKind
from services.intake.domain.clock import Clock
from services.intake.domain.dispatch import Catalogue, Edit
from services.intake.domain.follow_up import FollowUp
from services.intake.domain.ticket import HistoryEntry, Ticket


@dataclass(frozen=True, slots=True)
class Identity:
    """Personal data of one request. Never logged, never in an event, only in the vault."""

    name: str | None
    phone: str | None
    text: str
    address: str | None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A new ticket, who takes it down, and its redacted text and address."""

    ticket: Ticket
    actor: str
    text: str
    address: str | None


class Tickets(Protocol):
    def add(self, work: Work, letters: Sequence[Letter]) -> None:
        """Stores new tickets with their texts and their history."""

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        """The ticket, held against other writers until the transaction ends; None if there is none."""

    def find(self, work: Work, ticket_id: str) -> Ticket | None:
        """The ticket as it stands, for what never changes of it; None if there is none."""

    def lock_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        """Those that there are, held like `lock` does, in the order of their ids so that nobody waits in a circle."""

    def merged_into(self, work: Work, ticket_id: str) -> list[Ticket]:
        """The tickets that are linked to this one and not settled, held."""

    def save(self, work: Work, ticket: Ticket) -> None:
        """Stores the ticket's facts and the new lines of its history."""

    def of_city(self, work: Work, number: str) -> str | None:
        """The id of the ticket that the city filed under this number; None if it did not."""

    def words(self, work: Work, ticket_id: str) -> tuple[str, str | None]:
        """The redacted text and address of a ticket that there is."""


class Clocks(Protocol):
    """The clocks of tickets; whoever uses them holds the tickets' locks."""

    def running(self, work: Work, ticket_ids: Collection[str]) -> list[Clock]:
        """Those that nothing has stopped, in the order in which they were started."""

    def save(self, work: Work, clocks: Sequence[Clock]) -> None:
        """Stores new and changed ones and sees to it that their moments come."""


class CityLine(Protocol):
    def tell(self, work: Work, ticket: Ticket, entry: HistoryEntry, kind: MessageKind) -> None:
        """Puts a step of a ticket of the city's among what it is told, as the transaction commits; in their order."""


class Catalogues(Protocol):
    def current(self, work: Work) -> Catalogue:
        """The dispatch catalogue as the hub has it now."""

    def add(self, work: Work, catalogue: Catalogue, edits: Sequence[Edit], actor: str, reason: str) -> bool:
        """Stores a next version, made by `edits`; False, and nothing stored, if somebody else made that version."""


class Estates(Protocol):
    def note(self, work: Work, place: Place) -> None:
        """Keeps the name of the place's estate, if it has one, for finding it in later calls' words."""


class Repeats(Protocol):
    def open_of_caller(self, work: Work, ticket: Ticket) -> list[str]:
        """Ids of earlier tickets of the same caller with the same type and estate, within the window of L0, whose
        matter is still open; the newest first."""


class Vault(Protocol):
    def keep(self, work: Work, callers: Sequence[tuple[str, str | None, Identity]]) -> None:
        """Seals personal data of (ticket_id, caller_ref) under each caller's own key; deleting it erases the person."""

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a unit hands in (domain.md §2.5), redacted. None: the unit does not say."""

    public_answer: str
    unit_solved: bool
    reason: str | None = None
    handling: str | None = None
    matter_true: bool | None = None
    beyond_duty: bool | None = None


class Settlements(Protocol):
    def add(self, work: Work, ticket: Ticket, result: Result) -> None:
        """Stores the settlement just taken."""


@dataclass(frozen=True, slots=True)
class HotIssue:
    """What intake knows of a hot issue. `accepted_at` is when its works were, while nothing has reopened it."""

    id: str
    version: int
    state: str
    type_code: str
    place: Place
    project_id: str | None
    accepted_at: datetime | None


class FollowUps(Protocol):
    """Follow-ups, and what is known of the hot issues and projects behind them."""

    def in_turn(self, work: Work) -> None:
        """Lets one transaction at a time move follow-ups: the messages' order is the order of the commits."""

    def issue(self, work: Work, hot_issue_id: str) -> HotIssue | None:
        """The newest version known."""

    def keep_issue(self, work: Work, issue: HotIssue) -> None:
        """Stores the newest version."""

    def keep_project(self, work: Work, project: ProjectOpened | ProjectAdvanced) -> None:
        """Stores what callers are told of a project, unless a newer version is known."""

    def of_issue(self, work: Work, hot_issue_id: str) -> list[FollowUp]:
        """All of an issue, locked."""

    def of_caller(self, work: Work, hot_issue_id: str, caller_ref: str) -> FollowUp | None:
        """The one of this caller, locked."""

    def lock(self, work: Work, follow_up_id: str) -> FollowUp | None:
        """The follow-up, held against other writers until the transaction ends; None if there is none."""

    def save(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        """Stores new ones and what changed of others."""

    def tell(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        """Puts each caller on the list of those to be told, once for each round and stage."""

    def keep_answer(self, work: Work, follow_up: FollowUp, actor: str, note: str | None) -> None:
        """Stores the answer just given, `note` redacted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Binds a client's Idempotency-Key to a ticket and to the request that `fingerprint` stands for."""

    client: str
    key: str
    fingerprint: bytes
    ticket_id: str


class Receipts(Protocol):
    def claim(self, work: Work, claims: Sequence[Claim]) -> list[str | None]:
        """The ticket that each key is bound to now: the claim's own, or the one it was bound to before.

        None when it was bound to another request. Waits for a concurrent claim of the same key.
        """


class KeyReused(ValueError):
    """An Idempotency-Key came again with another body."""
