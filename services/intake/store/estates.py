"""The names of estates as read in tickets; a few hundred in a district."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.contracts.writing import plain
from services.intake.store.name_tables import estate_names

_NOTE = insert_rows(estate_names, "name", "estate", "sub_district").on_conflict_do_nothing()
_FIND = (
    select(estate_names.c.estate)
    .where(func.strpos(bindparam("words"), estate_names.c.name) > 0)
    .order_by(func.length(estate_names.c.name).desc(), estate_names.c.name)
    .limit(1)
)

_NAME = (
    select(estate_names.c.name)
    .where(estate_names.c.estate == bindparam("estate"))
    .order_by(estate_names.c.name)
    .limit(1)
)


class SqlEstates:
    """Implements the port Estates. Committed names are cached, so that a known one costs no statement."""

    def __init__(self) -> None:
        self._noted = set[str]()

    def note(self, work: Work, places: Sequence[Place]) -> None:
        fresh: dict[str, Place] = {}
        for place in places:
            if place.estate and place.estate_name and place.estate_name not in self._noted:
                fresh.setdefault(place.estate_name, place)
        if not fresh:
            return
        # In one order, so that two transactions that note the same names cannot deadlock.
        rows = [
            {"name": name, "estate": place.estate, "sub_district": place.sub_district}
            for name, place in sorted(fresh.items())
        ]
        work.connection.execute(_NOTE, by_column(rows))
        work.after_commit(lambda: self._noted.update(fresh))


def name_of_estate(connection: Connection, estate: str) -> str | None:
    """One of the names under which an estate is known."""
    name: str | None = connection.execute(_NAME, {"estate": estate}).scalar()
    return name


def estate_in(connection: Connection, words: str) -> str | None:
    """The estate with the longest known name in the words. Reads all names, which are few."""
    found: str | None = connection.execute(_FIND, {"words": f"{words}\n{plain(words)}"}).scalar()
    return found
