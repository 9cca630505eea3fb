"""`/tickets`: files, lists and shows tickets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.outbox import TooLarge
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.web.answers import json_answer
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.intake.app.group_commit import GroupCommit
from services.intake.app.receipt_ports import KeyReused
from services.intake.app.receive_ticket import ReceiveTicket, Request
from services.intake.domain.steps import TicketState
from services.intake.http.rights import Operator, Overseer, Reader, no_such_ticket, scope_of
from services.intake.http.ticket_bodies import TicketBody, wrong_time
from services.intake.store.ticket_views import count_by_state, page_of_tickets, ticket_with_history

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A fresh UUID for each new ticket; the same again when the same request is repeated.",
    ),
]


def ticket_routes(workshop: Workshop, receive: ReceiveTicket) -> APIRouter:
    router = APIRouter(prefix="/tickets", tags=["tickets"])
    reception = GroupCommit(workshop, receive)

    @router.post("", status_code=202)
    def file_ticket(body: TicketBody, key: IdempotencyKey, actor: Operator) -> Response:
        """Records a request. 202: it is stored and cannot be lost. The same key and body give the same ticket."""
        fault = wrong_time(body.occurred_at, workshop.clock.now())
        if fault:
            raise invalid([{"loc": ("body", "occurred_at"), "type": "value_error", "msg": fault}])
        request = Request(
            body.identity(),
            body.channel,
            body.occurred_at,
            key,
            body.canonical(),
            actor.subject,
            about_unit=body.about_unit,
            confidential=body.confidential,
        )
        try:
            with key_reused():
                filed = reception.file(request)
        except TooLarge as error:
            raise Problem(413, "ticket-too-large", "The ticket is too large", f"text: {error}; shorten it.") from None
        if filed.fresh:
            TICKETS_RECEIVED.labels(body.channel).inc()
        receipt = {
            "ticket_id": filed.ticket_id,
            "number": filed.number,
            "state": TicketState.RECEIVED,
            "repeated": not filed.fresh,
        }
        return json_answer(receipt, 202, {"Location": f"/tickets/{filed.ticket_id}"})

    @router.get("/summary")
    def summary(_: Overseer) -> dict[str, int]:
        """How many tickets are in which state."""
        with workshop.engine.begin() as connection:
            return count_by_state(connection)

    @router.get("")
    def list_tickets(
        actor: Reader,
        state: TicketState | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """The newest first. A department sees the tickets it leads, a sub-district those from its area.

        `next` is the cursor of the following page, absent after the last.
        """
        before = read_cursor(cursor)
        with workshop.engine.begin() as connection:
            items = page_of_tickets(connection, state=state, scope=scope_of(actor), before=before, limit=limit)
        following = write_cursor(items[-1]["received_at"], items[-1]["ticket_id"]) if len(items) == limit else None
        return json_answer({"items": items, "next": following})

    @router.get("/{ticket_id}")
    def show_ticket(actor: Reader, ticket_id: UUID) -> Response:
        """A ticket with its redacted text and its history.

        A department sees those it leads or helps with, a sub-district those from its area; others do not exist for it.
        """
        with workshop.open() as work:
            return json_answer(visible_ticket(work, str(ticket_id), actor))

    return router


def visible_ticket(work: Work, ticket_id: str, actor: Actor) -> dict[str, Any]:
    """The ticket with its history. Raises Problem 404 if it does not exist for the actor."""
    ticket = ticket_with_history(work.connection, ticket_id, scope_of(actor))
    if ticket is None:
        raise no_such_ticket()
    return ticket


@contextmanager
def key_reused() -> Iterator[None]:
    """Turns KeyReused into its problem; encloses the unit of work."""
    try:
        yield
    except KeyReused:
        raise Problem(
            422,
            "idempotency-key-reused",
            "The Idempotency-Key belongs to another request",
            "Idempotency-Key: came before with another body; send a fresh UUID with each new ticket.",
        ) from None
