"""A part of a unit of work that fails is undone by itself; routes run inside of one that is under way."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.chassis.database.work import Work, Workshop
from services.chassis.database.work_parts import PartWorkshop, part_of
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.events import received


def _write(work: Work, ticket: str, number: int, done: list[str]) -> None:
    work.connection.execute(text("INSERT INTO effects VALUES ('parts', :ticket)"), {"ticket": ticket})
    work.publish("t", received(number))
    work.after_commit(lambda: done.append(ticket))


def test_what_fails_leaves_neither_rows_nor_events_nor_hooks(workshop: Workshop, query: Query) -> None:
    done: list[str] = []

    def failing(work: Work) -> None:
        with part_of(work):
            _write(work, "undone", 2, done)
            raise KeyError

    with workshop.open() as work:
        _write(work, "before", 1, done)
        with pytest.raises(KeyError):
            failing(work)
        _write(work, "after", 3, done)
    assert query("SELECT ticket FROM effects") == [("before",), ("after",)]
    assert len(query("SELECT 1 FROM outbox")) == 2
    assert done == ["before", "after"]


def test_what_the_database_refuses_in_a_part_spoils_no_more_than_the_part(workshop: Workshop, query: Query) -> None:
    with workshop.open() as work:
        with pytest.raises(Exception, match="no_such_table"), part_of(work):
            work.connection.execute(text("INSERT INTO no_such_table VALUES (1)"))
        work.connection.execute(text("INSERT INTO effects VALUES ('parts', 'after')"))
    assert query("SELECT ticket FROM effects") == [("after",)]


def test_a_route_reads_and_writes_in_the_unit_of_work_that_is_under_way(workshop: Workshop, query: Query) -> None:
    inside = PartWorkshop()
    with workshop.open() as work, inside.within(work):
        with inside.open() as part:
            part.connection.execute(text("INSERT INTO effects VALUES ('parts', 'written')"))
        with inside.engine.begin() as connection:
            assert connection.execute(text("SELECT ticket FROM effects")).scalars().all() == ["written"]
        assert (inside.clock, inside.source) == (workshop.clock, workshop.source)
        assert query("SELECT ticket FROM effects") == [], "nobody else sees it before the commit"
        with pytest.raises(AttributeError, match="open a unit of work"):
            inside.engine.connect()
    assert query("SELECT ticket FROM effects") == [("written",)]
    with pytest.raises(LookupError):
        inside.clock.now()
