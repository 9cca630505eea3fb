"""Many rows, one statement."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.tables import outbox
from tests.integration.chassis.conftest import Query

MANY = 500


def test_the_identity_rises_in_the_order_in_which_rows_are_given_and_what_is_absent_stays_so(
    engine: Engine, query: Query
) -> None:
    rows = [
        {
            "event_id": UUID(int=MANY - number),
            "topic": "tickets",
            "key": b"k",
            "version": number if number % 2 else None,
            "headers": b"",
            "value": b"v" if number % 3 else None,
        }
        for number in range(MANY)
    ]
    with engine.begin() as connection:
        connection.execute(insert_rows(outbox, *rows[0]), by_column(rows))
    stored = query("SELECT event_id, version, value FROM outbox ORDER BY seq")
    assert [(event_id, version, value and bytes(value)) for event_id, version, value in stored] == [
        (row["event_id"], row["version"], row["value"]) for row in rows
    ]


def test_only_the_rows_with_the_given_keys_are_changed_and_each_to_its_own_values(engine: Engine, query: Query) -> None:
    rows = [
        {"event_id": UUID(int=number), "topic": f"topic {number}", "key": b"k", "headers": b"", "value": b"old"}
        for number in range(3)
    ]
    changes = [{"event_id": UUID(int=2), "value": b"new"}, {"event_id": UUID(int=0), "value": None}]
    with engine.begin() as connection:
        connection.execute(insert_rows(outbox, *rows[0]), by_column(rows))
        connection.execute(update_rows(outbox, "event_id", "value"), changes_by_column(changes))
    stored = query("SELECT topic, value FROM outbox ORDER BY seq")
    assert [(topic, value and bytes(value)) for topic, value in stored] == [
        ("topic 0", None),
        ("topic 1", b"old"),
        ("topic 2", b"new"),
    ]
