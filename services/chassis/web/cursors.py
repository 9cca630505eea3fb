"""Cursors of lists that are ordered by a time and an id."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

from services.chassis.web.problems import invalid

Position = tuple[datetime, str]


def write_cursor(at: datetime, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode()


def read_cursor(cursor: str | None) -> Position | None:
    """Raises Problem 422 for a cursor that `write_cursor` did not make."""
    if cursor is None:
        return None
    try:
        at, row_id = base64.urlsafe_b64decode(cursor).decode().split(" ")
        return datetime.fromisoformat(at).astimezone(UTC), str(UUID(row_id))
    except (ValueError, OverflowError):
        fault = {"loc": ("query", "cursor"), "type": "value_error", "msg": "is not one of ours: take it from `next`"}
        raise invalid([fault]) from None
