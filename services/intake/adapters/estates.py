"""The names of estates as tickets have brought them; a few hundred of a district."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.work import Work
from services.contracts.ticket_events import Place
from services.intake.adapters.tables import estate_names

_NOTE = insert(estate_names).on_conflict_do_nothing()
_FIND = (
    select(estate_names.c.estate)
    .where(func.strpos(bindparam("words"), estate_names.c.name) > 0)
    .order_by(func.length(estate_names.c.name).desc(), estate_names.c.name)
    .limit(1)
)


class SqlEstates:
    """Implements the port Estates. What is committed is remembered, so that a known name costs nothing."""

    def __init__(self) -> None:
        self._noted = set[str]()

    def note(self, work: Work, place: Place) -> None:
        name = place.estate_name
        if not place.estate or not name or name in self._noted:
            return
        row = {"name": name, "estate": place.estate, "sub_district": place.sub_district}
        work.connection.execute(_NOTE, row)
        work.after_commit(lambda: self._noted.add(name))


def estate_in(connection: Connection, words: str) -> str | None:
    """The estate of the longest known name that the words hold. Reads the few names there are."""
    found: str | None = connection.execute(_FIND, {"words": words}).scalar()
    return found
