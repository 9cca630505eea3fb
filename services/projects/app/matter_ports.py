"""What placing tickets without a registered estate needs from the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from services.chassis.database.work import Work
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.joining import JoiningStore
from services.projects.domain.likeness import Trace
from services.projects.domain.rules import RuleBook
from services.projects.domain.unplaced import Unplaced


class Matters(Protocol):
    """Whoever changes which ticket is of which matter holds `lock`, and takes it before all other locks."""

    def lock(self, work: Work) -> None:
        """One writer at a time: what a ticket joins depends on the tickets before it."""

    def any_of(self, work: Work, ticket_ids: Collection[str]) -> bool:
        """Whether the text of one of these tickets is kept."""

    def unplaced(self, work: Work, ticket_ids: Collection[str]) -> dict[str, Unplaced]:
        """What is kept of these tickets."""

    def keep_texts(self, work: Work, texts: Collection[Unplaced]) -> None:
        """Stores texts that have not been compared yet."""

    def keep_compared(self, work: Work, text: Unplaced, trace: Trace, sub_district: str | None) -> None:
        """Stores a ticket that is about to be compared with others."""

    def release(self, work: Work, ticket_id: str) -> None:
        """Takes the ticket out of its matter and out of comparisons."""

    def store_for(self, work: Work, call: Call, type_code: str, book: RuleBook) -> JoiningStore:
        """The store for joining this ticket; a matter that begins with it has its type and time."""

    def cell(self, work: Work, matter_id: str) -> Cell:
        """Where the calls of a matter are counted."""

    def newest_fingerprints(self, work: Work, most: int) -> Sequence[str]:
        """Fingerprints of compared tickets, the newest first."""


class Choices(Protocol):
    """What people said of a ticket and a matter."""

    def ticket(self, work: Work, ticket_id: str) -> tuple[Unplaced | None, bool]:
        """What is kept of a ticket, and whether it counts in a registered estate."""

    def choose(self, work: Work, ticket_id: str, matter_id: str, belongs: bool) -> None:
        """Stores the choice, which outranks every comparison, and moves the ticket."""
