"""`POST /sms/receipts` (docs/sms-gateway.md): the gateway reports the fate of a message."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.intake.domain.sending import GatewayReceipt, NextWay
from services.intake.domain.telling import Way
from services.intake.store.sending_queue import take_receipt

NetworkCode = Annotated[str, Field(max_length=20, pattern=r"^[A-Z][A-Z0-9]{0,7}(:[0-9]{1,4})?$")]
"""The network's code of a failure, as DELIVRD, UNDELIV or MK:0001: no telephone number fits."""

SmsMachine = Annotated[Actor, Depends(require(Role.SMS_GATEWAY))]


class ReceiptBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="The message's id, as it was sent.")
    state: GatewayReceipt
    code: NetworkCode | None = Field(None, description="Why it failed.")


def sms_routes(workshop: Workshop, next_way: NextWay) -> APIRouter:
    router = APIRouter(prefix="/sms", tags=["sms"])

    @router.post("/receipts")
    def take(body: ReceiptBody, _: SmsMachine) -> dict[str, Any]:
        """Records what became of a message. In any order and as often as it comes: what is older changes nothing."""
        cause = f"network {body.code or 'failed'}" if body.state is GatewayReceipt.FAILED else None
        with workshop.open() as work:
            changed = take_receipt(work, str(body.id), Way.SMS, body.state, cause, next_way)
        if changed is None:
            raise Problem(404, "not-found", "No such message", "id: it is not one of ours; look at the district's URL.")
        return {"changed": changed}

    return router
