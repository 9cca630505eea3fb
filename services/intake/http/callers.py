"""`GET /tickets/{id}/caller` and `POST /callers/search`: who a caller is, for those who may know (ADR 35)."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.contracts.callers import normalise_phone
from services.intake.app.ports import Identity
from services.intake.app.read_caller import CallerRead, ReadCaller, StatusCode
from services.intake.domain.caller_access import Asker, ReadingOutcome, ReadingPurpose
from services.intake.domain.scope import TicketScope
from services.intake.http.rights import no_such_ticket, sees_all

Person = Annotated[
    Actor,
    Depends(
        require(Role.HUB, Role.DEPARTMENT, Role.SUBDISTRICT, Role.SUPERVISOR, Role.ADMIN, Role.IDENTITY_READER),
    ),
]
"""Everybody but machines: who may not know it is refused by the table, and the refusal is kept."""
PRIVATE: Final = {"Cache-Control": "no-store"}
SAID: Final = ("name", "phone", "email", "address", "text")
"""What a caller said of themselves, as whoever may know it is shown it."""


def _names_the_caller(purpose: ReadingPurpose) -> ReadingPurpose:
    if purpose is ReadingPurpose.STATUS_CODE:
        raise ValueError("gives the code alone: send POST /tickets/{ticket_id}/status-code")
    return purpose


IdentityPurpose = Annotated[ReadingPurpose, AfterValidator(_names_the_caller)]


def phone_number(phone: str) -> str:
    """As it was written. Raises ValueError for what is not a phone number."""
    normalise_phone(phone)
    return phone


class SearchBody(BaseModel):
    """In a body, because addresses are logged."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"phone": "138 1234 5678", "purpose": "own request"}}
    )

    phone: Annotated[str, Field(max_length=40), AfterValidator(phone_number)] = Field(
        description="However it is written: with blanks, +86, in full width."
    )
    purpose: ReadingPurpose


def caller_routes(workshop: Workshop, read: ReadCaller) -> APIRouter:
    router = APIRouter(tags=["callers"])

    @router.get("/tickets/{ticket_id}/caller")
    def show_caller(actor: Person, ticket_id: UUID, purpose: IdentityPurpose) -> Response:
        """Name, telephone, e-mail, address and words as said. Each reading is kept with its purpose, also if refused.

        For the department that leads while it has the ticket, the hub, and identity readers, each for purposes of their
        own; of a confidential or a restricted ticket for fewer. 410: the caller was erased. 429 says when to try again.
        """
        identity = caller_of(workshop, read, actor, ticket_id, purpose)
        return json_answer({"ticket_id": str(ticket_id), **shown(identity)}, headers=PRIVATE)

    @router.post("/tickets/{ticket_id}/status-code")
    def give_code(actor: Person, ticket_id: UUID) -> Response:
        """The number and code by which the caller looks the ticket up at /status without a login, to be read out.

        For those who may read the caller for the purpose `status code`; kept as such a reading. It names nobody.
        """
        code = code_of(workshop, read, actor, ticket_id)
        return json_answer({"ticket_id": str(ticket_id), **asdict(code)}, headers=PRIVATE)

    @router.post("/callers/search")
    def search(body: SearchBody, actor: Person) -> Response:
        """The tickets of a telephone, the newest first: for the hub and identity readers; kept as a reading.

        A telephone that a family or an office shares is one caller: the number does not say which of them spoke.
        """
        return json_answer({"items": tickets_of(workshop, read, actor, body)}, headers=PRIVATE)

    return router


def caller_of(workshop: Workshop, read: ReadCaller, actor: Actor, ticket_id: UUID, purpose: ReadingPurpose) -> Identity:
    """Raises the Problem of a refusal, after it was committed."""
    identity = _read(workshop, read, actor, ticket_id, purpose).identity
    assert identity
    return identity


def code_of(workshop: Workshop, read: ReadCaller, actor: Actor, ticket_id: UUID) -> StatusCode:
    """The code for /status; it is given to the actor from now on. Raises like `caller_of`."""
    code = _read(workshop, read, actor, ticket_id, ReadingPurpose.STATUS_CODE).code
    assert code
    return code


def _read(workshop: Workshop, read: ReadCaller, actor: Actor, ticket_id: UUID, purpose: ReadingPurpose) -> CallerRead:
    with workshop.open() as work:
        found = read.of_ticket(work, asker_of(actor), str(ticket_id), purpose)
    if found is None or found.hidden:
        raise no_such_ticket()
    refuse(found, workshop.clock.now())
    if found.outcome is ReadingOutcome.GONE:
        raise Problem(410, "caller-erased", "The caller was erased", "Nothing that could name them is kept any more.")
    return found


def tickets_of(workshop: Workshop, read: ReadCaller, actor: Actor, body: SearchBody) -> list[dict[str, Any]]:
    """Raises the Problem of a refusal, after it was committed."""
    with workshop.open() as work:
        found = read.by_phone(work, asker_of(actor), body.phone, body.purpose)
    refuse(found, workshop.clock.now())
    return [
        {
            "ticket_id": one.id,
            "state": one.state,
            "type_code": one.type_code,
            "lead": one.lead,
            "occurred_at": one.occurred_at,
            "received_at": one.received_at,
        }
        for one in found.tickets
    ]


def asker_of(actor: Actor) -> Asker:
    scope = TicketScope(actor.departments, actor.sub_districts, sees_all(actor), actor.subject)
    return Asker(scope, Role.HUB in actor.roles, Role.IDENTITY_READER in actor.roles)


def shown(identity: Identity) -> dict[str, str | None]:
    return {name: getattr(identity, name) for name in SAID}


def refuse(found: CallerRead, now: datetime) -> None:
    if found.outcome is ReadingOutcome.TOO_OFTEN:
        assert found.again_at
        wait = max(1, math.ceil((found.again_at - now).total_seconds()))
        detail = f"So many callers are not read at once: try again at {found.again_at.isoformat()}."
        raise Problem(429, "too-often", "That was too often", detail, headers={"Retry-After": str(wait)})
    if found.outcome is ReadingOutcome.REFUSED:
        raise Problem(
            403,
            "caller-withheld",
            "The caller is not for you to know",
            "Not as the reader that you are, for this purpose and in this state of the ticket; ask the hub."
            " That you asked is kept.",
        )
