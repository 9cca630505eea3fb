"""The statements that intake runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from tests.integration.intake.conftest import Intake


@contextmanager
def counted(intake: Intake) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(intake.workshop.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(intake.workshop.engine, "before_cursor_execute", note)
