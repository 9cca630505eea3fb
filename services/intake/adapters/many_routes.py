"""The shift leader's acts on many tickets at once, answered ticket by ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, model_validator
from sqlalchemy import Connection, select

from services.chassis.identity import Actor, Role
from services.chassis.problems import Problem
from services.chassis.work import Work, Workshop
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import Handler, as_lead, no_such_ticket
from services.intake.adapters.step_bodies import Answer, Note
from services.intake.adapters.tables import tickets
from services.intake.app.many import ActOnMany
from services.intake.app.ports import Result
from services.intake.domain.steps import AT_WORK

MOST = 500


class MatterBody(BaseModel):
    """The tickets a unit works on, of one type in one place, received in a period."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type_code: TypeCode
    estate: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    sub_district: SubDistrictCode | None = None
    begin: AwareDatetime | None = Field(None, alias="from")
    end: AwareDatetime | None = Field(None, alias="to", description="Not itself in the period.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.estate is None) == (self.sub_district is None):
            raise ValueError("name the estate or the sub-district, one of them")
        return self


class TicketsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ticket_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class AnswersBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ticket_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] | None = None
    matter: MatterBody | None = None
    public_answer: Answer = Field(description="What every caller is told.")
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
    """Each ticket is done or refused for itself, and never half done. Sent again, what was done is refused as done."""
    router = APIRouter(prefix="/tickets", tags=["shift"])

    @router.post("/answers")
    def answer_many(body: AnswersBody, actor: Handler) -> dict[str, Any]:
        """One incident's answer for many tickets: settles each, and what is linked to it.

        Up to 500 at a time, the oldest first; `more` says that others of the matter are left: send it again.
        """
        if body.matter:
            with workshop.engine.begin() as connection:
                found = _of_matter(connection, body.matter, actor)
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


def _row_by_row(
    workshop: Workshop, ids: Sequence[str], take: Callable[[Work, str], None]
) -> list[dict[str, Any]]:
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


def _of_matter(connection: Connection, matter: MatterBody, actor: Actor) -> list[str]:
    t = tickets.c
    place = t.estate == matter.estate if matter.estate else t.sub_district == matter.sub_district
    found = select(t.id).where(place, t.type_code == matter.type_code, t.state.in_(AT_WORK))
    if matter.begin:
        found = found.where(t.received_at >= matter.begin)
    if matter.end:
        found = found.where(t.received_at < matter.end)
    if Role.HUB not in actor.roles:
        found = found.where(t.lead.in_(actor.departments))
    return list(connection.execute(found.order_by(t.received_at, t.id).limit(MOST + 1)).scalars())
