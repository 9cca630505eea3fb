"""The steps that people take with a ticket, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Response

from services.chassis.answers import json_answer
from services.chassis.identity import Actor
from services.chassis.work import Work, Workshop
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import Handler, Operator, anyone, as_independent, as_lead, no_such_ticket
from services.intake.adapters.step_bodies import (
    AssigneeBody,
    DispatchBody,
    LeadBody,
    LineBody,
    MergeBody,
    NoteBody,
    ReasonBody,
    ReclassificationBody,
    SettlementBody,
    StepBody,
    UnitBody,
    VisitBody,
)
from services.intake.adapters.views import ticket_with_history
from services.intake.app.desk import Said
from services.intake.app.settle import Visit
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.steps import Step

UNIT_PATHS = {
    Step.CONTACT: ("contact", "The unit spoke with the caller (先行联系); `note` is the record of it."),
    Step.REPORT: ("report", "An interim report (中途汇报)."),
    Step.REQUEST_RETURN: ("return", "Asks for the ticket to be returned (退单); its clocks run on meanwhile."),
    Step.REQUEST_EXTENSION: ("extension", "Asks for more time (延期), once."),
}
HUB_PATHS = {
    Step.REFUSE_RETURN: ("return/refusal", "The adjudication: it stays with its unit."),
    Step.GRANT_EXTENSION: ("extension/grant", "The settle clock ends later, counted from the dispatch."),
    Step.REFUSE_EXTENSION: ("extension/refusal", "The settle clock ends when it did."),
    Step.PAUSE: ("pause", "A procedure with a time of its own stops the settle clock."),
    Step.RESUME: ("resumption", "The settle clock goes on with what was left of it."),
    Step.SUPERVISE: ("supervision", "Orders the unit to report (督办)."),
    Step.REJECT: ("rejection", "Not acceptable (in court, review, discipline, petition); the reason is explained."),
    Step.MISS: ("missed-visit", "The caller was tried and not reached; after three times the ticket may be archived."),
}


def step_routes(workshop: Workshop, steps: TicketSteps) -> APIRouter:
    """Each answers with the ticket after the step; 409 says where the ticket stands, if not where it was thought to."""
    router = APIRouter(prefix="/tickets/{ticket_id}", tags=["tickets"])

    def taken(ticket_id: UUID, take: Callable[[Work, str], None]) -> Response:
        with answered(no_such_ticket), workshop.open() as work:
            take(work, str(ticket_id))
            ticket = ticket_with_history(work.connection, str(ticket_id))
            assert ticket
            return json_answer(ticket)

    def plain_unit_step(step: Step) -> Callable[..., Response]:
        def take_step(ticket_id: UUID, body: NoteBody, actor: Handler) -> Response:
            said = Said(body.version, actor.subject, body.note)
            return taken(ticket_id, lambda work, id: steps.plain(work, id, step, said, as_lead(actor)))

        return take_step

    def plain_hub_step(step: Step) -> Callable[..., Response]:
        def take_step(ticket_id: UUID, body: ReasonBody, actor: Operator) -> Response:
            return taken(ticket_id, lambda work, id: steps.plain(work, id, step, _said(body, actor), anyone))

        return take_step

    for step, (path, text) in UNIT_PATHS.items():
        router.add_api_route(f"/{path}", plain_unit_step(step), methods=["POST"], summary=step.value, description=text)
    for step, (path, text) in HUB_PATHS.items():
        router.add_api_route(f"/{path}", plain_hub_step(step), methods=["POST"], summary=step.value, description=text)

    @router.post("/signature")
    def sign(ticket_id: UUID, body: StepBody, actor: Handler) -> Response:
        """The unit takes it (签收)."""
        said = Said(body.version, actor.subject)
        return taken(ticket_id, lambda work, id: steps.plain(work, id, Step.SIGN, said, as_lead(actor)))

    @router.post("/dispatch")
    def dispatch_ticket(ticket_id: UUID, body: DispatchBody, actor: Operator) -> Response:
        """Dispatches a ticket in review, as what a person says it is."""
        return taken(
            ticket_id,
            lambda work, id: steps.review.dispatch(
                work, id, _said(body, actor), body.correction(), body.lead, anyone
            ),
        )

    @router.post("/reclassification")
    def reclassify_ticket(ticket_id: UUID, body: ReclassificationBody, actor: Operator) -> Response:
        """Confirms or corrects what was read: type, kind, place, urgency. Whoever has the ticket keeps it."""
        return taken(
            ticket_id,
            lambda work, id: steps.review.reclassify(work, id, _said(body, actor), body.correction(), anyone),
        )

    @router.post("/redispatch")
    def redispatch_ticket(ticket_id: UUID, body: LeadBody, actor: Operator) -> Response:
        """To another unit; the clocks of its work begin anew."""
        return taken(
            ticket_id, lambda work, id: steps.move.redispatch(work, id, _said(body, actor), body.lead, anyone)
        )

    @router.post("/return/upholding")
    def uphold_return(ticket_id: UUID, body: LeadBody, actor: Operator) -> Response:
        """The adjudication: it was not the unit's duty, `lead` takes it; the clocks begin anew."""
        return taken(
            ticket_id, lambda work, id: steps.move.uphold_return(work, id, _said(body, actor), body.lead, anyone)
        )

    @router.post("/co-handlers")
    def call_in(ticket_id: UUID, body: UnitBody, actor: Operator) -> Response:
        """One more unit helps (加派)."""
        return taken(ticket_id, lambda work, id: steps.move.call_in(work, id, _said(body, actor), body.unit, anyone))

    @router.post("/assignee")
    def assign(ticket_id: UUID, body: AssigneeBody, actor: Handler) -> Response:
        """To one of the unit's people."""
        return taken(
            ticket_id,
            lambda work, id: steps.move.assign(work, id, body.version, actor.subject, body.person, as_lead(actor)),
        )

    @router.post("/transfer")
    def transfer(ticket_id: UUID, body: LineBody, actor: Operator) -> Response:
        """To an emergency line, by whoever calls there."""
        return taken(ticket_id, lambda work, id: steps.move.transfer(work, id, _said(body, actor), body.line, anyone))

    @router.post("/reconsideration")
    def reconsider(ticket_id: UUID, body: ReasonBody, actor: Operator) -> Response:
        """What was rejected or transferred comes back into review."""
        return taken(ticket_id, lambda work, id: steps.move.reconsider(work, id, _said(body, actor), anyone))

    @router.post("/merge")
    def merge(ticket_id: UUID, body: MergeBody, actor: Operator) -> Response:
        """Links it to the ticket of the same matter (并单): each keeps its caller and gets its own answer."""
        return taken(ticket_id, lambda work, id: steps.merging.merge(work, id, _said(body, actor), body.into, anyone))

    @router.post("/unmerge")
    def unmerge(ticket_id: UUID, body: ReasonBody, actor: Operator) -> Response:
        """Undoes the link: it goes back to where it was."""
        return taken(ticket_id, lambda work, id: steps.merging.unmerge(work, id, _said(body, actor), anyone))

    @router.post("/settlement")
    def settle_ticket(ticket_id: UUID, body: SettlementBody, actor: Handler) -> Response:
        """Settles a ticket and what is linked to it: for the department that leads, or the hub in its place."""
        said = Said(body.version, actor.subject)
        return taken(
            ticket_id, lambda work, id: steps.settlement.settle(work, id, said, body.result(), as_lead(actor))
        )

    @router.post("/visit")
    def visit_caller(ticket_id: UUID, body: VisitBody, actor: Operator) -> Response:
        """Takes down what the caller says; archives the ticket, or has it done again. Not for whoever settled it."""
        said = Said(body.version, actor.subject, body.note or "")
        visit = Visit(body.caller_solved, body.satisfaction, body.redo)
        return taken(
            ticket_id, lambda work, id: steps.settlement.visit(work, id, said, visit, as_independent(actor))
        )

    @router.post("/archive")
    def archive(ticket_id: UUID, body: StepBody, actor: Operator) -> Response:
        """Without the caller's word, when they were tried three times in vain."""
        return taken(
            ticket_id, lambda work, id: steps.settlement.archive(work, id, body.version, actor.subject, anyone)
        )

    return router


def _said(body: ReasonBody, actor: Actor) -> Said:
    return Said(body.version, actor.subject, body.reason)
