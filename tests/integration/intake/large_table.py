"""A table of 50,000 tickets, and how the database reads what the service asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.integration.intake.conftest import Intake

STATE = "CASE WHEN n % 20 = 0 THEN 'in review' WHEN n % 50 = 1 THEN 'received' ELSE 'dispatched' END"
RECEIVED = "timestamptz '2020-01-01' + n * interval '1 minute'"

_TICKET = {
    "id": "gen_random_uuid()",
    "number": "'200101000000' || lpad(n::text, 6, '0')",
    "version": "3",
    "acted_version": "3",
    "state": STATE,
    "channel": "'phone'",
    "occurred_at": "timestamptz '2020-01-01'",
    "received_at": RECEIVED,
    "text_version": "1",
    "type_code": "'MJ01'",
    "sub_district": "'3101090' || 10 + n % 8",
    "lead": "CASE WHEN n <= 20 THEN 'fire' ELSE 'dep-' || n % 10 END",
    "caller_ref": "md5(n::text)",
    "estate": "'estate-' || n % 900",
    "estate_name": "'凉城二村'",
    "urgency": "'normal'",
    "co_handlers": "ARRAY['housing', 'liangcheng', 'water']",
}


def filled(**columns: str) -> str:
    """A statement that makes the table: `columns` are the SQL of further columns or other values; n counts tickets."""
    ticket = _TICKET | columns
    names, values = ", ".join(ticket), ", ".join(ticket.values())
    return f"INSERT INTO tickets ({names}) SELECT {values} FROM generate_series(1, 50000) AS n"  # noqa: S608


FILL = filled()


@contextmanager
def statements(intake: Intake) -> Iterator[list[tuple[str, Any]]]:
    """What the service asks the database meanwhile, with the parameters."""
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(intake.workshop.engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(intake.workshop.engine, "before_cursor_execute", listen)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plans(intake: Intake, asked: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    with intake.workshop.engine.connect() as connection:
        cursor = connection.connection.cursor()
        found = []
        for statement, parameters in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            row = cursor.fetchone()
            assert row is not None
            found += list(nodes(row[0][0]["Plan"]))
        return found
