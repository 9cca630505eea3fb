"""One step of many tickets, each taken or refused as if its own form had been sent (docs/domain.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import number_of
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem
from services.intake.domain.steps import STEPS
from services.intake.http.refusals import answered
from services.intake.http.rights import no_such_ticket
from services.intake.http.step_bodies import TicketStepBody
from services.intake.http.step_table import TicketSteps
from services.intake.pages.step_forms import FORMS, Form
from services.intake.store.inbox import STATES, Tab

TOGETHER = ("signature", "settlement")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ticket that was ticked, and the version that was seen."""

    id: str
    version: int

    @property
    def box(self) -> str:
        return f"{self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A ticket whose step was refused; `why` is a key of the words."""

    id: str
    why: str


def forms_of(tab: Tab, unit: str, actor: Actor) -> list[Form]:
    """The forms that the actor may send for many tickets of a tab."""
    allowed = Role.HUB in actor.roles or unit in actor.departments
    return [
        form
        for form in (FORMS[path] for path in TOGETHER)
        if allowed and any((state, form.step) in STEPS for state in STATES[tab])
    ]


def chosen_of(ticked: Sequence[str]) -> list[Chosen]:
    """Parses the boxes' values `id version`; others are ignored."""
    found = []
    for box in ticked:
        ticket_id, _, version = box.partition(" ")
        try:
            found.append(Chosen(str(UUID(ticket_id)), number_of(version) or 0))
        except ValueError:
            continue
    return found


def take_each(
    workshop: Workshop,
    steps: TicketSteps,
    form: Form,
    body_at: Callable[[int], TicketStepBody],
    actor: Actor,
    tickets: Sequence[Chosen],
) -> list[Refused]:
    """Takes the step of each ticket in its own transaction; returns those refused."""
    refused = []
    for one in tickets:
        try:
            with answered(no_such_ticket), workshop.open() as work:
                form.row.take(steps, work, one.id, body_at(one.version), actor)
        except Problem as problem:
            if problem.status_code >= 500:
                raise
            refused.append(Refused(one.id, _why(problem, one.version)))
    return refused


def _why(problem: Problem, version: int) -> str:
    if problem.status_code == 409:
        return "faster" if problem.members["current_version"] != version else "not_possible"
    return f"problem.{problem.slug}"
