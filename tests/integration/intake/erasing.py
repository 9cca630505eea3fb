"""Somebody to be erased, what is kept of them, and a process that dies meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, event, select, text

from services.chassis.database.work import Workshop
from tests.integration.intake.conftest import Intake

PHONE, OTHER = "13912345678", "13700001111"
EMAIL = "wang.jianguo@example.cn"
WORDS = "蓝鸭子挂在晾衣架上"
"""What nobody masks, because it names nobody."""
OFFICER = ("hub", "identity-reader")


def attach(intake: Intake, ticket_id: str, content: str) -> None:
    files = {"file": ("a.txt", content.encode(), "text/plain")}
    answer = intake.client("hub").post(f"/tickets/{ticket_id}/attachments", data={"purpose": "evidence"}, files=files)
    assert answer.status_code == 201, answer.text


def rows(workshop: Workshop, *names: str) -> dict[str, list[dict[str, Any]]]:
    tables = MetaData()
    with workshop.engine.connect() as connection:
        tables.reflect(connection)
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
            if not names or table.name in names
        }


def contents(intake: Intake) -> set[str]:
    with intake.workshop.engine.connect() as connection:
        return {one for one in connection.execute(text("SELECT sha256 FROM attachments")).scalars() if one}


@contextmanager
def killed_at(intake: Intake, statement: int) -> Iterator[list[int]]:
    """The process dies before its n-th statement, in whichever of its databases."""
    seen = [0]

    def die(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == statement:
            raise KeyboardInterrupt

    engines = (intake.workshop.engine, intake.keys)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", die)
    try:
        yield seen
    except KeyboardInterrupt:
        pass
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", die)
