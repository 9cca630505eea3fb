"""Dispatches classified tickets by the catalogue, and sends those in doubt to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.messaging.errors import Reject
from services.chassis.messaging.subscription import traced
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope
from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import Place, TicketDispatched, TicketFiledAway, TicketSentToReview
from services.intake.app.plain_english import reason_in_english
from services.intake.app.ports import Catalogues, Estates, PlaceNames, Repeats
from services.intake.app.ticket_desk import TicketChanges, TicketDesk
from services.intake.domain.dispatch import Catalogue, Dispatch, decide
from services.intake.domain.earlier_calls import EarlierCalls
from services.intake.domain.repeats import raised
from services.intake.domain.step_causes import by_catalogue
from services.intake.domain.steps import TicketState
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class DispatchOnClassification:
    """Handles batches of TicketClassified. The first classification of a ticket's text wins; later ones do nothing.

    All tickets are locked in the order of their ids; what they need is read once for the batch. Then each is decided
    in the order of the batch, and sees what was decided before it. Raises Reject for a reading that can never work.
    """

    desk: TicketDesk
    taxonomy: Taxonomy
    catalogues: Catalogues
    repeats: Repeats
    estates: Estates
    place_names: PlaceNames

    def __call__(self, envelopes: Sequence[Envelope], work: Work) -> None:
        for envelope in envelopes:
            self._check_type(_reading(envelope))
        tickets = self._locked(work, envelopes)
        accepted = _accepted(envelopes, tickets)
        if not accepted:
            return
        self.estates.note(work, [_reading(envelope).place for envelope in accepted])
        self.place_names.note(work, _unplaced(accepted))
        registered = self.estates.registered(work, [_reading(envelope).place for envelope in accepted])
        for envelope in accepted:
            reading = _reading(envelope)
            _classify(work, tickets[reading.ticket_id], reading, _as_registered(reading.place, registered))
        catalogue, earlier = self.catalogues.current(work), self._earlier_calls(work, accepted, tickets)
        changes = TicketChanges(self.desk, work)
        for envelope in traced(accepted):
            reading = _reading(envelope)
            ticket = tickets[reading.ticket_id]
            if ticket.history:
                self._file_away(changes, ticket)
            else:
                _link_repeat(ticket, earlier)
                self._dispatch(changes, ticket, reading, catalogue)
                earlier.add(ticket)
        changes.save()

    def _check_type(self, reading: TicketClassified) -> None:
        if reading.type_code != OTHER and reading.type_code not in self.taxonomy.types:
            raise Reject(f"type_code {reading.type_code} is not in the taxonomy; update the taxonomy, then replay")

    def _locked(self, work: Work, envelopes: Sequence[Envelope]) -> Mapping[str, Ticket]:
        ids = {_reading(envelope).ticket_id for envelope in envelopes}
        tickets = {ticket.id: ticket for ticket in self.desk.tickets.lock_all(work, ids)}
        for unknown in sorted(ids - tickets.keys()):
            raise Reject(f"ticket_id {unknown} is no ticket of this district")
        return tickets

    def _earlier_calls(self, work: Work, accepted: Sequence[Envelope], tickets: Mapping[str, Ticket]) -> EarlierCalls:
        asked = [tickets[_reading(envelope).ticket_id] for envelope in accepted]
        return EarlierCalls(self.repeats.open_of_callers(work, [one for one in asked if _may_repeat(one)]))

    def _file_away(self, changes: TicketChanges, ticket: Ticket) -> None:
        ticket.file_away(changes.work.clock.now(), "import")
        changes.add(ticket, TicketFiledAway)
        _count(changes.work, "filed_away")

    def _dispatch(
        self, changes: TicketChanges, ticket: Ticket, reading: TicketClassified, catalogue: Catalogue
    ) -> None:
        now = changes.work.clock.now()
        decision = decide(
            catalogue,
            reading.type_code,
            reading.confidence,
            ticket.place or reading.place,
            emergency=ticket.emergency,
            elsewhere=reading.elsewhere,
            about_unit=ticket.about_unit,
        )
        if isinstance(decision, Dispatch):
            ticket.dispatch(now, "catalogue", decision.lead, decision.co_handlers)
            changes.add(ticket, TicketDispatched, cause=by_catalogue(ticket))
            _count(changes.work, "dispatched")
        else:
            ticket.send_to_review(now, "catalogue", decision)
            changes.add(
                ticket,
                TicketSentToReview,
                review_reason=reason_in_english(decision),
                review_code=decision.code,
                confidence=decision.confidence,
            )
            _count(changes.work, "in_review")


def _reading(envelope: Envelope) -> TicketClassified:
    assert isinstance(envelope.event, TicketClassified)
    return envelope.event


def _unplaced(accepted: Sequence[Envelope]) -> dict[str, Sequence[str]]:
    """What the texts without a registered estate call their places, by ticket id."""
    readings = [_reading(envelope) for envelope in accepted]
    return {one.ticket_id: one.place_words for one in readings if one.place.estate is None}


def _accepted(envelopes: Sequence[Envelope], tickets: Mapping[str, Ticket]) -> list[Envelope]:
    """The first reading of each ticket that waits for one, in the order of the batch. Of one whose text was erased
    since, what was read before still says what it is about."""
    first: dict[str, Envelope] = {}
    for envelope in envelopes:
        reading = _reading(envelope)
        ticket = tickets[reading.ticket_id]
        if ticket.state is TicketState.RECEIVED and reading.version <= ticket.text_version:
            first.setdefault(ticket.id, envelope)
    return list(first.values())


def _as_registered(place: Place, registered: Mapping[str, Place]) -> Place:
    """What is registered of the estate goes before what the reader knew of it when it started."""
    known = registered.get(place.estate or "")
    if known is None:
        return place
    return known.model_copy(
        update={"building": place.building, "sub_district": known.sub_district or place.sub_district}
    )


def _classify(work: Work, ticket: Ticket, reading: TicketClassified, place: Place) -> None:
    ticket.classify(
        work.clock.now(),
        f"model:{reading.model_version}",
        reading.type_code,
        place,
        reading.urgency,
        reading.kind,
        confidence=reading.confidence,
        signs=reading.reasons if reading.version == ticket.text_version else (),
    )
    ticket.emergency, ticket.restricted = bool(reading.emergency), reading.sensitive is not None


def _may_repeat(ticket: Ticket) -> bool:
    known = ticket.caller_ref and ticket.place and ticket.place.estate and ticket.type_code != OTHER
    return bool(known) and not ticket.history


def _link_repeat(ticket: Ticket, earlier: EarlierCalls) -> None:
    """The same caller on the same matter (level L0): a link, and from the third time on one step more urgent."""
    if _may_repeat(ticket):
        calls = earlier.before(ticket)
        if calls:
            ticket.repeat_of = calls[0]
            ticket.urgency = raised(ticket.urgency, times=len(calls) + 1)


def _count(work: Work, outcome: str) -> None:
    work.after_commit(metrics.TICKETS_CLASSIFIED.labels(outcome).inc)
