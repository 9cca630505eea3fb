"""`/city` (docs/city-hotline.md): the city's hotline files tickets and visits back; the hub watches its messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from services.chassis.database.work import Workshop
from services.chassis.messaging.outbox import TooLarge
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.intake.app.city_visit import CLIENT, CityVisit, TakeCityVisit
from services.intake.app.receipt_ports import KeyReused
from services.intake.app.receive_ticket import ReceiveTicket, Request
from services.intake.http.city_bodies import CityListBody, CityNumber, CityTicketBody, CityVisitBody
from services.intake.http.refusals import answered
from services.intake.http.rights import Operator, Overseer, scope_of
from services.intake.http.tickets import IdempotencyKey, key_reused
from services.intake.store import city_messages
from services.intake.store.city_views import differences, ticket_for_city

LIST_LIMIT = 8 * 2**20
SHOWN = 500

City = Annotated[Actor, Depends(require(Role.CITY))]
CityOrHub = Annotated[Actor, Depends(require(Role.CITY, Role.HUB))]
Number = Annotated[CityNumber, Path(description="The ticket's number in the city's hotline.")]


def city_routes(workshop: Workshop, receive: ReceiveTicket, visited: TakeCityVisit) -> APIRouter:
    router = APIRouter(prefix="/city", tags=["city"])

    @router.post("/tickets", status_code=202)
    def file_ticket(body: CityTicketBody, _: City, response: Response) -> dict[str, Any]:
        """Records a city ticket. 202: it is stored and cannot be lost. The same number gives the same ticket."""
        _refuse(body.faults(workshop.clock.now()))
        request = Request(
            body.identity(),
            body.channel,
            body.occurred_at,
            body.number,
            body.canonical(),
            CLIENT,
            city_number=body.number,
            city_by=body.deadline,
            about_unit=body.about_unit,
            confidential=body.confidential,
        )
        try:
            with workshop.open() as work:
                receipt = receive(work, request)
        except KeyReused:
            raise Problem(
                422,
                "number-reused",
                "The number belongs to another request",
                "number: came before with another content; send it as it was, or under a number of its own.",
            ) from None
        except TooLarge as error:
            raise Problem(413, "ticket-too-large", "The ticket is too large", f"text: {error}; shorten it.") from None
        if receipt.fresh:
            TICKETS_RECEIVED.labels(body.channel).inc()
        response.headers["Location"] = f"/city/tickets/{body.number}"
        with workshop.engine.begin() as connection:
            return {**ticket_for_city(connection, receipt.ticket_id), "repeated": not receipt.fresh}

    @router.get("/tickets/{number}")
    def show_ticket(number: Number, _: CityOrHub) -> dict[str, Any]:
        """The state of a ticket of the city's."""
        with workshop.open() as work:
            ticket_id = visited.tickets.of_city(work, number)
            if ticket_id is None:
                raise _no_such_number()
            return ticket_for_city(work.connection, ticket_id)

    @router.post("/tickets/{number}/visit")
    def visit(number: Number, body: CityVisitBody, key: IdempotencyKey, actor: City) -> dict[str, Any]:
        """The city has asked the caller: archives the ticket, or has it done again. 409 before the district's reply."""
        _refuse(body.faults(workshop.clock.now()))
        said = CityVisit(key, body.canonical(), body.visit(), body.note or "")
        with answered(_no_such_number), key_reused(), workshop.open() as work:
            return ticket_for_city(work.connection, visited(work, number, actor.subject, said))

    @router.get("/messages")
    def list_messages(actor: Overseer) -> dict[str, Any]:
        """What the city has not taken yet: given up first, then what waits. At most 500."""
        with workshop.engine.begin() as connection:
            return {"items": city_messages.unsettled(connection, scope_of(actor), SHOWN)}

    @router.post("/messages/{message_id}/resend", status_code=202)
    def resend(message_id: UUID, _: Operator) -> dict[str, Any]:
        """Sends a message that was given up after all, under its old id."""
        with workshop.engine.begin() as connection:
            if not city_messages.resend(connection, str(message_id)):
                detail = "message_id: take one that was given up from GET /city/messages."
                raise Problem(404, "not-found", "No such message", detail)
        return {"message_id": message_id}

    @router.post("/reconciliation")
    def reconcile(body: CityListBody, actor: Overseer) -> dict[str, Any]:
        """Compares the city's list of its open tickets with ours; changes nothing."""
        _refuse(_twice(one.number for one in body.tickets))
        with workshop.engine.begin() as connection:
            return differences(connection, scope_of(actor), [one.listed() for one in body.tickets])

    return router


def _no_such_number() -> Problem:
    return Problem(404, "not-found", "No such ticket", "number: the city filed no ticket under it; POST /city/tickets.")


def _twice(numbers: Iterable[str]) -> list[tuple[str, str]]:
    seen: set[str] = set()
    for place, number in enumerate(numbers):
        if number in seen:
            return [(f"tickets.{place}.number", "is listed twice: list each ticket once")]
        seen.add(number)
    return []


def _refuse(faults: list[tuple[str, str]]) -> None:
    if faults:
        raise invalid([{"loc": ("body", field), "type": "value_error", "msg": why} for field, why in faults])
