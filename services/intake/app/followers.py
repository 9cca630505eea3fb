"""A caller joins what is known already, instead of being dispatched once more (domain.md §2.6, Beijing art. 11-3)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.work import Work
from services.contracts.ticket_events import Place, TicketFiledAway, TicketSentToReview, Urgency
from services.intake.app.commands import Unfit, Unknown
from services.intake.app.desk import Desk, Said
from services.intake.app.follow import Follow
from services.intake.app.merging import MergeTickets
from services.intake.app.receive import ReceiveTicket, Request
from services.intake.domain.ticket import Ticket

JOINS = "joins what is known"


@dataclass(frozen=True, slots=True)
class TakeFollower:
    """Each call takes the caller's ticket down, once per Idempotency-Key, and returns its id and whether it is new.

    The ticket counts like any other of its matter: its type and place are those of what it joins, by the operator's
    word; a reading that comes later changes nothing. Raises Unknown, Unfit, and what ReceiveTicket does.
    """

    desk: Desk
    receive: ReceiveTicket
    merging: MergeTickets
    follow: Follow

    def of_ticket(self, work: Work, request: Request, joined: str) -> tuple[str, bool]:
        """Linked to an open ticket: settled and answered with it."""
        target = self.desk.tickets.find(work, joined)
        if target is None:
            raise Unknown
        if target.type_code is None or target.place is None:
            raise Unfit("ticket_id", "is of a ticket whose matter is not known yet; file this one for itself")
        ticket_id, fresh = self.receive(work, request)
        if not fresh:
            return ticket_id, False
        ticket = self._taken(work, request, ticket_id, target.type_code, target.place)
        ticket.send_to_review(work.clock.now(), request.client, JOINS)
        self.desk.keep(work, ticket, TicketSentToReview, review_reason=JOINS)
        self.merging.merge(work, ticket_id, Said(ticket.version, request.client, JOINS), joined, lambda _: None)
        return ticket_id, True

    def of_hot_issue(self, work: Work, request: Request, hot_issue_id: str) -> tuple[str, bool]:
        """Answered at once with what is known, and told of what comes: nothing is dispatched."""
        self.follow.follow_ups.in_turn(work)
        issue = self.follow.follow_ups.issue(work, hot_issue_id)
        if issue is None:
            raise Unknown
        if request.identity.phone is None and request.identity.source_id is None:
            raise Unfit("caller", "has no phone: who is to be told of what comes must be known by one")
        ticket_id, fresh = self.receive(work, request)
        if not fresh:
            return ticket_id, False
        ticket = self._taken(work, request, ticket_id, issue.type_code, issue.place)
        ticket.file_away(work.clock.now(), request.client)
        self.desk.keep(work, ticket, TicketFiledAway)
        self.follow.join(work, issue, ticket_id)
        return ticket_id, True

    def _taken(self, work: Work, request: Request, ticket_id: str, type_code: str, place: Place) -> Ticket:
        ticket = self.desk.tickets.lock(work, ticket_id)
        assert ticket
        detail = f"{type_code}: {JOINS}"
        ticket.classify(work.clock.now(), request.client, type_code, place, Urgency.NORMAL, detail)
        return ticket
