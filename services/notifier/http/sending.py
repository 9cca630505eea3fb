"""What is amiss with sending to officers, for the hub and for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.http.officers import own_units
from services.notifier.store import sending_findings

Keeper = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]
SINCE = timedelta(days=7)


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    officer_id: UUID
    unit: str
    post: Post


class RestingOut(_Out):
    """A way that failed, and is not tried before `until`."""

    channel: OfficerChannel
    cause: str
    since: AwareDatetime
    until: AwareDatetime


class NearOut(_Out):
    """How much of a limit is used: 1 and the next message waits, unless it is urgent."""

    channel: OfficerChannel
    share: float


class UnsentOut(_Out):
    """A message that waits (until `not_before` at least), has failed or was withheld, with its cause."""

    message_id: UUID
    status: str
    cause: str
    channel: OfficerChannel | None
    urgent: bool
    closes_at: AwareDatetime
    not_before: AwareDatetime


class SendingOut(BaseModel):
    resting: list[RestingOut]
    near: list[NearOut]
    unsent: list[UnsentOut]


def sending_routes(workshop: Workshop, rules: SendingRules) -> APIRouter:
    router = APIRouter(prefix="/officer-messages", tags=["officers"])

    @router.get("/findings")
    def list_findings(actor: Keeper) -> SendingOut:
        """Ways at rest, who is near a limit, and what was not sent within seven days. A department sees its own."""
        with workshop.open() as work:
            found = findings_of(work, actor, rules)
        return SendingOut(
            resting=[RestingOut.model_validate(one) for one in found.resting],
            near=[NearOut.model_validate(one) for one in found.near],
            unsent=[UnsentOut.model_validate(one) for one in found.unsent],
        )

    return router


@dataclass(frozen=True, slots=True)
class Findings:
    resting: Sequence[Any]
    near: Sequence[Any]
    unsent: Sequence[Any]


def findings_of(work: Work, actor: Actor, rules: SendingRules) -> Findings:
    """What the actor may see: the hub all, a department its own."""
    own, now = own_units(actor), work.clock.now()
    return Findings(
        sending_findings.resting(work.connection, now, own),
        sending_findings.near_limits(work.connection, now, rules, own),
        sending_findings.unsent(work.connection, now - SINCE, own),
    )
