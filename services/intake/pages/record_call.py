"""Records the ticket of a person who calls, and that a clerk puts them through to an emergency line."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from services.chassis.database.work import Workshop
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.pages.forms import body_of
from services.chassis.web.identity import Actor
from services.contracts.ticket_events import Channel
from services.intake.app.move_ticket import MoveTicket
from services.intake.app.read_caller import ReadCaller
from services.intake.app.receive_ticket import ReceiveTicket, Request
from services.intake.app.ticket_desk import Command
from services.intake.domain.caller_access import ReadingPurpose
from services.intake.http.callers import asker_of
from services.intake.http.refusals import answered
from services.intake.http.rights import as_role, no_such_ticket
from services.intake.http.step_bodies import LineBody
from services.intake.http.ticket_bodies import TicketBody
from services.intake.http.tickets import key_reused


def record_call(
    workshop: Workshop,
    receive: ReceiveTicket,
    move: MoveTicket,
    read: ReadCaller,
    fields: Mapping[str, str],
    actor: Actor,
) -> str:
    """Returns the ticket's id. `line`: the ticket is recorded and transferred, or neither. The clerk is given its code.

    The form's `key` makes it once, however often the form is sent. Raises Problem 422 that names the field.
    """
    caller = caller_in(fields)
    body = body_of(TicketBody, {"text": fields.get("text"), "address": fields.get("address"), "caller": caller or None})
    transfer = _transfer(fields)
    request = Request(
        body.identity(), Channel.PHONE, None, fields.get("key") or str(uuid4()), body.canonical(), actor.subject
    )
    with key_reused(), answered(no_such_ticket), workshop.open() as work:
        own = receive(work, request)
        if own.fresh and transfer:
            command = Command(None, actor.subject, transfer.reason)
            move.transfer(work, own.ticket_id, command, transfer.line, as_role(actor))
        if own.fresh:
            read.of_ticket(work, asker_of(actor), own.ticket_id, ReadingPurpose.STATUS_CODE)
    if own.fresh:
        TICKETS_RECEIVED.labels(Channel.PHONE).inc()
    return own.ticket_id


def caller_in(fields: Mapping[str, str]) -> dict[str, str]:
    """The caller as the page of a call asks for them."""
    return {name: fields[name] for name in ("name", "phone", "email") if fields.get(name)}


def _transfer(fields: Mapping[str, str]) -> LineBody | None:
    if "line" not in fields:
        return None
    return body_of(LineBody, {"version": 1, "line": fields["line"], "reason": fields.get("reason")})
