"""The forms of a ticket's steps: a table. Which of them somebody may send now follows from the table of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.chassis.identity import Actor, Role
from services.chassis.work import Work
from services.intake.adapters.pages.fields import (
    KIND,
    LINE,
    PLACE,
    SATISFACTION,
    TYPE,
    URGENCY,
    Facts,
    Field,
    answer,
    department,
    line,
    words,
    yes_no,
)
from services.intake.adapters.rights import anyone, as_independent, as_lead, may_lead
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
from services.intake.app.desk import Said
from services.intake.app.settle import Visit
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.limits import ClockKind
from services.intake.domain.steps import STEPS, State, Step
from services.intake.domain.ticket import UNREACHED_ENOUGH, Extension

Take = Callable[[TicketSteps, Work, str, Any, Actor], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as somebody looks at it."""

    ticket: Facts
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """`path` names it, in its address and in the words. `unit`: the department that leads may send it, not the hub
    alone. `only_if` is what the step asks beside the ticket's state, as far as it can be seen beforehand.
    """

    step: Step
    path: str
    body: type[StepBody]
    take: Take
    fields: tuple[Field, ...] = ()
    unit: bool = False
    only_if: Callable[[Seen], bool] = lambda _: True

    def offered(self, seen: Seen) -> bool:
        """Whether the actor may take its step now; whether it is taken in the end, the use case decides."""
        allowed = may_lead(seen.actor, seen.ticket["lead"]) if self.unit else Role.HUB in seen.actor.roles
        return allowed and (seen.ticket["state"], self.step) in STEPS and self.only_if(seen)


REASON = words("reason")


def _unit_step(step: Step, path: str, *, only_if: Callable[[Seen], bool] = lambda _: True) -> Form:
    def take(steps: TicketSteps, work: Work, id: str, body: NoteBody, actor: Actor) -> None:
        steps.plain(work, id, step, Said(body.version, actor.subject, body.note), as_lead(actor))

    return Form(step, path, NoteBody, take, (words("note", rows=3),), unit=True, only_if=only_if)


def _hub_step(step: Step, path: str, *, only_if: Callable[[Seen], bool] = lambda _: True) -> Form:
    def take(steps: TicketSteps, work: Work, id: str, body: ReasonBody, actor: Actor) -> None:
        steps.plain(work, id, step, _said(body, actor), anyone)

    return Form(step, path, ReasonBody, take, (REASON,), only_if=only_if)


def _said(body: ReasonBody, actor: Actor) -> Said:
    return Said(body.version, actor.subject, body.reason)


def _sign(steps: TicketSteps, work: Work, id: str, body: StepBody, actor: Actor) -> None:
    steps.plain(work, id, Step.SIGN, Said(body.version, actor.subject), as_lead(actor))


def _dispatch(steps: TicketSteps, work: Work, id: str, body: DispatchBody, actor: Actor) -> None:
    steps.review.dispatch(work, id, _said(body, actor), body.correction(), body.lead, anyone)


def _reclassify(steps: TicketSteps, work: Work, id: str, body: ReclassificationBody, actor: Actor) -> None:
    steps.review.reclassify(work, id, _said(body, actor), body.correction(), anyone)


def _redispatch(steps: TicketSteps, work: Work, id: str, body: LeadBody, actor: Actor) -> None:
    steps.move.redispatch(work, id, _said(body, actor), body.lead, anyone)


def _uphold(steps: TicketSteps, work: Work, id: str, body: LeadBody, actor: Actor) -> None:
    steps.move.uphold_return(work, id, _said(body, actor), body.lead, anyone)


def _call_in(steps: TicketSteps, work: Work, id: str, body: UnitBody, actor: Actor) -> None:
    steps.move.call_in(work, id, _said(body, actor), body.unit, anyone)


def _assign(steps: TicketSteps, work: Work, id: str, body: AssigneeBody, actor: Actor) -> None:
    steps.move.assign(work, id, body.version, actor.subject, body.person, as_lead(actor))


def _transfer(steps: TicketSteps, work: Work, id: str, body: LineBody, actor: Actor) -> None:
    steps.move.transfer(work, id, _said(body, actor), body.line, anyone)


def _reconsider(steps: TicketSteps, work: Work, id: str, body: ReasonBody, actor: Actor) -> None:
    steps.move.reconsider(work, id, _said(body, actor), anyone)


def _merge(steps: TicketSteps, work: Work, id: str, body: MergeBody, actor: Actor) -> None:
    steps.merging.merge(work, id, _said(body, actor), body.into, anyone)


def _unmerge(steps: TicketSteps, work: Work, id: str, body: ReasonBody, actor: Actor) -> None:
    steps.merging.unmerge(work, id, _said(body, actor), anyone)


def _settle(steps: TicketSteps, work: Work, id: str, body: SettlementBody, actor: Actor) -> None:
    steps.settlement.settle(work, id, Said(body.version, actor.subject), body.result(), as_lead(actor))


def _visit(steps: TicketSteps, work: Work, id: str, body: VisitBody, actor: Actor) -> None:
    said = Said(body.version, actor.subject, body.note or "")
    visit = Visit(body.caller_solved, body.satisfaction, body.redo)
    steps.settlement.visit(work, id, said, visit, as_independent(actor))


def _archive(steps: TicketSteps, work: Work, id: str, body: StepBody, actor: Actor) -> None:
    steps.settlement.archive(work, id, body.version, actor.subject, anyone)


def _may_be_returned(seen: Seen) -> bool:
    running = (one for one in seen.ticket["clocks"] if one["stopped_at"] is None)
    return all(one["due_at"] >= seen.now for one in running if one["kind"] == ClockKind.RETURN)


