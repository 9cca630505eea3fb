"""Announcing to subscribers that a message gets a new schema."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.contracts.departments import departments
from services.contracts.subscription_events import EventType
from services.notifier.app.announce_schema import AnnounceSchema
from services.notifier.domain.schema_change import LEAST_NOTICE, ChangeRefused


class SchemaChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: EventType
    new: EventType
    new_alone_from: date = Field(description=f"At least {LEAST_NOTICE.days} days from today on.")


class SchemaChangeOut(BaseModel):
    told: int = Field(description="How many departments were told now; 0 if they had been told before.")


def schema_change_routes(workshop: Workshop, announce: AnnounceSchema) -> APIRouter:
    router = APIRouter(tags=["subscriptions"])

    @router.post("/schema-changes", status_code=201)
    def announce_change(actor: Annotated[Actor, Depends(require(Role.ADMIN))], body: SchemaChangeIn) -> SchemaChangeOut:
        """Tells every department on its topic. Until the day both types are sent; the same call again tells nobody."""
        try:
            with workshop.open() as work:
                announced = announce(work, body.old, body.new, body.new_alone_from, actor.subject)
        except ChangeRefused as refused:
            at = ("body", refused.field)
            raise invalid([{"loc": at, "type": "value_error", "msg": str(refused)}]) from None
        return SchemaChangeOut(told=len(departments()) if announced else 0)

    return router
