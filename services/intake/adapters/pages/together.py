"""One step of many tickets: each is taken or refused by itself, as if its own form had been sent (domain.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.identity import Actor, Role
from services.chassis.pages.forms import number_of
from services.chassis.problems import Problem
from services.chassis.work import Workshop
from services.intake.adapters.pages.inbox import STATES, Tab
from services.intake.adapters.pages.step_forms import FORMS, Form
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import no_such_ticket
from services.intake.adapters.step_bodies import StepBody
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.steps import STEPS

TOGETHER = ("signature", "settlement")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ticket that was ticked, in the version that was seen."""

    id: str
    version: int

    @property
    def box(self) -> str:
        return f"{self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class Refused:
    """`why` is a key of the words."""

    id: str
    why: str


def forms_of(tab: Tab, unit: str, actor: Actor) -> list[Form]:
    """What the actor may do with many tickets of a tab at once."""
    allowed = Role.HUB in actor.roles or unit in actor.departments
    return [
        form
        for form in (FORMS[path] for path in TOGETHER)
        if allowed and any((state, form.step) in STEPS for state in STATES[tab])
    ]


def chosen_of(ticked: Sequence[str]) -> list[Chosen]:
    """Of `id version`, as the boxes send it; what is neither is left out."""
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
    body_at: Callable[[int], StepBody],
    actor: Actor,
    tickets: Sequence[Chosen],
) -> list[Refused]:
    """Takes the step of each, every one in its own commit; returns those that were refused."""
    refused = []
    for one in tickets:
        try:
            with answered(no_such_ticket), workshop.open() as work:
                form.take(steps, work, one.id, body_at(one.version), actor)
        except Problem as problem:
            if problem.status_code >= 500:
                raise
            refused.append(Refused(one.id, _why(problem, one.version)))
    return refused


def _why(problem: Problem, version: int) -> str:
    if problem.status_code == 409:
        return "faster" if problem.members["current_version"] != version else "not_possible"
    return f"problem.{problem.slug}"