def _had_no_part(seen: Seen) -> bool:
    """As `rights.as_independent` will see it."""
    if seen.ticket["city_number"]:
        return False
    settled = [one["actor"] for one in seen.ticket["history"] if one["step"] == Step.SETTLE]
    return seen.ticket["lead"] not in seen.actor.departments and settled[-1] != seen.actor.subject


def _extension_is(extension: Extension | None) -> Callable[[Seen], bool]:
    return lambda seen: seen.ticket["extension"] == extension


FORMS: Final[Mapping[str, Form]] = {
    form.path: form
    for form in (
        # the unit's work
        Form(Step.SIGN, "signature", StepBody, _sign, unit=True),
        _unit_step(Step.CONTACT, "contact"),
        Form(
            Step.SETTLE,
            "settlement",
            SettlementBody,
            _settle,
            (
                answer("public_answer"),
                yes_no("unit_solved"),
                words("reason", required=False),
                answer("handling", required=False, rows=3),
                yes_no("matter_true", required=False),
                yes_no("beyond_duty", required=False),
            ),
            unit=True,
        ),
        _unit_step(Step.REPORT, "report"),
        _unit_step(Step.REQUEST_RETURN, "return", only_if=_may_be_returned),
        _unit_step(Step.REQUEST_EXTENSION, "extension", only_if=_extension_is(None)),
        Form(Step.ASSIGN, "assignee", AssigneeBody, _assign, (line("person", 100),), unit=True),
        # what it is, and whose
        Form(
            Step.DISPATCH,
            "dispatch",
            DispatchBody,
            _dispatch,
            (TYPE, KIND, *PLACE, URGENCY, department("lead", required=False), REASON),
        ),
        Form(
            Step.RECLASSIFY,
            "reclassification",
            ReclassificationBody,
            _reclassify,
            (TYPE, KIND, *PLACE, URGENCY, REASON),
        ),
        _hub_step(Step.REFUSE_RETURN, "return-refusal"),
        Form(
            Step.UPHOLD_RETURN,
            "return-upholding",
            LeadBody,
            _uphold,
            (department("lead", lambda ticket: [ticket["lead"]]), REASON),
        ),
        _hub_step(Step.GRANT_EXTENSION, "extension-grant", only_if=_extension_is(Extension.REQUESTED)),
        _hub_step(Step.REFUSE_EXTENSION, "extension-refusal", only_if=_extension_is(Extension.REQUESTED)),
        Form(
            Step.REDISPATCH,
            "redispatch",
            LeadBody,
            _redispatch,
            (department("lead", lambda ticket: [ticket["lead"]]), REASON),
        ),
        Form(
            Step.CALL_IN,
            "co-handlers",
            UnitBody,
            _call_in,
            (department("unit", lambda ticket: [ticket["lead"], *ticket["co_handlers"]]), REASON),
        ),
        _hub_step(Step.SUPERVISE, "supervision"),
        _hub_step(Step.PAUSE, "pause", only_if=lambda seen: seen.ticket["paused_at"] is None),
        _hub_step(Step.RESUME, "resumption", only_if=lambda seen: seen.ticket["paused_at"] is not None),
        Form(
            Step.MERGE,
            "merge",
            MergeBody,
            _merge,
            (line("into", 36), REASON),
            only_if=lambda seen: not seen.ticket["merged"],
        ),
        Form(Step.UNMERGE, "unmerge", ReasonBody, _unmerge, (REASON,)),
        Form(Step.TRANSFER, "transfer", LineBody, _transfer, (LINE, REASON)),
        _hub_step(Step.REJECT, "rejection"),
        Form(Step.RECONSIDER, "reconsideration", ReasonBody, _reconsider, (REASON,)),
        # the caller's word
        Form(
            Step.VISIT,
            "visit",
            VisitBody,
            _visit,
            (yes_no("caller_solved"), SATISFACTION, words("note", required=False), words("redo", required=False)),
            only_if=_had_no_part,
        ),
        _hub_step(Step.MISS, "missed-visit"),
        Form(
            Step.ARCHIVE,
            "archive",
            StepBody,
            _archive,
            only_if=lambda seen: seen.ticket["unreached"] >= UNREACHED_ENOUGH,
        ),
    )
}
"""In the order in which they are shown."""

_NEXT: Final[Mapping[State, tuple[Step, ...]]] = {
    State.IN_REVIEW: (Step.DISPATCH,),
    State.DISPATCHED: (Step.SIGN,),
    State.SIGNED: (Step.CONTACT,),
    State.CONTACTED: (Step.SETTLE,),
    State.HANDLING: (Step.SETTLE,),
    State.REDO: (Step.SETTLE,),
    State.RETURN_REQUESTED: (Step.REFUSE_RETURN, Step.UPHOLD_RETURN),
    State.SETTLED: (Step.VISIT,),
}
"""What usually comes next."""
_ASKED_FOR: Final = (Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION)
"""Somebody waits for one of them, whatever the state."""


def forms_for(seen: Seen) -> list[Form]:
    """What the actor may send now."""
    return [form for form in FORMS.values() if form.offered(seen)]


def comes_next(form: Form, seen: Seen) -> bool:
    """Whether the actor most likely sends it: shown open, the others at a click. The hub seldom does a unit's work."""
    own = not form.unit or seen.ticket["lead"] in seen.actor.departments
    return own and (form.step in _ASKED_FOR or form.step in _NEXT.get(State(seen.ticket["state"]), ()))
