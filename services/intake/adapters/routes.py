"""Intake over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from services.chassis.answers import json_answer
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.outbox import TooLarge
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.intake.adapters.cursors import read_cursor, write_cursor
from services.intake.adapters.reception import Reception
from services.intake.adapters.requests import TicketBody, wrong_time
from services.intake.adapters.rights import Operator, Overseer, Reader, seen_by, share_of
from services.intake.adapters.views import count_by_state, page_of_tickets
from services.intake.app.ports import KeyReused
from services.intake.app.receive import ReceiveTicket, Request
from services.intake.domain.steps import State

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
    reception = Reception(workshop, receive)

    @router.post("", status_code=202)
    def file_ticket(body: TicketBody, key: IdempotencyKey, actor: Operator) -> Response:
        """Takes a request down. 202: it is stored and cannot be lost. The same key and body give the same ticket."""
        fault = wrong_time(body.occurred_at, workshop.clock.now())
        if fault:
            raise invalid([{"loc": ("body", "occurred_at"), "type": "value_error", "msg": fault}])
        request = Request(
            body.identity(), body.channel, body.occurred_at, key, body.canonical(), actor.subject
        )
        try:
            with key_reused():
                ticket_id, fresh = reception.file(request)
        except TooLarge as error:
            raise Problem(413, "ticket-too-large", "The ticket is too large", f"text: {error}; shorten it.") from None
        if fresh:
            TICKETS_RECEIVED.labels(body.channel).inc()
        receipt = {"ticket_id": ticket_id, "state": State.RECEIVED, "repeated": not fresh}
        return json_answer(receipt, 202, {"Location": f"/tickets/{ticket_id}"})

    @router.get("/summary")
    def summary(_: Overseer) -> dict[str, int]:
        """How many tickets are in which state."""
        with workshop.engine.begin() as connection:
            return count_by_state(connection)

    @router.get("")
    def list_tickets(
        actor: Reader,
        state: State | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """The newest first. A department sees the tickets it leads, a sub-district those from its area.

        `next` is the cursor of the following page, absent after the last.
        """
        before = read_cursor(cursor)
        with workshop.engine.begin() as connection:
            items = page_of_tickets(connection, state=state, share=share_of(actor), before=before, limit=limit)
        following = write_cursor(items[-1]["received_at"], items[-1]["ticket_id"]) if len(items) == limit else None
        return json_answer({"items": items, "next": following})

    @router.get("/{ticket_id}")
    def show_ticket(actor: Reader, ticket_id: UUID) -> Response:
        """A ticket with its redacted text and its history.

        A department sees those it leads or helps with, a sub-district those from its area; others do not exist for it.
        """
        with workshop.engine.begin() as connection:
            return json_answer(seen_by(connection, str(ticket_id), actor))

    return router


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
