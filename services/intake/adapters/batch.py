"""Many tickets in one request: what an import sends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.chassis.identity import Actor, Role, require
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.problems import invalid
from services.chassis.work import Work, Workshop
from services.intake.adapters.requests import TicketBody, wrong_time
from services.intake.app.receive import ReceiveTicket, Request

MAX_ROWS = 500
BODY_LIMIT = 16 * 2**20


class Mode(StrEnum):
    LIVE = "live"
    HISTORY = "history"


SourceId = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class RowBody(TicketBody):
    """A ticket of a file; `source_id` is its id there: the same id again is the same ticket."""

    source_id: SourceId


class BatchBody(BaseModel):
    """Rows are checked one by one: a wrong one is answered with its problem and harms no other."""

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

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
    mode: Mode
    tickets: Annotated[list[Any], Field(min_length=1, max_length=MAX_ROWS)]


def batch_routes(workshop: Workshop, receive: ReceiveTicket) -> APIRouter:
    router = APIRouter(prefix="/tickets", tags=["tickets"])

    @router.post("/batch")
    def file_batch(body: BatchBody, _: Annotated[Actor, Depends(require(Role.HUB))]) -> dict[str, Any]:
        """Takes up to 500 tickets down in one transaction; answers row by row, in order.

        Idempotent by (source, source_id). `history` is for the past: such tickets are counted and filed away, and
        nobody is dispatched, warned or told.
        """
        with workshop.open() as work:
            results = list(_receive_rows(work, receive, body))
        fresh = [result for result in results if result.get("repeated") is False]
        TICKETS_RECEIVED.labels("file").inc(len(fresh))
        return {"results": results}

    return router


def _receive_rows(work: Work, receive: ReceiveTicket, body: BatchBody) -> Iterator[dict[str, Any]]:
    read = [_read(number, raw, work.clock.now()) for number, raw in enumerate(body.tickets)]
    outcomes = iter(receive.many(work, [_request(body, row) for row in read if isinstance(row, RowBody)]))
    for row, raw in zip(read, body.tickets, strict=True):
        if not isinstance(row, RowBody):
            yield {"source_id": raw.get("source_id") if isinstance(raw, dict) else None, "problem": row}
        elif outcome := next(outcomes):
            ticket_id, fresh = outcome
            yield {"source_id": row.source_id, "ticket_id": ticket_id, "repeated": not fresh}
        else:
            reused = {"field": "source_id", "message": "came before with another content", "remedy": "correct the id"}
            yield {"source_id": row.source_id, "problem": reused}


def _read(number: int, raw: Any, now: datetime) -> RowBody | dict[str, str]:
    """The row, or its problem."""
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
    history = body.mode is Mode.HISTORY
    return Request(row.identity(), row.channel, row.occurred_at, row.source_id, row.canonical(), client, history)


def _problem(number: int, error: ValidationError) -> dict[str, str]:
    """The first fault of a row, as problems name it."""
    listed: list[dict[str, str]] = invalid(error.errors(include_url=False, include_input=False)).members["errors"]
    return {**listed[0], "field": listed[0]["field"] or f"tickets.{number}"}
