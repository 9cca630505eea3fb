"""Answers of routes that are asked often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from sqlalchemy import CursorResult
from starlette.responses import Response


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """What the framework would make of `value`, made in the route's own thread; the framework takes another for it."""
    return Response(to_json(value), status, headers, "application/json")


def rows_shown(result: CursorResult[Any]) -> list[dict[str, Any]]:
    """Rows as they are shown. SQLAlchemy's own names are slow to write as JSON."""
    names = list(map(str, result.keys()))
    return [dict(zip(names, row, strict=True)) for row in result]
