"""A person confirms or corrects what a ticket is, or dispatches it by hand; the classifier learns from it."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.departments import departments
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import (
    Place,
    RequestKind,
    TicketDispatched,
    TicketReclassified,
    Urgency,
)
from services.intake.app.ports import Authorise, Catalogues
from services.intake.app.ticket_desk import Command, TicketChanges, TicketDesk
from services.intake.domain.dispatch import Dispatch
from services.intake.domain.dispatched_ticket import NOBODY
from services.intake.domain.scope import may_have
from services.intake.domain.step_causes import after_review
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Correction:
    """None leaves the value as it was. A place replaces the whole old one: what it does not name is unknown.

    `about_unit` is the department that the ticket is about, or NOBODY.
    """

    type_code: str | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    about_unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewTicket:
    """Each call raises Unknown, Conflict, IllegalTicketStep, Unfit, and what `authorise` raises."""

    desk: TicketDesk
    taxonomy: Taxonomy
    catalogues: Catalogues

    def reclassify(
        self, work: Work, ticket_id: str, command: Command, correction: Correction, authorise: Authorise
    ) -> None:
        """Confirms or corrects; the unit keeps the ticket. Tickets linked to it are published with the new type."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        merged = self.desk.tickets.merged_into(work, ticket_id)
        for one in (ticket, *merged):
            if correction.about_unit and not may_have(one.lead, correction.about_unit):
                why = f"leads {one.id}: send that ticket to another unit first, then say whom it is about"
                raise Unfit("about_unit", f"{one.lead} {why}")
        words = self.desk.redacted(work, ticket, command.words)
        confirmed = self._reclassify(work, ticket, command.actor, words, correction)
        self.desk.save_and_publish(work, ticket, TicketReclassified, confirmed=confirmed)
        for linked in merged:
            linked.reclassify_like(work.clock.now(), command.actor, ticket)
            self.desk.save_and_publish(work, linked, TicketReclassified, confirmed=False)

    def dispatch(
        self,
        work: Work,
        ticket_id: str,
        command: Command,
        correction: Correction,
        lead: str | None,
        authorise: Authorise,
    ) -> None:
        """Dispatches a ticket in review to `lead`, or to the catalogue's unit for its corrected type and place."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        reviewed = ticket.review_reason
        if correction.type_code is None:
            raise Unfit("type_code", "is missing: name one of the catalogue's types")
        words = self.desk.redacted(work, ticket, command.words)
        changes = TicketChanges(self.desk, work)
        confirmed = self._reclassify(work, ticket, command.actor, words, correction)
        changes.add(ticket, TicketReclassified, confirmed=confirmed)
        units = self._units(work, ticket, lead)
        ticket.dispatch(work.clock.now(), command.actor, units.lead, units.co_handlers, words)
        changes.add(ticket, TicketDispatched, cause=after_review(reviewed))
        changes.save()

    def _reclassify(self, work: Work, ticket: Ticket, actor: str, words: str, correction: Correction) -> bool:
        """Returns whether the person confirmed the classifier's type."""
        if correction.type_code and correction.type_code not in self.taxonomy.types:
            raise Unfit("type_code", f"{correction.type_code} is none of the catalogue's types; take one of them")
        if correction.about_unit and correction.about_unit not in (NOBODY, *departments()):
            raise Unfit("about_unit", f"{correction.about_unit} is no department; take a code of the catalogue's")
        confirmed = ticket.reclassify(
            work.clock.now(),
            actor,
            words,
            type_code=correction.type_code,
            kind=correction.kind,
            place=self._redacted(work, ticket, correction.place),
            urgency=correction.urgency,
            about_unit=correction.about_unit,
        )
        if ticket.type_code is None:
            raise Unfit("type_code", "is missing: nothing has been read out of this ticket yet")
        work.after_commit(metrics.TICKET_OVERRULES.labels("confirmed" if confirmed else "corrected").inc)
        return confirmed

    def _redacted(self, work: Work, ticket: Ticket, place: Place | None) -> Place | None:
        """The name of an estate is written by hand; the rest of a place is codes."""
        if place is None or place.estate_name is None:
            return place
        return place.model_copy(update={"estate_name": self.desk.redacted(work, ticket, place.estate_name)})

    def _units(self, work: Work, ticket: Ticket, lead: str | None) -> Dispatch:
        assert ticket.type_code
        sub_district = ticket.place.sub_district if ticket.place else None
        if lead is not None and lead not in departments():
            raise Unfit("lead", f"{lead} is no department; take a code of the catalogue's")
        units = self.catalogues.current(work).units(ticket.type_code, sub_district)
        if not may_have(lead, ticket.about_unit):
            raise Unfit("lead", f"{lead} is the unit that the ticket is about; name another")
        if lead is not None:
            helpers = units.co_handlers if units else self.taxonomy.types[ticket.type_code].co_handlers_at(sub_district)
            return Dispatch(lead, helpers)
        if units is None:
            raise Unfit("lead", "is missing: the type is the sub-district office's, and the place is not known")
        if not may_have(units.lead, ticket.about_unit):
            raise Unfit("lead", f"is missing: the catalogue's, {units.lead}, is the unit that the ticket is about")
        return units
