"""The forms of a ticket's steps: their fields, and which of them a reader may send now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.web.identity import Actor, Role
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import STEPS, TicketState, TicketStep
from services.intake.domain.ticket import UNREACHED_ENOUGH
from services.intake.domain.ticket_record import Extension
from services.intake.http.rights import may_lead
from services.intake.http.step_table import STEP_TABLE, StepRow
from services.intake.pages.fields import (
    ABOUT,
    IN_VAIN,
    KIND,
    LINE,
    PLACE,
    SATISFACTION,
    TYPE,
    URGENCY,
    Facts,
    FormField,
    answer,
    department,
    line,
    words,
    yes_no,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket, and who looks at it when."""

    ticket: Facts
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one step. `path` names it, in its address and in the words.

    `only_if` is what the step requires beside the ticket's state, as far as it can be seen beforehand.
    """

    row: StepRow
    fields: tuple[FormField, ...] = ()
    only_if: Callable[[Seen], bool] = lambda _: True

    @property
    def path(self) -> str:
        return self.row.path.replace("/", "-")

    @property
    def step(self) -> TicketStep:
        return self.row.step

    def offered(self, seen: Seen) -> bool:
        """Whether the actor may take the step now, as far as can be seen; the use case has the last word."""
        return self._allowed(seen) and (seen.ticket["state"], self.step) in STEPS and self.only_if(seen)

    def _allowed(self, seen: Seen) -> bool:
        if self.row.by_co_handler:
            return not seen.actor.departments.isdisjoint(seen.ticket["co_handlers"])
        return may_lead(seen.actor, seen.ticket["lead"]) if self.row.by_unit else Role.HUB in seen.actor.roles


def _may_be_returned(seen: Seen) -> bool:
    running = (one for one in seen.ticket["clocks"] if one["stopped_at"] is None)
    return all(one["due_at"] >= seen.now for one in running if one["kind"] == DeadlineKind.RETURN)


def _had_no_part(seen: Seen) -> bool:
    """Foresees what `rights.as_independent` and the ticket will decide."""
    if seen.ticket["city_number"]:
        return False
    settled = [one["actor"] for one in seen.ticket["history"] if one["step"] == TicketStep.SETTLE]
    return seen.ticket["lead"] not in seen.actor.departments and settled[-1] != seen.actor.subject


def _extension_is(extension: Extension | None) -> Callable[[Seen], bool]:
    return lambda seen: seen.ticket["extension"] == extension


def _about(ticket: Facts) -> list[str | None]:
    return [ticket["about_unit"]]


def _lead_and_about(ticket: Facts) -> list[str | None]:
    return [ticket["lead"], *_about(ticket)]


REASON = words("reason")
WHAT_IT_IS = (TYPE, KIND, *PLACE, URGENCY, ABOUT)
NOTE = words("note", rows=3)


def _form(step: TicketStep, *fields: FormField, only_if: Callable[[Seen], bool] = lambda _: True) -> Form:
    return Form(STEP_TABLE[step], fields, only_if)


FORMS: Final[Mapping[str, Form]] = {
    form.path: form
    for form in (
        # the unit's work
        _form(TicketStep.SIGN),
        _form(TicketStep.CONTACT, NOTE),
        _form(TicketStep.MISS_CONTACT, IN_VAIN),
        _form(
            TicketStep.SETTLE,
            answer("public_answer"),
            yes_no("unit_solved"),
            words("reason", required=False),
            answer("handling", required=False, rows=3),
            yes_no("matter_true", required=False),
            yes_no("beyond_duty", required=False),
        ),
        _form(TicketStep.REPORT, NOTE),
        _form(TicketStep.ASSIST, NOTE, yes_no("contacted", required=False)),
        _form(TicketStep.REQUEST_RETURN, NOTE, only_if=_may_be_returned),
        _form(TicketStep.REQUEST_EXTENSION, NOTE, only_if=_extension_is(None)),
        _form(TicketStep.ASSIGN, line("person", 100)),
        # what it is, and whose
        _form(TicketStep.DISPATCH, *WHAT_IT_IS, department("lead", _about, required=False), REASON),
        _form(TicketStep.RECLASSIFY, *WHAT_IT_IS, REASON),
        _form(TicketStep.REFUSE_RETURN, REASON),
        _form(TicketStep.UPHOLD_RETURN, department("lead", _lead_and_about), REASON),
        _form(TicketStep.GRANT_EXTENSION, REASON, only_if=_extension_is(Extension.REQUESTED)),
        _form(TicketStep.REFUSE_EXTENSION, REASON, only_if=_extension_is(Extension.REQUESTED)),
        _form(TicketStep.REDISPATCH, department("lead", _lead_and_about), REASON),
        _form(
            TicketStep.CALL_IN,
            department("unit", lambda ticket: [*_lead_and_about(ticket), *ticket["co_handlers"]]),
            REASON,
            only_if=lambda seen: not seen.ticket["restricted"],
        ),
        _form(TicketStep.SUPERVISE, REASON),
        _form(TicketStep.PAUSE, REASON, only_if=lambda seen: seen.ticket["paused_at"] is None),
        _form(TicketStep.RESUME, REASON, only_if=lambda seen: seen.ticket["paused_at"] is not None),
        _form(TicketStep.MERGE, line("into", 36), REASON, only_if=lambda seen: not seen.ticket["merged"]),
        _form(TicketStep.UNMERGE, REASON),
        _form(TicketStep.TRANSFER, LINE, REASON),
        _form(TicketStep.REJECT, REASON),
        _form(TicketStep.RECONSIDER, REASON),
        # the caller's word
        _form(
            TicketStep.VISIT,
            yes_no("caller_solved"),
            SATISFACTION,
            words("note", required=False),
            words("redo", required=False),
            only_if=_had_no_part,
        ),
        _form(TicketStep.MISS, REASON),
        _form(TicketStep.ARCHIVE, only_if=lambda seen: seen.ticket["unreached"] >= UNREACHED_ENOUGH),
    )
}
"""In the order in which they are shown."""

_NEXT: Final[Mapping[TicketState, tuple[TicketStep, ...]]] = {
    TicketState.IN_REVIEW: (TicketStep.DISPATCH,),
    TicketState.DISPATCHED: (TicketStep.SIGN,),
    TicketState.SIGNED: (TicketStep.CONTACT,),
    TicketState.CONTACTED: (TicketStep.SETTLE,),
    TicketState.HANDLING: (TicketStep.SETTLE,),
    TicketState.REDO: (TicketStep.SETTLE,),
    TicketState.RETURN_REQUESTED: (TicketStep.REFUSE_RETURN, TicketStep.UPHOLD_RETURN),
    TicketState.SETTLED: (TicketStep.VISIT,),
}
"""The steps that usually come next."""
_ASKED_FOR: Final = (TicketStep.GRANT_EXTENSION, TicketStep.REFUSE_EXTENSION)
"""Steps that somebody waits for, whatever the state."""


def forms_for(seen: Seen) -> list[Form]:
    """What the actor may send now."""
    return [form for form in FORMS.values() if form.offered(seen)]


def comes_next(form: Form, seen: Seen) -> bool:
    """Whether the actor most likely sends it: it is shown open. The hub seldom does a unit's work."""
    own = not form.row.by_unit or seen.ticket["lead"] in seen.actor.departments
    return own and (form.step in _ASKED_FOR or form.step in _NEXT.get(TicketState(seen.ticket["state"]), ()))
