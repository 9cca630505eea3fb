"""`GET /caller-readings`: who asked who callers are, for those who watch over it (ADR 35)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BeforeValidator

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role, require
from services.intake.domain.caller_access import CallerReader, ReadingOutcome, ReadingPurpose
from services.intake.http.rights import scope_of
from services.intake.http.ticket_bodies import written_out
from services.intake.store.caller_readings import page_of_readings

Auditor = Annotated[Actor, Depends(require(Role.HUB, Role.SUPERVISOR))]
"""Supervisors read all but the vault: the log says who opened it, not what is in it. The hub's own are read by them."""
COLUMNS: Final = ("at", "reader", "role", "unit", "purpose", "outcome", "ticket_id")
MOST_LINES: Final = 10_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Moment = Annotated[AwareDatetime | None, BeforeValidator(lambda moment: moment and written_out(moment))]


@dataclass(frozen=True, slots=True)
class WantedReadings:
    """What is looked for; None: any."""

    columns: Mapping[str, Any]
    since: datetime | None
    until: datetime | None


def _asked(
    reader: Annotated[str | None, Query(max_length=200, description="The subject of their token.")] = None,
    ticket_id: UUID | None = None,
    role: CallerReader | None = None,
    purpose: ReadingPurpose | None = None,
    outcome: ReadingOutcome | None = None,
    since: Moment = None,
    until: Moment = None,
) -> WantedReadings:
    columns = {
        "reader": reader,
        "ticket_id": str(ticket_id) if ticket_id else None,
        "role": role,
        "purpose": purpose,
        "outcome": outcome,
    }
    return WantedReadings(columns, since, until)


Filter = Annotated[WantedReadings, Depends(_asked)]


def reading_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["callers"])

    @router.get("/caller-readings")
    def list_readings(
        actor: Auditor,
        asked: Filter,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        """The newest first, refused ones too. The id of a ticket that is not for the reader of the log is left out.

        `next` is the cursor of the following page, absent after the last.
        """
        before = read_cursor(cursor)
        with workshop.engine.begin() as connection:
            items = page_of_readings(
                connection, scope_of(actor), asked.columns, asked.since, asked.until, before, limit
            )
        following = write_cursor(items[-1]["at"], items[-1]["id"]) if len(items) == limit else None
        return json_answer({"items": items, "next": following})

    @router.get("/caller-readings.csv", response_class=Response)
    def readings_as_csv(actor: Auditor, asked: Filter) -> Response:
        """The same, a line for each, 10,000 at most."""
        with workshop.engine.begin() as connection:
            found = page_of_readings(
                connection, scope_of(actor), asked.columns, asked.since, asked.until, None, MOST_LINES
            )
        lines = [[_cell(one[name]) for name in COLUMNS] for one in found]
        return csv_answer("caller-readings.csv", COLUMNS, lines)

    return router


def _cell(value: Any) -> str:
    """A subject is whatever the issuer says, and spreadsheets run what begins like a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
