"""`GET /deliveries`: who was notified of what, when, by which channel, and whether it was read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Work, Workshop
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.problems import Problem
from services.notifier.domain.logged_delivery import LoggedChannel, LoggedStatus
from services.notifier.http.log_filter import LogFilter, LogReader
from services.notifier.store import delivery_log
from services.notifier.store.delivery_log import LogQuery, Position

COLUMNS: Final = (
    "caused_at", "told_at", "read_at", "recipient", "person", "channel", "status", "cause", "message", "number",
    "ticket_id", "hot_issue_id", "project_id", "matter_id", "delivery_id",
)  # fmt: skip
MOST_LINES: Final = 10_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class DeliveryOut(BaseModel):
    """One message to one recipient, without its contents."""

    model_config = ConfigDict(from_attributes=True)

    delivery_id: UUID
    event_id: UUID = Field(description="The event that caused it.")
    recipient: str
    person: str | None = Field(None, description="The officer at the recipient who was told, if one was.")
    channel: LoggedChannel | None = Field(description="Absent as long as it is not decided.")
    status: LoggedStatus
    cause: str | None = Field(None, description="Why it was not sent, as long as its contents are kept.")
    message: str = Field(description="The type of the message.")
    ticket_id: str | None
    hot_issue_id: str | None
    project_id: str | None
    matter_id: str | None = Field(description="Whatever else it is about, such as a topic of supervision.")
    number: str | None = Field(None, description="What people call the matter by.")
    version: int | None = Field(description="Of the ticket, hot issue or project.")
    caused_at: datetime
    told_at: datetime | None
    read_at: datetime | None = Field(None, description="When somebody read it, where that is known.")
    webhook_id: UUID | None = None


class DeliveryPage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    items: list[DeliveryOut]
    next: UUID | None = None


def delivery_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["deliveries"])

    @router.get("/deliveries")
    def list_deliveries(
        actor: LogReader,
        wanted: LogFilter,
        cursor: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> DeliveryPage:
        """The log of deliveries, newest cause first; a department sees its own."""
        asked = wanted.by(actor)
        with workshop.open() as work:
            found = delivery_log.log_page(work, asked, position(work, asked, cursor), limit + 1)
        items = [DeliveryOut.model_validate(row) for row in found[:limit]]
        return DeliveryPage(items=items, next=items[-1].delivery_id if len(found) > limit else None)

    @router.get("/deliveries.csv", response_class=Response)
    def deliveries_as_csv(actor: LogReader, wanted: LogFilter) -> Response:
        """The same, a line for each, 10,000 at most: narrow the time to get all."""
        return log_as_csv(workshop, wanted.by(actor))

    return router


def log_as_csv(workshop: Workshop, asked: LogQuery) -> Response:
    """The newest first, `MOST_LINES` at most."""
    with workshop.open() as work:
        found = delivery_log.log_page(work, asked, None, MOST_LINES)
    return csv_answer("deliveries.csv", COLUMNS, ([_cell(getattr(row, name)) for name in COLUMNS] for row in found))


def position(work: Work, asked: LogQuery, cursor: UUID | None) -> Position | None:
    """Raises Problem 422 for a cursor that is no delivery of these recipients."""
    if cursor is None:
        return None
    found = delivery_log.position_of(work, cursor, asked.units)
    if found is None:
        raise unknown_cursor()
    return found


def unknown_cursor() -> Problem:
    return Problem(422, "unknown-cursor", "The cursor is unknown", "cursor: give the `next` of the previous page.")


def _cell(value: Any) -> str:
    """A person's name is free text, and spreadsheets run what begins like a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
