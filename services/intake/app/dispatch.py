"""Dispatch: by the catalogue when the classification is sure, by a person when it is not."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.errors import Reject
from services.chassis.work import Work
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope
from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import TicketDispatched, TicketFiledAway, TicketSentToReview
from services.intake.app.desk import Desk
from services.intake.app.ports import Catalogues, Estates, Repeats
from services.intake.domain.dispatch import Dispatch, decide
from services.intake.domain.repeats import raised
from services.intake.domain.steps import State
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class DispatchOnClassification:
    """Handles TicketClassified. The first classification of the ticket's text wins; later ones change nothing."""

    desk: Desk
    taxonomy: Taxonomy
    catalogues: Catalogues
    repeats: Repeats
    estates: Estates

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reading = envelope.event
        assert isinstance(reading, TicketClassified)
        if reading.type_code != OTHER and reading.type_code not in self.taxonomy.types:
            raise Reject(f"type_code {reading.type_code} is not in the taxonomy; update the taxonomy, then replay")
        ticket = self.desk.tickets.lock(work, reading.ticket_id)
        if ticket is None:
            raise Reject(f"ticket_id {reading.ticket_id} is no ticket of this district")
        if ticket.state is not State.RECEIVED or reading.version != ticket.text_version:
            return
        now, model = work.clock.now(), f"model:{reading.model_version}"
        detail = f"{reading.type_code} {reading.confidence:.2f}: {' '.join(reading.reasons)}"
        ticket.classify(now, model, reading.type_code, reading.place, reading.urgency, detail, reading.kind)
        self.estates.note(work, reading.place)
        ticket.emergency, ticket.restricted = bool(reading.emergency), reading.sensitive is not None
        if ticket.history:
            ticket.file_away(now, "import")
            self._done(work, ticket, TicketFiledAway, "filed_away")
            return
        self._link_repeat(work, ticket)
        decision = decide(
            self.catalogues.current(work),
            reading.type_code,
            reading.confidence,
            reading.place,
            emergency=ticket.emergency,
        )
        if isinstance(decision, Dispatch):
            ticket.dispatch(now, "catalogue", decision.lead, decision.co_handlers, decision.lead)
            self._done(work, ticket, TicketDispatched, "dispatched")
        else:
            ticket.send_to_review(now, "catalogue", decision.reason)
            self._done(work, ticket, TicketSentToReview, "in_review", review_reason=decision.reason)

    def _link_repeat(self, work: Work, ticket: Ticket) -> None:
        """The same caller on the same matter (level L0): a link, and from the third time on one step more urgent."""
        if ticket.caller_ref and ticket.place and ticket.place.estate and ticket.type_code != OTHER:
            earlier = self.repeats.open_of_caller(work, ticket)
            if earlier:
                ticket.repeat_of = earlier[0]
                ticket.urgency = raised(ticket.urgency, times=len(earlier) + 1)

    def _done(self, work: Work, ticket: Ticket, fact: type, outcome: str, **more: str) -> None:
        self.desk.keep(work, ticket, fact, **more)
        work.after_commit(metrics.TICKETS_CLASSIFIED.labels(outcome).inc)
