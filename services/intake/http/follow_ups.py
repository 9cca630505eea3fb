"""`/follow-ups`: the callers of hot issues, the call list, and their answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.chassis.database.work import Work, Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.intake.app.answer_follow_up import AnswerFollowUp, CallerAnswer
from services.intake.app.miss_call import MissFollowUp
from services.intake.domain.calls import CallResult
from services.intake.domain.follow_up import Stage
from services.intake.http.refusals import answered
from services.intake.http.rights import Operator, scope_of
from services.intake.http.step_bodies import Note
from services.intake.store.follow_up_views import (
    FollowUpFilter,
    follow_up_with_answers,
    messages_after,
    page_of_follow_ups,
)

Follower = Annotated[Actor, Depends(require(Role.HUB, Role.SUPERVISOR))]
Limit = Annotated[int, Query(ge=1, le=200)]


class AnswerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The follow-up's version as you saw it.")
    solved: StrictBool = Field(description="The caller's own word.")
    note: Note | None = None


class MissedCallBody(BaseModel):
    """A call to ask the caller that brought no answer."""

    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The follow-up's version as you saw it.")
    result: Literal[CallResult.NOT_REACHED, CallResult.WRONG_NUMBER, CallResult.REFUSED]


def follow_up_routes(workshop: Workshop, answer: AnswerFollowUp, miss: MissFollowUp) -> APIRouter:
    router = APIRouter(prefix="/follow-ups", tags=["follow-ups"])

    @router.get("")
    def list_follow_ups(
        actor: Follower,
        stage: Stage | None = None,
        hot_issue: UUID | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """The newest first. `next` is the cursor of the following page, null after the last."""
        wanted = FollowUpFilter(stage, str(hot_issue) if hot_issue else None)
        with workshop.engine.begin() as connection:
            items = page_of_follow_ups(connection, wanted, scope_of(actor), read_cursor(cursor), limit)
        last = items[-1] if len(items) == limit else None
        return {"items": items, "next": last and write_cursor(last["joined_at"], last["follow_up_id"])}

    @router.get("/messages")
    def call_list(
        actor: Follower, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0, limit: Limit = 50
    ) -> dict[str, Any]:
        """The messages for callers, in order and without a gap: `next` is the `after` of the following page.

        Each caller once for each stage (and once more if the matter is opened again). `asked` asks for an answer.
        """
        with workshop.engine.begin() as connection:
            items = messages_after(connection, scope_of(actor), after, limit)
        return {"items": items, "next": items[-1]["message"] if len(items) == limit else None}

    @router.get("/{follow_up_id}")
    def show_follow_up(actor: Follower, follow_up_id: UUID) -> dict[str, Any]:
        """A follow-up with its messages and answers."""
        with workshop.engine.begin() as connection:
            found = follow_up_with_answers(connection, str(follow_up_id), scope_of(actor))
        if found is None:
            raise _no_such_follow_up()
        return found

    @router.post("/{follow_up_id}/answer")
    def take_answer(follow_up_id: UUID, body: AnswerBody, actor: Operator) -> dict[str, Any]:
        """Records the answer of a caller who was asked. Not solved: a new ticket continues theirs (`continued_by`)."""
        said = CallerAnswer(body.version, actor.subject, body.solved, body.note)
        with answered(_no_such_follow_up), workshop.open() as work:
            answer(work, str(follow_up_id), said)
            return _changed(work, follow_up_id)

    @router.post("/{follow_up_id}/missed-call")
    def miss_call(follow_up_id: UUID, body: MissedCallBody, actor: Operator) -> dict[str, Any]:
        """Records a call in vain: the caller is called again later (`call_after`), or no more (stage `not reached`)."""
        with answered(_no_such_follow_up), workshop.open() as work:
            miss(work, str(follow_up_id), body.version, actor.subject, body.result)
            return _changed(work, follow_up_id)

    return router


def _changed(work: Work, follow_up_id: UUID) -> dict[str, Any]:
    found = follow_up_with_answers(work.connection, str(follow_up_id))
    assert found
    return found


def _no_such_follow_up() -> Problem:
    return Problem(404, "not-found", "No such follow-up", "follow_up_id: take it from GET /follow-ups.")
