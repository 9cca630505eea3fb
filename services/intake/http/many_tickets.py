"""Answers or signs many tickets at once, with a result for each ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, model_validator

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Role
from services.chassis.web.problems import Problem
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.intake.app.act_on_many import ActOnMany
from services.intake.app.ports import Result
from services.intake.http.refusals import answered
from services.intake.http.rights import Handler, as_lead, no_such_ticket
from services.intake.http.step_bodies import Answer, EstateId, Note
from services.intake.store.matching_tickets import TicketFilter, tickets_at_work

MOST = 500


class MatterBody(BaseModel):
    """The tickets a unit works on, of one type in one place, received in a period."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type_code: TypeCode
    estate: EstateId | None = None
    sub_district: SubDistrictCode | None = None
    begin: AwareDatetime | None = Field(None, alias="from")
    end: AwareDatetime | None = Field(None, alias="to", description="Not itself in the period.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.estate is None) == (self.sub_district is None):
            raise ValueError("name the estate or the sub-district, one of them")
        return self

    def filter(self) -> TicketFilter:
        return TicketFilter(self.type_code, self.estate, self.sub_district, self.begin, self.end)


class TicketsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ticket_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class AnswersBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ticket_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] | None = None
    matter: MatterBody | None = None
    public_answer: Answer = Field(description="What every caller is answered.")
    unit_solved: StrictBool
    reason: Note | None = Field(None, description="Why not, where it is not solved.")

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if (self.ticket_ids is None) == (self.matter is None):
            raise ValueError("name ticket_ids or a matter, one of them")
        if not self.unit_solved and not self.reason:
            raise ValueError("reason is missing: say why the matter is not solved")
        return self


def many_routes(workshop: Workshop, many: ActOnMany) -> APIRouter:
    """Each ticket is done or refused by itself. Sent again, those done are refused as done."""
    router = APIRouter(prefix="/tickets", tags=["shift"])

    @router.post("/answers")
    def answer_many(body: AnswersBody, actor: Handler) -> dict[str, Any]:
        """One answer for many tickets: settles each, and those linked to it.

        Up to 500 at a time, the oldest first; `more` says that others of the matter are left: send it again.
        """
        if body.matter:
            leads = None if Role.HUB in actor.roles else actor.departments
            with workshop.engine.begin() as connection:
                found = tickets_at_work(connection, body.matter.filter(), leads, MOST + 1)
            ids, more = found[:MOST], len(found) > MOST
        else:
            ids, more = _once(body.ticket_ids or []), False
        result, done = Result(body.public_answer, body.unit_solved, body.reason), set[str]()

        def answer(work: Work, ticket_id: str) -> None:
            many.answer(work, ticket_id, done, actor.subject, result, as_lead(actor))
            work.after_commit(lambda: done.add(ticket_id))

        return {"results": _row_by_row(workshop, ids, answer), "more": more}

    @router.post("/signatures")
    def sign_many(body: TicketsBody, actor: Handler) -> dict[str, Any]:
        """The unit takes them (签收)."""

        def sign(work: Work, ticket_id: str) -> None:
            many.sign(work, ticket_id, actor.subject, as_lead(actor))

        return {"results": _row_by_row(workshop, _once(body.ticket_ids), sign)}

    return router


def _row_by_row(workshop: Workshop, ids: Sequence[str], take: Callable[[Work, str], None]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for ticket_id in ids:
        try:
            with answered(no_such_ticket), workshop.open() as work:
                take(work, ticket_id)
        except Problem as refused:
            why = {"status": refused.status_code, "title": refused.title, "detail": refused.detail}
            rows.append({"ticket_id": ticket_id, "done": False, "problem": why | refused.members})
        else:
            rows.append({"ticket_id": ticket_id, "done": True})
    return rows


def _once(ids: Sequence[UUID]) -> list[str]:
    return list(dict.fromkeys(map(str, ids)))
