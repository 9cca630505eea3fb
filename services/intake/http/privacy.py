"""`/privacy`: what is kept about a person, given to themselves, and erased when they ask (ADR 35)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.contracts.persons import is_identifier
from services.contracts.redaction import redact
from services.intake.app.end_keys import EndKeys
from services.intake.app.erase_caller import EraseCaller, Erasure
from services.intake.app.personal_data import KeptOfPerson, Person, PersonalData
from services.intake.app.read_caller import CallerRead
from services.intake.domain.caller_access import ReadingOutcome
from services.intake.http.callers import PRIVATE, SAID, asker_of, phone_number, refuse, shown
from services.intake.http.rights import no_such_ticket, scope_of
from services.intake.http.ticket_bodies import written_out
from services.intake.store.erasures import erasures_since
from services.intake.store.kept_of_person import kept_of_person
from services.intake.store.ticket_views import ticket_with_history

_EXPORTED = ("state", "channel", "occurred_at", "received_at", "type_code", "kind", "place", "lead", "settlement",
             "caller_solved", "satisfaction", "attachments", "text", "address", "caller_readings")  # fmt: skip


async def officer(actor: Annotated[Actor, Depends(require(Role.IDENTITY_READER))]) -> Actor:
    if Role.HUB in actor.roles:
        return actor
    raise Problem(
        403,
        "role-missing",
        "The role is missing",
        "This needs the roles hub and identity-reader together: have one of the hub's identity readers do it.",
        needed=[str(Role.HUB), str(Role.IDENTITY_READER)],
    )


Officer = Annotated[Actor, Depends(officer)]
"""The few of the hub who answer for personal data (ADR 35)."""


class PersonBody(BaseModel):
    """A person, by their telephone or by one of their tickets. In a body, because addresses are logged."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"phone": "13812345678"}})

    phone: Annotated[str, Field(max_length=40), AfterValidator(phone_number)] | None = None
    ticket_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> PersonBody:
        if (self.phone is None) is (self.ticket_id is None):
            raise ValueError("give either phone or ticket_id")
        return self

    def person(self) -> Person:
        return Person(self.phone, str(self.ticket_id) if self.ticket_id else None)


class ErasureBody(PersonBody):
    """`erasure_id` makes a repetition of the request the same erasure; a fresh one if it is left out."""

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    erasure_id: UUID | None = None


def _identifier(actor: str) -> str:
    if not is_identifier(actor):
        raise ValueError("is no subject of a token: take the tombstones as they were given")
    return actor


class TombstoneBody(BaseModel):
    """A tombstone as `GET /privacy/erasures` gives it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    holder: Annotated[str, Field(pattern=r"^[0-9a-f-]{32,36}$")] | None
    at: Annotated[AwareDatetime, BeforeValidator(written_out)]
    actor: Annotated[str, Field(max_length=200), AfterValidator(_identifier)]
    reason: Annotated[str, Field(max_length=1000)]
    tickets: list[UUID]
    keys: list[UUID]

    def erasure(self) -> Erasure:
        tickets, keys = [str(one) for one in self.tickets], [str(one) for one in self.keys]
        return Erasure(str(self.id), self.holder, self.at, self.actor, redact(self.reason), tickets, keys)


def privacy_routes(workshop: Workshop, personal: PersonalData, erase: EraseCaller, end_keys: EndKeys) -> APIRouter:
    router = APIRouter(prefix="/privacy", tags=["privacy"])

    def finish() -> None:
        """Removes keys and contents at once; what a crash leaves, the workers remove."""
        for step in (end_keys.of_erased, erase.finish_one):
            more: str | None = ""
            while more is not None:
                with workshop.open() as work:
                    more = step(work, None)

    @router.post("/report")
    def report(body: PersonBody, actor: Officer) -> Response:
        """What is kept about a person, and who read it for what, without what it says. Itself kept as a reading.

        `given` counts the tickets with which they gave a name, a telephone, an e-mail address and the like.

        A telephone that a family shares is one person here.
        """
        kept = _kept(workshop, personal, actor, body)
        with workshop.engine.begin() as connection:
            found = kept_of_person(connection, kept.holder, [ticket.id for ticket, _ in kept.tickets])
        sealed = [shown(identity) for _, identity in kept.tickets if identity]
        given = {name: sum(one[name] is not None for one in sealed) for name in SAID}
        return json_answer({"in_vault": len(sealed), "given": given, **found}, headers=PRIVATE)

    @router.post("/export")
    def export(body: PersonBody, actor: Officer) -> Response:
        """The person's own data, to be given to them: as they said it, and what became of it. Kept as a reading."""
        kept = _kept(workshop, personal, actor, body)
        with workshop.engine.begin() as connection:
            found = kept_of_person(connection, kept.holder, [ticket.id for ticket, _ in kept.tickets])
            tickets = []
            for ticket, identity in kept.tickets:
                facts = ticket_with_history(connection, ticket.id, scope_of(actor)) or {}
                own = {name: facts.get(name) for name in _EXPORTED}
                tickets.append({"ticket_id": ticket.id, **own, "said": identity and shown(identity)})
        return json_answer({**found, "tickets": tickets}, headers=PRIVATE)

    @router.post("/erasures", status_code=201)
    def erase_person(body: ErasureBody, actor: Officer) -> Response:
        """Erases a person from all tickets so far: key, vault, texts, words, attachments. Counts and facts stay.

        Repeated, it finishes what was begun. The other services hear of it; topics lose what they hold within 30 days.
        """
        with workshop.open() as work:
            holder = personal.holder(work, body.person())
            if holder is None:
                raise no_such_ticket()
            done = erase(work, holder, str(body.erasure_id or uuid4()), actor.subject, body.reason)
        finish()
        return json_answer({"erasure_id": done.id, "tickets": len(done.tickets)}, 201)

    @router.get("/erasures")
    def list_erasures(
        _: Officer, since: Annotated[AwareDatetime | None, BeforeValidator(lambda at: at and written_out(at))] = None
    ) -> Response:
        """The tombstones, the oldest first, for `POST /privacy/erasures/applied` after a backup was restored."""
        with workshop.engine.begin() as connection:
            return json_answer({"items": [_tombstone(one) for one in erasures_since(connection, since)]})

    @router.post("/erasures/applied")
    def apply(tombstones: list[TombstoneBody], _: Officer) -> Response:
        """Applies tombstones to a restored database; idempotent, one transaction for each."""
        for one in tombstones:
            with workshop.open() as work:
                erase.again(work, one.erasure())
        finish()
        return json_answer({"applied": len(tombstones)})

    return router


def _kept(workshop: Workshop, personal: PersonalData, actor: Actor, body: PersonBody) -> KeptOfPerson:
    """Raises the Problem of a refusal, after the reading was committed."""
    with workshop.open() as work:
        holder = personal.holder(work, body.person())
        kept = personal.of(work, asker_of(actor), holder) if holder else None
    if isinstance(kept, datetime):
        refuse(CallerRead(ReadingOutcome.TOO_OFTEN, again_at=kept), workshop.clock.now())
    if not isinstance(kept, KeptOfPerson):
        raise no_such_ticket()
    return kept


def _tombstone(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.id,
        "holder": one.holder,
        "at": one.at,
        "actor": one.actor,
        "reason": one.reason,
        "tickets": one.tickets,
        "keys": one.keys,
    }
