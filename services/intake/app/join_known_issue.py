"""A caller joins an open ticket or a hot issue; nothing is dispatched again.

See docs/domain.md §2.6, Beijing art. 11-3.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Unfit, Unknown
from services.chassis.database.work import Work
from services.contracts.ticket_events import Place, TicketFiledAway, TicketSentToReview, Urgency
from services.intake.app.follow_hot_issues import FollowHotIssues
from services.intake.app.merge_tickets import MergeTickets
from services.intake.app.plain_english import reason_in_english
from services.intake.app.receive_ticket import Receipt, ReceiveTicket, Request
from services.intake.app.ticket_desk import Command, TicketDesk
from services.intake.domain.callers import caller_ref
from services.intake.domain.review import ReviewCode, ReviewReason
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class JoinKnownIssue:
    """Each call records the caller's own ticket, once per Idempotency-Key.

    The ticket has the type and place of what it joins, by the operator's word, and counts like any other; a later
    classification changes nothing. Raises Unknown, Unfit, and what ReceiveTicket raises.
    """

    desk: TicketDesk
    receive: ReceiveTicket
    merging: MergeTickets
    follow: FollowHotIssues

    def of_ticket(self, work: Work, request: Request, joined: str) -> Receipt:
        """Links it to an open ticket, to be settled and answered with it."""
        target = self.desk.tickets.find(work, joined)
        if target is None:
            raise Unknown
        if target.type_code is None or target.place is None:
            raise Unfit("ticket_id", "is of a ticket whose matter is not known yet; file this one for itself")
        receipt = self.receive(work, request)
        if not receipt.fresh:
            return receipt
        ticket = self._classified(work, request, receipt.ticket_id, target.type_code, target.place)
        ticket.restricted, ticket.about_unit = target.restricted, target.about_unit
        reason = ReviewReason(ReviewCode.JOINS_KNOWN)
        ticket.send_to_review(work.clock.now(), request.client, reason)
        english = reason_in_english(reason)
        self.desk.save_and_publish(work, ticket, TicketSentToReview, review_reason=english, review_code=reason.code)
        self.merging.merge(work, ticket.id, Command(ticket.version, request.client), joined, lambda _: None)
        return receipt

    def of_hot_issue(self, work: Work, request: Request, hot_issue_id: str) -> Receipt:
        """Files it away, since the caller is answered at once, and follows the caller up with the issue."""
        self.follow.follow_ups.lock_all(work)
        issue = self.follow.follow_ups.issue(work, hot_issue_id)
        if issue is None:
            raise Unknown
        if caller_ref(self.receive.caller_key, request.identity.phone, request.identity.source_id) is None:
            raise Unfit("caller", "has no phone: a caller who wants to hear of the progress must give one")
        receipt = self.receive(work, request)
        if not receipt.fresh:
            return receipt
        ticket = self._classified(work, request, receipt.ticket_id, issue.type_code, issue.place)
        ticket.file_away(work.clock.now(), request.client)
        self.desk.save_and_publish(work, ticket, TicketFiledAway)
        self.follow.join(work, issue, ticket.id)
        return receipt

    def _classified(self, work: Work, request: Request, ticket_id: str, type_code: str, place: Place) -> Ticket:
        ticket = self.desk.tickets.lock(work, ticket_id)
        assert ticket
        ticket.classify(work.clock.now(), request.client, type_code, place, Urgency.NORMAL)
        return ticket
