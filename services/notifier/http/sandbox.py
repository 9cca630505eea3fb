"""Fills the sandbox, which authors of a department's program read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.contracts.department_state_events import DepartmentTicketState
from services.contracts.topics import SANDBOX, topic_table
from services.notifier.domain.sandbox import generated


class SandboxIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tickets: int = Field(20, ge=1, le=500)


class SandboxOut(BaseModel):
    tickets: int
    messages: int


def sandbox_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["subscriptions"])

    @router.post("/sandbox", status_code=201)
    def fill_sandbox(_actor: Annotated[Actor, Depends(require(Role.ADMIN))], body: SandboxIn) -> SandboxOut:
        """Writes generated tickets to the sandbox's topics. Nobody said them, and no ticket of ours has their ids."""
        topics, messages = topic_table(), 0
        with workshop.open() as work:
            for number in range(body.tickets):
                for event in generated(number, work.clock.now()):
                    is_state = isinstance(event, DepartmentTicketState)
                    messages += not is_state
                    to = topics.department_state_topic if is_state else topics.department_topic
                    work.publish(to(SANDBOX), event, event_id=getattr(event, "delivery_id", None))
        return SandboxOut(tickets=body.tickets, messages=messages)

    return router
