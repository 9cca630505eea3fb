"""What intake and the classifier have said of one ticket, and where it counts because of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.classification_events import TicketReadAgain
from services.contracts.ticket_events import EVIDENCE_KINDS, Place, RequestKind, TicketReclassified, TicketRejected
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import (
    NO_EVIDENCE,
    Cell,
    Finding,
    Reading,
    TicketFact,
    finding_of,
    is_dissatisfied,
)

NOTHING_FOUND = Finding()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Keeps the newest statement of each source, so that the order of arrival does not matter.

    `for_few`: restricted, or about a department; it counts like any other, and is listed for the hub alone.
    The columns of ticket_sightings are computed by the same rules (store/tables.py).
    """

    ticket_id: str
    number: str | None = None
    ticket_version: int | None = None
    caller_ref: str | None = None
    occurred_at: datetime | None = None
    history: bool = False
    decided: Finding = NOTHING_FOUND
    by_person: bool = False
    merged: bool = False
    rejected: bool = False
    dissatisfied: bool = False
    for_few: bool = False
    text_version: int | None = None
    read: Finding = NOTHING_FOUND
    read_again: str | None = None

    def record_fact(self, fact: TicketFact) -> Sighting:
        """Takes over a newer fact; returns itself if it has one as new. A person's correction is never forgotten, nor
        the ticket's number, which older facts may lack."""
        by_person, number = self.by_person or isinstance(fact, TicketReclassified), self.number or fact.number
        if self.ticket_version is not None and self.ticket_version >= fact.version:
            known = (by_person, number) == (self.by_person, self.number)
            return self if known else replace(self, by_person=by_person, number=number)
        return replace(
            self,
            number=number,
            ticket_version=fact.version,
            caller_ref=fact.caller_ref,
            occurred_at=fact.occurred_at,
            history=fact.history or False,
            decided=finding_of(fact),
            by_person=by_person,
            merged=fact.merged_into is not None,
            rejected=isinstance(fact, TicketRejected),
            dissatisfied=is_dissatisfied(fact),
            for_few=bool(fact.restricted or fact.about_unit),
        )

    def record_reading(self, reading: Reading) -> Sighting:
        """Takes over the first reading of a newer text, or another model's reading of the same; else returns itself.

        Of several other models the one whose name sorts last wins, whatever the order of arrival.
        """
        again = reading.model_version if isinstance(reading, TicketReadAgain) else None
        if self.text_version is not None:
            newer = (reading.version, again or "") > (self.text_version, self.read_again or "")
            if not newer:
                return self
        return replace(
            self,
            text_version=reading.version,
            read=finding_of(reading),
            read_again=again,
        )

    @property
    def known_to_both(self) -> bool:
        """Both intake and a model have spoken of it."""
        return self.ticket_version is not None and self.text_version is not None

    @property
    def found(self) -> Finding:
        """What it is about. Ranked: a person's decision, another model's reading, the dispatch, the first reading.

        Each is taken as a whole: type and place from different sources would name a problem that nobody saw. A merged
        ticket counts where intake says.
        """
        return self.decided if self._is_decided else self.read

    @property
    def counted(self) -> Sighted | None:
        """The call, and the cell where it counts; None when it counts in none."""
        found = self.found
        if self.rejected or self.occurred_at is None or found.estate is None:
            return None
        if found.type_code is None or found.type_code in NO_EVIDENCE or not self._shows_a_problem(found):
            return None
        # Made for every event, of values that the events' own models have checked.
        place = Place.model_construct(
            sub_district=found.sub_district, estate=found.estate, estate_name=found.estate_name
        )
        call = Call(self.ticket_id, self.caller_ref, self.occurred_at, self.history, place)
        return Sighted(Cell(found.estate, found.type_code), call)

    @property
    def may_be_of_a_matter(self) -> bool:
        """Whether it can be evidence where no estate is registered, whatever its type."""
        if self.merged or self.rejected or self.found.estate is not None:
            return False
        return _is_evidence(self.decided.kind or self.read.kind)

    def _shows_a_problem(self, found: Finding) -> bool:
        other = self.read if self._is_decided else self.decided
        return _is_evidence(found.kind or other.kind)

    @property
    def _is_decided(self) -> bool:
        return self.by_person or self.merged or (self.read_again is None and self.decided.type_code is not None)


def _is_evidence(kind: RequestKind | None) -> bool:
    return kind is None or kind in EVIDENCE_KINDS
