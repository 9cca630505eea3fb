"""What intake does with a classification: dispatch by the catalogue, or ask a person."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.errors import Reject
from services.chassis.work import Work
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope
from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import TicketDispatched, TicketFiledAway, TicketSentToReview
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import Tickets
from services.intake.domain.dispatch import Dispatch, decide
from services.intake.domain.ticket import State, Ticket


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
            ticket.dispatch(now, "catalogue", decision.lead, decision.co_handlers)
            work.publish("tickets", TicketDispatched(**ticket_facts(ticket)))
        else:
            ticket.send_to_review(now, "catalogue", decision.reason)
            work.publish("tickets", TicketSentToReview(**ticket_facts(ticket), review_reason=decision.reason))
        self._done(work, ticket, "dispatched" if isinstance(decision, Dispatch) else "in_review")

    def _done(self, work: Work, ticket: Ticket, outcome: str) -> None:
        self.tickets.save(work, ticket)
        work.after_commit(metrics.TICKETS_CLASSIFIED.labels(outcome).inc)
