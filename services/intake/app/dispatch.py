"""Dispatch: by the catalogue when the classification is sure, by a person when it is not."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from services.chassis import metrics, timers
from services.chassis.errors import Reject
from services.chassis.work import Work
from services.chassis.working_days import after_working_days
from services.contracts.classification_events import TicketClassified
from services.contracts.departments import departments
from services.contracts.event import Envelope
from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import TicketDispatched, TicketFiledAway, TicketSentToReview
from services.intake.app.commands import Authorise, Unfit, held
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import Tickets
from services.intake.domain.dispatch import Dispatch, decide
from services.intake.domain.ticket import State, Ticket

log = structlog.get_logger(__name__)

SETTLE = "settle"
"""The timer that runs from dispatch to settlement."""


@dataclass(frozen=True, slots=True)
class DispatchOnClassification:
    """Handles TicketClassified. The first classification of the ticket's text wins; later ones change nothing."""

    tickets: Tickets
    taxonomy: Taxonomy

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reading = envelope.event
        assert isinstance(reading, TicketClassified)
        if reading.type_code != OTHER and reading.type_code not in self.taxonomy.types:
            raise Reject(f"type_code {reading.type_code} is not in the taxonomy; update the taxonomy, then replay")
        ticket = self.tickets.lock(work, reading.ticket_id)
        if ticket is None:
            raise Reject(f"ticket_id {reading.ticket_id} is no ticket of this district")
        if ticket.state is not State.RECEIVED or reading.version != ticket.text_version:
            return
        now, model = work.clock.now(), f"model:{reading.model_version}"
        detail = f"{reading.type_code} {reading.confidence:.2f}: {' '.join(reading.reasons)}"
        ticket.classify(now, model, reading.type_code, reading.place, reading.urgency, detail)
        if ticket.history:
            ticket.file_away(now, "import")
            work.publish("tickets", TicketFiledAway(**ticket_facts(ticket)))
            self._done(work, ticket, "filed_away")
            return
        decision = decide(self.taxonomy, reading.type_code, reading.confidence, reading.place)
        if isinstance(decision, Dispatch):
            send(work, ticket, "catalogue", decision, self.taxonomy, decision.lead)
        else:
            ticket.send_to_review(now, "catalogue", decision.reason)
            work.publish("tickets", TicketSentToReview(**ticket_facts(ticket), review_reason=decision.reason))
        self._done(work, ticket, "dispatched" if isinstance(decision, Dispatch) else "in_review")

    def _done(self, work: Work, ticket: Ticket, outcome: str) -> None:
        self.tickets.save(work, ticket)
        work.after_commit(metrics.TICKETS_CLASSIFIED.labels(outcome).inc)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A person's choice of type and lead; the catalogue's lead of the type, if none is named."""

    version: int
    actor: str
    type_code: str
    reason: str
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class DispatchByHand:
    """A person dispatches a ticket in review."""

    tickets: Tickets
    taxonomy: Taxonomy

    def __call__(self, work: Work, ticket_id: str, choice: ByHand, authorise: Authorise) -> None:
        """Raises Unknown, Conflict, IllegalStep, and Unfit for a type or lead that is none."""
        ticket = held(self.tickets, work, ticket_id, choice.version, authorise)
        kind = self.taxonomy.types.get(choice.type_code)
        if kind is None:
            raise Unfit("type_code", f"{choice.type_code} is none of the catalogue's types; take one of them")
        sub_district = ticket.place.sub_district if ticket.place else None
        lead = choice.lead or kind.lead_at(sub_district)
        if lead is None:
            raise Unfit("lead", "is missing: the type is the sub-district office's, and the place is not known")
        if lead not in departments():
            raise Unfit("lead", f"{lead} is no department; take a code of the catalogue's")
        helpers = tuple(code for code in kind.co_handlers_at(sub_district) if code != lead)
        ticket.type_code = choice.type_code
        send(work, ticket, choice.actor, Dispatch(lead, helpers), self.taxonomy, f"{lead}: {choice.reason}")
        self.tickets.save(work, ticket)


def send(work: Work, ticket: Ticket, actor: str, to: Dispatch, taxonomy: Taxonomy, detail: str) -> None:
    """Names the lead, starts the settle clock with the limit of the ticket's type, and tells; the caller saves."""
    assert ticket.type_code
    now = work.clock.now()
    limit = after_working_days(now, taxonomy.types[ticket.type_code].settle_days)
    if not limit.calendar_known:
        log.warning("holidays not announced yet: a deadline counts plain weekdays", ticket=ticket.id)
    ticket.dispatch(now, actor, to.lead, to.co_handlers, limit.due, detail)
    timers.start(work, SETTLE, ticket.id, limit.due)
    work.publish("tickets", TicketDispatched(**ticket_facts(ticket)))
