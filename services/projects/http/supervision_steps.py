"""The steps of a clause over HTTP: handed over, returned, answered, rated, followed until it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.domain.supervision.opinions import SupervisionOpinion
from services.projects.http.refusals import answered
from services.projects.http.supervision import Supervisor
from services.projects.http.supervision_bodies import (
    CarriedOutBody,
    ClauseReasonBody,
    ExtensionBody,
    ExtensionDecisionBody,
    HandOverBody,
    RatingBody,
    ReplyBody,
)
from services.projects.http.supervision_shown import opinion_shown, seat_of

Unit = Annotated[Actor, Depends(require(Role.DEPARTMENT))]
Judge = Annotated[Actor, Depends(require(Role.SUPERVISOR, Role.DEPUTY))]


def opinion_routes(workshop: Workshop, acts: SupervisionActs) -> APIRouter:
    """Each answers 409 with `current_version` and `current_state` where the clause is elsewhere by now."""
    router = APIRouter(prefix="/supervision/clauses", tags=["supervision"])
    opinions = acts.opinions

    def done(act: Callable[[Work], SupervisionOpinion]) -> dict[str, Any]:
        with answered("clause"), workshop.open() as work:
            return opinion_shown(act(work), acts.limits)

    @router.post("/{clause_id}/hand-over")
    def hand_over(actor: Supervisor, clause_id: UUID, body: HandOverBody) -> dict[str, Any]:
        """Within 7 working days. Then the unit has 3 months, and 7 working days to say that it is not its duty."""
        return done(lambda work: opinions.hand_over(work, body.at(clause_id), body.unit, seat_of(actor)))

    @router.post("/{clause_id}/return")
    def send_back(actor: Unit, clause_id: UUID, body: ClauseReasonBody) -> dict[str, Any]:
        """Not the unit's duty, and why."""
        return done(lambda work: opinions.send_back(work, body.at(clause_id), body.reason, seat_of(actor)))

    @router.post("/{clause_id}/extension")
    def ask_extension(actor: Unit, clause_id: UUID, body: ExtensionBody) -> dict[str, Any]:
        """Asks for more time, once, of 3 months at most."""
        return done(
            lambda work: opinions.ask_extension(work, body.at(clause_id), body.reason, body.until, seat_of(actor))
        )

    @router.post("/{clause_id}/extension/decision")
    def decide_extension(actor: Supervisor, clause_id: UUID, body: ExtensionDecisionBody) -> dict[str, Any]:
        return done(
            lambda work: opinions.decide_extension(work, body.at(clause_id), body.granted, body.note, seat_of(actor))
        )

    @router.post("/{clause_id}/reply")
    def reply(actor: Unit, clause_id: UUID, body: ReplyBody) -> dict[str, Any]:
        """The unit's answer: class, date, and the paper signed by its head."""
        return done(lambda work: opinions.reply(work, body.at(clause_id), body.answer(), seat_of(actor)))

    @router.post("/{clause_id}/rating")
    def rate(actor: Judge, clause_id: UUID, body: RatingBody) -> dict[str, Any]:
        """By the party or the deputy whose suggestion it was. Who is dissatisfied says why; the unit answers again
        within a month."""
        return done(lambda work: opinions.rate(work, body.at(clause_id), body.said(), seat_of(actor)))

    @router.post("/{clause_id}/carried-out")
    def carry_out(actor: Supervisor, clause_id: UUID, body: CarriedOutBody) -> dict[str, Any]:
        """The supervisor found it done; nobody else sets this."""
        return done(lambda work: opinions.carry_out(work, body.at(clause_id), body.on, body.note, seat_of(actor)))

    @router.post("/{clause_id}/not-done")
    def miss(actor: Supervisor, clause_id: UUID, body: ClauseReasonBody) -> dict[str, Any]:
        """The supervisor found that it was not done: the unit answers again within a month."""
        return done(lambda work: opinions.miss(work, body.at(clause_id), body.reason, seat_of(actor)))

    @router.post("/{clause_id}/withdrawal")
    def withdraw(actor: Supervisor, clause_id: UUID, body: ClauseReasonBody) -> dict[str, Any]:
        """Takes a clause back that was not answered yet."""
        return done(lambda work: opinions.withdraw(work, body.at(clause_id), body.reason, seat_of(actor)))

    return router
