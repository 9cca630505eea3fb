"""Where consultations are kept. A call works inside the transaction of `work`; it commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from services.chassis.database.work import Work
from services.projects.app.consultation.electors import Electors
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.codes import Holder
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.electorate import Electorate
from services.projects.domain.consultation.meetings import Meeting, ProjectOpinion
from services.projects.domain.consultation.register_check import Difference
from services.projects.domain.consultation.sales import Sale
from services.projects.domain.works.consulted import Consulted

OWNER = "owner"
"""Who acts when an owner votes by a code: nobody is named."""


class Chain(NamedTuple):
    """How far the chain of ballots has come. `begin`: what the first hangs on; None before the notice."""

    begin: str | None
    ballots: int
    last: str | None


class ChainedBallot(NamedTuple):
    """A ballot as it stands in the chain."""

    ballot: Ballot
    previous: str
    hash: str


class DeliveredBy(StrEnum):
    """How a ballot reached its owner."""

    HAND = "hand"
    LETTER_BOX = "letter_box"
    POST = "post"
    MESSAGE = "message"


class Delivery(NamedTuple):
    """A ballot that was handed to the owner of a part. `warned`: it said what silence means."""

    part_id: str
    at: datetime
    warned: bool
    evidence: str
    how: DeliveredBy = DeliveredBy.HAND


class ChainedSale(NamedTuple):
    """`id` is the client's own."""

    id: str
    sale: Sale
    previous: str
    hash: str


class Look(NamedTuple):
    """Somebody of the counting party saw how the vote stood while it was open. `ballots`: how many there were."""

    at: datetime
    actor: str
    ballots: int


class ByHand(NamedTuple):
    """Which ballots are asked for: entered `after` a moment, electronic ones only where no other system held the vote;
    or as more than the so many first. `most`: no more than these."""

    after: datetime
    held_elsewhere: bool
    more_than: int
    most: int


class IssuedCode(NamedTuple):
    """`hashed` alone is kept of the code. `why`: of a code in place of another."""

    holder: Holder
    issue: int
    hashed: str
    why: str | None


class IssueTrace(NamedTuple):
    """The last code that was issued to a holder; `at` and `actor` are unknown of the oldest."""

    issue: int
    at: datetime | None
    actor: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """`row` from 1, as it was sent. `reason`: a code; blank of the oldest imports."""

    row: int
    field: str
    why: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an import: the same answer each time it is sent."""

    rows: int
    taken: int
    rejected: tuple[RejectedRow, ...]


class ConsultationBook(Protocol):
    def project_of(self, work: Work, consultation_id: str) -> str | None: ...

    def next_ordinal(self, work: Work, project_id: str) -> int:
        """Of a consultation that is drafted; the project is locked."""

    def has_further_round(self, work: Work, consultation_id: str) -> bool:
        """Whether a round of it was drafted that is not annulled."""

    def lock(self, work: Work, consultation_id: str) -> Consultation | None: ...

    def of_code(self, work: Work, hashed: str) -> tuple[str, Holder, datetime | None] | None:
        """The consultation and the holder of a code that no later one replaces, and when it was issued."""

    def save(self, work: Work, consultation: Consultation, *, with_items: bool = False) -> None:
        """With its new entries; they are taken from it."""

    def keep_electors(self, work: Work, consultation_id: str, electors: Electors) -> None:
        """In place of those that were there."""

    def electors(self, work: Work, consultation: Consultation) -> Electors:
        """With the references of owners, never their names."""

    def differences(self, work: Work, consultation_id: str) -> list[Difference]:
        """From the register, in the order of the parts."""

    def keep_codes(self, work: Work, consultation_id: str, codes: Sequence[IssuedCode], done: Done) -> None: ...

    def codes(self, work: Work, consultation_id: str) -> dict[Holder, IssueTrace]: ...

    def sales(self, work: Work, consultation_id: str) -> list[ChainedSale]:
        """In the order in which they were entered."""

    def add_sale(self, work: Work, consultation_id: str, sale: ChainedSale) -> None: ...

    def note_look(self, work: Work, consultation_id: str, look: Look) -> None:
        """The first of one person at so many ballots stays."""

    def first_look(self, work: Work, consultation_id: str) -> Look | None: ...

    def electorate(self, work: Work, consultation_id: str) -> Electorate: ...

    def chain(self, work: Work, consultation_id: str) -> Chain: ...

    def begin_chain(self, work: Work, consultation: Consultation, begin: str) -> None:
        """With the rules as they are announced."""

    def append(self, work: Work, consultation_id: str, links: Sequence[ChainedBallot], done: Done) -> None:
        """One statement for the ballots, one for the end of the chain."""

    def ballots(self, work: Work, consultation_id: str) -> list[Ballot]:
        """In the order of their arrival, as far as a count needs them: without text, evidence and proxy."""

    def links(self, work: Work, consultation_id: str) -> list[ChainedBallot]:
        """The ballots as they stand in their chain."""

    def answered(
        self, work: Work, consultation_id: str, part_ids: Collection[str]
    ) -> dict[tuple[str, str], list[Ballot]]:
        """Answers that were given for these parts, by part and item."""

    def import_of(self, work: Work, consultation_id: str, import_id: str) -> tuple[str, Taken] | None:
        """The hash of what was sent with this id, and what became of it."""

    def keep_import(
        self, work: Work, consultation_id: str, import_id: str, sent: str, taken: Taken, done: Done
    ) -> None: ...

    def deliver(self, work: Work, consultation_id: str, deliveries: Sequence[Delivery], done: Done) -> int:
        """How many are new. The first delivery of a part stays."""

    def deliveries(self, work: Work, consultation_id: str) -> list[Delivery]:
        """In the order of the parts."""

    def entered_by_hand(self, work: Work, consultation_id: str, asked: ByHand) -> list[Ballot]:
        """Answers that were not cast by a code, in the order of their arrival."""

    def latest(self, work: Work, consultation_id: str, most: int) -> list[Ballot]:
        """The answers that were entered last, the newest first."""

    def warned(self, work: Work, consultation_id: str) -> list[Delivery]:
        """Of those who were informed of what silence means."""

    def keep_results(
        self, work: Work, consultation_id: str, results: Sequence[Mapping[str, Any]], seal: Mapping[str, Any]
    ) -> None: ...

    def results(self, work: Work, consultation_id: str) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
        """As they were counted, in the order of the items, and their seal; None before the count."""

    def hold_meeting(self, work: Work, project_id: str, meeting: Meeting, done: Done) -> bool:
        """Whether it is new. One of the same id is left as it is, whatever project it is of."""

    def opinions(self, work: Work, project_id: str) -> list[ProjectOpinion]: ...

    def meetings(self, work: Work, project_id: str) -> list[Meeting]: ...

    def save_opinion(self, work: Work, project_id: str, opinion: ProjectOpinion, done: Done) -> bool:
        """Whether it is there now: False for an id that another project has."""

    def consulted(self, work: Work, project_id: str) -> Consulted: ...
