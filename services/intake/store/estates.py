"""What estates are called, as they are registered and as tickets named them; a few hundred in a district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.contracts.estate_events import EstateRemoved
from services.contracts.ticket_events import Place
from services.contracts.writing import plain
from services.intake.app.follow_register import RegisterFact
from services.intake.store.name_tables import estate_names
from services.intake.store.register_tables import registered_estates

_NOTE = insert_rows(estate_names, "name", "estate", "sub_district").on_conflict_do_nothing()
_insert = insert(registered_estates)
_KEEP = _insert.on_conflict_do_update(
    index_elements=["estate"],
    set_={
        "version": _insert.excluded.version,
        "name": func.coalesce(_insert.excluded.name, registered_estates.c.name),
        "sub_district": _insert.excluded.sub_district,
        "removed": _insert.excluded.removed,
    },
    where=registered_estates.c.version < _insert.excluded.version,
)
_gone = select(registered_estates.c.estate).where(registered_estates.c.removed)
names = union_all(
    select(registered_estates.c.name, registered_estates.c.estate, literal(0).label("rank")).where(
        ~registered_estates.c.removed
    ),
    select(estate_names.c.name, estate_names.c.estate, literal(1)).where(estate_names.c.estate.not_in(_gone)),
).subquery("names")
"""What estates are called: as they are registered, which goes first, and as tickets named them; no removed ones."""

_FIND = (
    select(names.c.estate)
    .where(func.strpos(bindparam("words"), names.c.name) > 0)
    .order_by(func.length(names.c.name).desc(), names.c.rank, names.c.name)
    .limit(1)
)
_NAME = select(names.c.name).where(names.c.estate == bindparam("estate")).order_by(names.c.rank, names.c.name).limit(1)
_REGISTERED = select(registered_estates).where(
    registered_estates.c.estate.in_(bindparam("estates", expanding=True)), ~registered_estates.c.removed
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

    def registered(self, work: Work, places: Sequence[Place]) -> Mapping[str, Place]:
        asked = sorted({place.estate for place in places if place.estate})
        rows = work.connection.execute(_REGISTERED, {"estates": asked}) if asked else ()
        return {
            row.estate: Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.name) for row in rows
        }


class SqlRegisterBook:
    """Implements the port RegisterBook."""

    def keep(self, work: Work, newest: Sequence[RegisterFact]) -> None:
        rows = [
            {
                "estate": one.estate_id,
                "version": one.version,
                "name": None if isinstance(one, EstateRemoved) else one.estate_name,
                "sub_district": None if isinstance(one, EstateRemoved) else one.sub_district,
                "removed": isinstance(one, EstateRemoved),
            }
            for one in newest
        ]
        if rows:
            work.connection.execute(_KEEP, rows)


def name_of_estate(connection: Connection, estate: str) -> str | None:
    """One of the names under which an estate is known."""
    name: str | None = connection.execute(_NAME, {"estate": estate}).scalar()
    return name


def estate_in(connection: Connection, words: str) -> str | None:
    """The estate with the longest known name in the words. Reads all names, which are few."""
    found: str | None = connection.execute(_FIND, {"words": f"{words}\n{plain(words)}"}).scalar()
    return found
