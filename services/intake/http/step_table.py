"""The steps that people take with a ticket: one table of path, body, rights and call, read by the API and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.chassis.database.work import Work
from services.chassis.web.identity import Actor
from services.intake.app.assist import AssistTicket
from services.intake.app.merge_tickets import MergeTickets
from services.intake.app.miss_call import MissContact
from services.intake.app.move_ticket import MoveTicket
from services.intake.app.plain_step import TakePlainStep
from services.intake.app.ports import Authorise
from services.intake.app.review_ticket import ReviewTicket
from services.intake.app.settle_ticket import SettleTicket, Visit
from services.intake.app.ticket_desk import Command
from services.intake.domain.steps import TicketStep
from services.intake.http.rights import as_co_handler, as_independent, as_lead, as_role
from services.intake.http.step_bodies import (
    AssigneeBody,
    AssistBody,
    DispatchBody,
    LeadBody,
    LineBody,
    MergeBody,
    MissedContactBody,
    NoteBody,
    ReasonBody,
    ReclassificationBody,
    SettlementBody,
    TicketStepBody,
    UnitBody,
    VisitBody,
)


@dataclass(frozen=True, slots=True)
class TicketSteps:
    """The use cases behind the table."""

    plain: TakePlainStep
    review: ReviewTicket
    move: MoveTicket
    merging: MergeTickets
    settlement: SettleTicket
    assist: AssistTicket
    miss_contact: MissContact


Call = Callable[[TicketSteps, Work, str, Any, Command, Authorise], None]
"""Takes a step of the ticket with this id; see `StepRow.take`."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """How people take one step. `path` follows `/tickets/{ticket_id}/`; `about` describes it in the API.

    `by_unit`: for the department that leads as well as the hub; `by_co_handler`: for those that help, alone.
    `authorise` makes the check of the ticket's rights.
    """

    step: TicketStep
    path: str
    body: type[TicketStepBody]
    about: str
    call: Call
    by_unit: bool = False
    by_co_handler: bool = False
    authorise: Callable[[Actor], Authorise] = as_role

    @property
    def by_department(self) -> bool:
        """Whether any department may take it."""
        return self.by_unit or self.by_co_handler

    def take(self, steps: TicketSteps, work: Work, ticket_id: str, body: Any, actor: Actor) -> None:
        """Takes the step as `body` says. Raises what its use case and `authorise` raise."""
        self.take_at(body.version, steps, work, ticket_id, body, actor)

    def take_at(
        self, version: int | None, steps: TicketSteps, work: Work, ticket_id: str, body: Any, actor: Actor
    ) -> None:
        """For senders whose commands come in order: at this version, or as the ticket stands."""
        command = Command(version, actor.subject, body.words, actor.departments)
        self.call(steps, work, ticket_id, body, command, self.authorise(actor))


def _plain(step: TicketStep) -> Call:
    return lambda steps, work, id, _, command, authorise: steps.plain(work, id, step, command, authorise)


def _of_unit(step: TicketStep, path: str, body: type[TicketStepBody], about: str, call: Call | None = None) -> StepRow:
    """For the department that leads, or the hub in its place."""
    return StepRow(step, path, body, about, call or _plain(step), by_unit=True, authorise=as_lead)


def _of_hub(step: TicketStep, path: str, about: str) -> StepRow:
    """A plain step of the hub, with a reason."""
    return StepRow(step, path, ReasonBody, about, _plain(step))


def _visit(steps: TicketSteps, work: Work, id: str, body: VisitBody, command: Command, authorise: Authorise) -> None:
    visit = Visit(body.caller_solved, body.satisfaction, body.redo)
    steps.settlement.visit(work, id, command, visit, authorise)


_ROWS: Final = (
    # the unit's work
    _of_unit(TicketStep.SIGN, "signature", TicketStepBody, "The unit takes it (签收)."),
    _of_unit(
        TicketStep.CONTACT,
        "contact",
        NoteBody,
        "The unit spoke with the caller (先行联系); `note` is the record of it.",
    ),
    _of_unit(
        TicketStep.MISS_CONTACT,
        "missed-contact",
        MissedContactBody,
        "The unit called the caller for the first contact, in vain.",
        lambda steps, work, id, body, command, authorise: steps.miss_contact(work, id, command, body.result, authorise),
    ),
    _of_unit(TicketStep.REPORT, "report", NoteBody, "An interim report (中途汇报)."),
    StepRow(
        TicketStep.ASSIST,
        "assistance",
        AssistBody,
        "A co-handler reports its part (协办反馈); the lead's clocks run on.",
        lambda steps, work, id, body, command, authorise: steps.assist(
            work, id, command, authorise, contacted=body.contacted
        ),
        by_co_handler=True,
        authorise=as_co_handler,
    ),
    _of_unit(
        TicketStep.REQUEST_RETURN,
        "return",
        NoteBody,
        "Asks for the ticket to be returned (退单); its clocks run on meanwhile.",
    ),
    _of_unit(TicketStep.REQUEST_EXTENSION, "extension", NoteBody, "Asks for more time (延期), once."),
    _of_unit(
        TicketStep.SETTLE,
        "settlement",
        SettlementBody,
        "Settles a ticket and what is linked to it: for the department that leads, or the hub in its place.",
        lambda steps, work, id, body, command, authorise: steps.settlement.settle(
            work, id, command, body.result(), authorise
        ),
    ),
    _of_unit(
        TicketStep.ASSIGN,
        "assignee",
        AssigneeBody,
        "To one of the unit's people.",
        lambda steps, work, id, body, command, authorise: steps.move.assign(work, id, command, body.person, authorise),
    ),
    # what it is, and whose
    StepRow(
        TicketStep.DISPATCH,
        "dispatch",
        DispatchBody,
        "Dispatches a ticket in review, as what a person says it is.",
        lambda steps, work, id, body, command, authorise: steps.review.dispatch(
            work, id, command, body.correction(), body.lead, authorise
        ),
    ),
    StepRow(
        TicketStep.RECLASSIFY,
        "reclassification",
        ReclassificationBody,
        "Confirms or corrects what was read: type, kind, place, urgency. Whoever has the ticket keeps it.",
        lambda steps, work, id, body, command, authorise: steps.review.reclassify(
            work, id, command, body.correction(), authorise
        ),
    ),
    StepRow(
        TicketStep.REDISPATCH,
        "redispatch",
        LeadBody,
        "To another unit; the clocks of its work begin anew.",
        lambda steps, work, id, body, command, authorise: steps.move.redispatch(
            work, id, command, body.lead, authorise
        ),
    ),
    StepRow(
        TicketStep.UPHOLD_RETURN,
        "return/upholding",
        LeadBody,
        "The adjudication: it was not the unit's duty, `lead` takes it; the clocks begin anew.",
        lambda steps, work, id, body, command, authorise: steps.move.uphold_return(
            work, id, command, body.lead, authorise
        ),
    ),
    _of_hub(TicketStep.REFUSE_RETURN, "return/refusal", "The adjudication: it stays with its unit."),
    _of_hub(TicketStep.GRANT_EXTENSION, "extension/grant", "The settle clock ends later, counted from the dispatch."),
    _of_hub(TicketStep.REFUSE_EXTENSION, "extension/refusal", "The settle clock ends when it did."),
    StepRow(
        TicketStep.CALL_IN,
        "co-handlers",
        UnitBody,
        "One more unit helps (加派).",
        lambda steps, work, id, body, command, authorise: steps.move.call_in(work, id, command, body.unit, authorise),
    ),
    _of_hub(TicketStep.SUPERVISE, "supervision", "Orders the unit to report (督办)."),
    _of_hub(TicketStep.PAUSE, "pause", "A procedure with a time of its own stops the settle clock."),
    _of_hub(TicketStep.RESUME, "resumption", "The settle clock goes on with what was left of it."),
    StepRow(
        TicketStep.TRANSFER,
        "transfer",
        LineBody,
        "To an emergency line, by whoever calls there.",
        lambda steps, work, id, body, command, authorise: steps.move.transfer(work, id, command, body.line, authorise),
    ),
    _of_hub(
        TicketStep.REJECT,
        "rejection",
        "Not acceptable (in court, review, discipline, petition); the reason is explained.",
    ),
    StepRow(
        TicketStep.RECONSIDER,
        "reconsideration",
        ReasonBody,
        "What was rejected or transferred comes back into review.",
        lambda steps, work, id, _, command, authorise: steps.move.reconsider(work, id, command, authorise),
    ),
    # one matter, many tickets
    StepRow(
        TicketStep.MERGE,
        "merge",
        MergeBody,
        "Links it to the ticket of the same matter (并单): each keeps its caller and gets its own answer.",
        lambda steps, work, id, body, command, authorise: steps.merging.merge(work, id, command, body.into, authorise),
    ),
    StepRow(
        TicketStep.UNMERGE,
        "unmerge",
        ReasonBody,
        "Undoes the link: it goes back to where it was.",
        lambda steps, work, id, _, command, authorise: steps.merging.unmerge(work, id, command, authorise),
    ),
    # the caller's word
    StepRow(
        TicketStep.VISIT,
        "visit",
        VisitBody,
        "Takes down what the caller says; archives the ticket, or has it done again. Not for whoever settled it.",
        _visit,
        authorise=as_independent,
    ),
    _of_hub(
        TicketStep.MISS,
        "missed-visit",
        "The caller was tried and not reached; after three times the ticket may be archived.",
    ),
    StepRow(
        TicketStep.ARCHIVE,
        "archive",
        TicketStepBody,
        "Without the caller's word, when they were tried three times in vain.",
        lambda steps, work, id, _, command, authorise: steps.settlement.archive(work, id, command, authorise),
    ),
)

STEP_TABLE: Final[Mapping[TicketStep, StepRow]] = {row.step: row for row in _ROWS}
