"""The notices to officers and whether they were read, and the state of each chain.

For the hub and the own unit alone: a notice says type and place of a ticket, which may be restricted (ADR 27).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.problems import Problem
from services.contracts.event import TicketNumber
from services.notifier.app.mark_read import MarkRead, ReadBy
from services.notifier.domain.escalation import EscalationState
from services.notifier.domain.officer import Post
from services.notifier.domain.officer_notice import NoticeStatus, Pressure
from services.notifier.http.officers import Keeper, own_units
from services.notifier.store.escalations import escalation_of
from services.notifier.store.notice_views import chains_page, notices_page

Limit = Annotated[int, Query(ge=1, le=500)]


class NoticeOut(BaseModel):
    """One officer's notice, by unit and post. `status` says how far it is; `cause` why it was not sent."""

    model_config = ConfigDict(from_attributes=True)

    notice_id: UUID
    event_id: UUID
    unit: str
    post: Post
    subject_kind: str
    subject_id: str
    number: str | None
    template: str
    values: dict[str, Any]
    pressure: Pressure
    rule: str
    rule_version: int
    step: int = Field(description="0, or the step of a chain.")
    caused_at: datetime
    read_within: timedelta | None
    status: NoticeStatus
    cause: str | None
    read_at: datetime | None
    read_by: ReadBy | None


class NoticePage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    items: list[NoticeOut]
    next: str | None = None


class ReadOut(BaseModel):
    read: bool


class TurnOut(BaseModel):
    """A step of a chain. `told_at` and `officers` are absent while it is still to come. `officers`: to how many a way
    leads; 0 if nobody was reached, since nobody sits there or nothing could be sent, and then the next step followed.
    """

    step: int
    posts: list[tuple[str, Post]]
    within: timedelta | None = None
    told_at: datetime | None = None
    officers: int | None = None


class ChainOut(BaseModel):
    """Where a chain stands, by the rule and version by which it began. A step that reached 0 officers is a finding."""

    escalation_id: UUID
    subject_kind: str
    subject_id: str
    number: str | None
    template: str
    values: dict[str, Any]
    rule: str
    rule_version: int
    state: EscalationState
    step: int
    started_at: datetime
    due_at: datetime | None = Field(description="When the next step follows.")
    ended_at: datetime | None
    steps: list[TurnOut]


class ChainPage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    items: list[ChainOut]
    next: str | None = None


def officer_notice_routes(workshop: Workshop, mark_read: MarkRead) -> APIRouter:
    router = APIRouter(tags=["telling"])

    @router.get("/officer-notices")
    def list_notices(
        actor: Keeper, number: TicketNumber | None = None, cursor: str | None = None, limit: Limit = 100
    ) -> NoticePage:
        """What officers were notified of, newest first, by unit and post; a department sees its own."""
        with workshop.open() as work:
            found = notices_page(work, own_units(actor), number, read_cursor(cursor), limit + 1)
        items = [NoticeOut.model_validate(row) for row in found[:limit]]
        last = items[-1] if len(found) > limit else None
        return NoticePage(items=items, next=last and write_cursor(last.caused_at, str(last.notice_id)))

    @router.post("/officer-notices/{notice_id}/read")
    def mark(actor: Keeper, notice_id: UUID) -> ReadOut:
        """The unit has read it: the chain stops. Once more changes nothing."""
        with workshop.open() as work:
            if not mark_read(work, [notice_id], ReadBy.API, own_units(actor)):
                remedy = "notice_id: take it from GET /officer-notices."
                raise Problem(404, "not-found", "No such notice", remedy)
        return ReadOut(read=True)

    @router.get("/escalations")
    def list_chains(
        actor: Keeper, state: EscalationState | None = None, cursor: str | None = None, limit: Limit = 100
    ) -> ChainPage:
        """Chains, newest first: who was notified at which step, and what follows. A department sees its own."""
        with workshop.open() as work:
            found = chains_page(work, own_units(actor), state, read_cursor(cursor), limit + 1)
        items = [chain_shown(row) for row in found[:limit]]
        last = items[-1] if len(found) > limit else None
        return ChainPage(items=items, next=last and write_cursor(last.started_at, str(last.escalation_id)))

    return router


def chain_shown(row: Any) -> ChainOut:
    chain = escalation_of(row)
    taken = {one["step"]: one for one in row.steps or ()}
    turns = [TurnOut(step=0, posts=[], **_outcome_of(taken.get(0)))]
    for number, turn in enumerate(chain.chain, start=1):
        turns.append(TurnOut(step=number, posts=list(turn.posts), within=turn.within, **_outcome_of(taken.get(number))))
    return ChainOut(
        escalation_id=chain.escalation_id,
        subject_kind=chain.subject.kind,
        subject_id=chain.subject.subject_id,
        number=chain.subject.number,
        template=chain.telling.template,
        values=dict(chain.telling.values),
        rule=chain.rule,
        rule_version=chain.rule_version,
        state=chain.state,
        step=chain.step,
        started_at=chain.started_at,
        due_at=chain.due_at,
        ended_at=chain.ended_at,
        steps=turns,
    )


def _outcome_of(step: dict[str, Any] | None) -> dict[str, Any]:
    return {} if step is None else {"told_at": step["told_at"], "officers": step["officers"]}
