"""What was reached before is put back as it was, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from tests.harness.reached import Reached
from tests.harness.workshops import Workshops
from tests.integration.projects.conftest import NOW

MAKE = (
    "CREATE TABLE IF NOT EXISTS places (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,"
    " length integer GENERATED ALWAYS AS (char_length(name)) STORED);"
    "CREATE TABLE IF NOT EXISTS people (of bigint NOT NULL REFERENCES places, note text)"
)
Fresh = Callable[[], Workshop]


@pytest.fixture
def reached() -> Reached:
    return Reached()


@pytest.fixture
def fresh(workshops: Workshops, reached: Reached) -> Fresh:
    def new() -> Workshop:
        workshop = workshops.fresh("projects", NOW, "reached", (MAKE,))
        reached.begin(workshop, "made")
        return workshop

    return new


class Act:
    def __init__(self, workshop: Workshop, name: str) -> None:
        self.workshop, self.name, self.times = workshop, name, 0

    def __call__(self) -> list[str]:
        self.times += 1
        run(self.workshop, "INSERT INTO places (name) VALUES (:name)", name=self.name)
        run(self.workshop, "INSERT INTO people SELECT max(id), E'two\\nlines\\tand \\\\N' FROM places")
        return [self.name]


def run(workshop: Workshop, statement: str, **values: str) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text(statement), values)


def rows(workshop: Workshop) -> list[tuple[object, ...]]:
    asked = text("SELECT id, name, length, note FROM places LEFT JOIN people ON of = id ORDER BY id")
    with workshop.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(asked)]


def acted(reached: Reached, workshop: Workshop, *names: str) -> int:
    """Takes the steps, one after the other; returns how many were really taken."""
    acts = [Act(workshop, name) for name in names]
    for act in acts:
        assert reached.reach(workshop, act.name, act) == [act.name]
    return sum(act.times for act in acts)


def test_steps_taken_before_are_not_taken_again_and_leave_the_same(reached: Reached, fresh: Fresh) -> None:
    first = fresh()
    assert acted(reached, first, "roof", "wall") == 2
    left = rows(first)
    run(first, "INSERT INTO places (name) VALUES ('next')")
    went_on = rows(first)
    again = fresh()
    assert acted(reached, again, "roof", "wall") == 0
    assert rows(again) == left
    assert {row[3] for row in left} == {"two\nlines\tand \\N"}
    run(again, "INSERT INTO places (name) VALUES ('next')")
    assert rows(again) == went_on, "the sequence, too, is where it was"


def test_another_step_first_leads_elsewhere(reached: Reached, fresh: Fresh) -> None:
    assert acted(reached, fresh(), "roof", "wall") == 2
    other = fresh()
    assert acted(reached, other, "wall", "roof") == 2
    assert [row[1] for row in rows(other)] == ["wall", "roof"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO places (name) VALUES ('by hand')",
        "UPDATE people SET note = NULL",
        "SELECT 1 FROM places FOR UPDATE",
    ],
)
def test_what_somebody_has_written_to_acts_afresh(reached: Reached, fresh: Fresh, statement: str) -> None:
    assert acted(reached, fresh(), "roof", "wall") == 2
    touched = fresh()
    acted(reached, touched, "roof")
    run(touched, statement)
    kept = rows(touched)
    assert acted(reached, touched, "wall") == 1
    assert rows(touched)[: len(kept)] == kept
    assert acted(reached, touched, "roof") == 1, "it is not known any more where it is"


def test_at_another_time_it_acts_afresh(reached: Reached, fresh: Fresh) -> None:
    assert acted(reached, fresh(), "roof") == 1
    later = fresh()
    assert isinstance(later.clock, FixedClock)
    later.clock.advance(timedelta(days=1))
    assert acted(reached, later, "roof") == 1


def test_time_goes_on_as_it_did(reached: Reached, fresh: Fresh) -> None:
    ends = []
    for _ in range(2):
        workshop = fresh()
        clock = workshop.clock
        assert isinstance(clock, FixedClock)
        reached.reach(workshop, "a year", lambda clock=clock: clock.advance(timedelta(days=365)))
        assert acted(reached, workshop, "roof") == (not ends)
        ends.append(clock.now())
    assert ends == [NOW + timedelta(days=365)] * 2


def test_what_was_returned_is_each_one_s_own(reached: Reached, fresh: Fresh) -> None:
    for _ in range(3):
        workshop = fresh()
        found = reached.reach(workshop, "roof", Act(workshop, "roof"))
        assert found == ["roof"]
        found.append("changed")
