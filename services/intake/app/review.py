"""What a person says a ticket is: confirmed or corrected, dispatched by hand; the classifier learns from it."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.work import Work
from services.contracts.departments import departments
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import (
    Place,
    RequestKind,
    TicketDispatched,
    TicketReclassified,
    Urgency,
)
from services.intake.app.commands import Authorise, Unfit
from services.intake.app.desk import Desk, Said
from services.intake.app.ports import Catalogues
from services.intake.domain.dispatch import Dispatch
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Correction:
    """None: as it was. `place` whole: what it does not name is not known."""

    type_code: str | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class ReviewTicket:
    """Each raises Unknown, Conflict, IllegalStep, Unfit, and what `authorise` does."""

    desk: Desk
    taxonomy: Taxonomy
    catalogues: Catalogues

    def reclassify(
        self, work: Work, ticket_id: str, said: Said, correction: Correction, authorise: Authorise
    ) -> None:
        """Confirms or corrects; who has the ticket keeps it. What is linked to it counts where it counts now."""
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        words = self.desk.redacted(work, ticket, said.words)
        confirmed = self._reclassify(work, ticket, said.actor, words, correction)
        self.desk.keep(work, ticket, TicketReclassified, confirmed=confirmed)
        for linked in self.desk.tickets.merged_into(work, ticket_id):
            linked.reclassify(work.clock.now(), said.actor, f"follows {ticket_id}")
            self.desk.keep(work, linked, TicketReclassified, confirmed=False)

    def dispatch(
        self,
        work: Work,
        ticket_id: str,
        said: Said,
        correction: Correction,
        lead: str | None,
        authorise: Authorise,
    ) -> None:
        """A ticket in review goes to `lead`, or to the catalogue's unit for what it is now."""
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        if correction.type_code is None:
            raise Unfit("type_code", "is missing: name one of the catalogue's types")
        words = self.desk.redacted(work, ticket, said.words)
        confirmed = self._reclassify(work, ticket, said.actor, words, correction)
        self.desk.tell(work, ticket, TicketReclassified, confirmed=confirmed)
        units = self._units(work, ticket, lead)
        ticket.dispatch(work.clock.now(), said.actor, units.lead, units.co_handlers, f"{units.lead}: {words}")
        self.desk.keep(work, ticket, TicketDispatched)

    def _reclassify(self, work: Work, ticket: Ticket, actor: str, words: str, correction: Correction) -> bool:
        """Whether it was as it had been read."""
        if correction.type_code and correction.type_code not in self.taxonomy.types:
            raise Unfit("type_code", f"{correction.type_code} is none of the catalogue's types; take one of them")
        confirmed = ticket.reclassify(
            work.clock.now(),
            actor,
            words,
            type_code=correction.type_code,
            kind=correction.kind,
            place=correction.place,
            urgency=correction.urgency,
        )
        if ticket.type_code is None:
            raise Unfit("type_code", "is missing: nothing has been read out of this ticket yet")
        work.after_commit(metrics.TICKET_OVERRULES.labels("confirmed" if confirmed else "corrected").inc)
        return confirmed

    def _units(self, work: Work, ticket: Ticket, lead: str | None) -> Dispatch:
        assert ticket.type_code
        sub_district = ticket.place.sub_district if ticket.place else None
        if lead is not None and lead not in departments():
            raise Unfit("lead", f"{lead} is no department; take a code of the catalogue's")
        units = self.catalogues.current(work).units(ticket.type_code, sub_district)
        if lead is not None:
            helpers = units.co_handlers if units else self.taxonomy.types[ticket.type_code].co_handlers_at(sub_district)
            return Dispatch(lead, helpers)
        if units is None:
            raise Unfit("lead", "is missing: the type is the sub-district office's, and the place is not known")
        return units
