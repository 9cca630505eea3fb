"""`POST /tickets/batch`: many tickets in one request, as an import sends them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.chassis.database.work import Workshop
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.contracts.persons import is_identifier
from services.intake.app.receive_ticket import Receipt, ReceiveTicket, Request
from services.intake.http.ticket_bodies import TicketBody, wrong_time

MAX_ROWS = 500
BODY_LIMIT = 16 * 2**20


class ImportMode(StrEnum):
    LIVE = "live"
    HISTORY = "history"


def _no_number(source: str) -> str:
    if not is_identifier(source):
        raise ValueError("reads as a person's number: name the source otherwise")
    return source


SourceId = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class RowBody(TicketBody):
    """A ticket of a file; `source_id` is its id there: the same id again is the same ticket."""

    source_id: SourceId


class BatchBody(BaseModel):
    """Rows are checked one by one: a wrong one gets its problem and does not affect the others."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "source": "2024",
                "mode": "history",
                "tickets": [{"source_id": "1", "text": "楼顶漏雨", "channel": "file", "caller": {"id": "A17"}}],
            }
        },
    )

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,60}$"), AfterValidator(_no_number)]
    mode: ImportMode
    tickets: Annotated[list[Any], Field(min_length=1, max_length=MAX_ROWS)]


def batch_routes(workshop: Workshop, receive: ReceiveTicket) -> APIRouter:
    router = APIRouter(prefix="/tickets", tags=["tickets"])

    @router.post("/batch")
    def file_batch(body: BatchBody, _: Annotated[Actor, Depends(require(Role.HUB))]) -> dict[str, Any]:
        """Records up to 500 tickets in one transaction; answers row by row, in order.

        Idempotent by (source, source_id). `history` is for tickets of the past: they are counted and filed
        away; nobody is dispatched, warned or notified.
        """
        read = [_read(number, raw, workshop.clock.now()) for number, raw in enumerate(body.tickets)]
        prepared = [receive.prepared(_request(body, row)) for row in read if isinstance(row, RowBody)]
        with workshop.open() as work:
            outcomes = receive.many(work, prepared)
        results = list(_results(body, read, outcomes))
        fresh = [result for result in results if result.get("repeated") is False]
        TICKETS_RECEIVED.labels("file").inc(len(fresh))
        return {"results": results}

    return router


def _results(
    body: BatchBody, read: Sequence[RowBody | dict[str, str]], recorded: Sequence[Receipt | None]
) -> Iterator[dict[str, Any]]:
    outcomes = iter(recorded)
    for row, raw in zip(read, body.tickets, strict=True):
        if not isinstance(row, RowBody):
            yield {"source_id": raw.get("source_id") if isinstance(raw, dict) else None, "problem": row}
        elif outcome := next(outcomes):
            shown = {"ticket_id": outcome.ticket_id, "number": outcome.number, "repeated": not outcome.fresh}
            yield {"source_id": row.source_id, **shown}
        else:
            reused = {"field": "source_id", "message": "came before with another content", "remedy": "correct the id"}
            yield {"source_id": row.source_id, "problem": reused}


def _read(number: int, raw: Any, now: datetime) -> RowBody | dict[str, str]:
    """The checked row, or its problem."""
    try:
        return _row(raw, now)
    except ValidationError as error:
        return _problem(number, error)


def _row(raw: Any, now: datetime) -> RowBody:
    row = RowBody.model_validate(raw)
    fault = wrong_time(row.occurred_at, now)
    if fault:
        raise ValidationError.from_exception_data(
            "RowBody", [{"type": "value_error", "loc": ("occurred_at",), "input": None, "ctx": {"error": fault}}]
        )
    return row


def _request(body: BatchBody, row: RowBody) -> Request:
    client = f"import:{body.source}"
    history = body.mode is ImportMode.HISTORY
    return Request(
        row.identity(),
        row.channel,
        row.occurred_at,
        row.source_id,
        row.canonical(),
        client,
        history,
        about_unit=row.about_unit,
        confidential=row.confidential,
    )


def _problem(number: int, error: ValidationError) -> dict[str, str]:
    """The first fault of a row, as problems name it."""
    listed: list[dict[str, str]] = invalid(error.errors(include_url=False, include_input=False)).members["errors"]
    return {**listed[0], "field": listed[0]["field"] or f"tickets.{number}"}
