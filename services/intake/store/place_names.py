"""The places that tickets name which no registered estate was found for: roads, squares, new estates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, any_, bindparam, select

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.contracts.writing import plain
from services.intake.store.name_tables import place_names

SHORTEST, LONGEST = 2, 12
"""Of a name, in characters."""
MOST = 500
"""Tickets that are looked at; the newest are not distinguished, since a road has few open ones."""

_NOTE = insert_rows(place_names, "name", "ticket_id").on_conflict_do_nothing()
_FIND = (
    select(place_names.c.name, place_names.c.ticket_id)
    .where(place_names.c.name == any_(bindparam("parts", type_=ARRAY(Text))))
    .limit(MOST)
)
_WRITTEN = re.compile(r"[^\W_]+")


class SqlPlaceNames:
    """Implements the port PlaceNames."""

    def note(self, work: Work, named: Mapping[str, Sequence[str]]) -> None:
        rows: list[dict[str, Any]] = [
            {"name": name, "ticket_id": ticket_id}
            for ticket_id in sorted(named)
            for name in sorted(set(named[ticket_id]))
            if SHORTEST <= len(name) <= LONGEST
        ]
        if rows:
            work.connection.execute(_NOTE, by_column(rows))


def tickets_naming(connection: Connection, words: str) -> dict[str, set[str]]:
    """The ids of tickets without a registered estate that name a place of the words, by that name."""
    found: dict[str, set[str]] = {}
    for name, ticket_id in connection.execute(_FIND, {"parts": list(dict.fromkeys(_parts(words)))}):
        found.setdefault(name, set()).add(ticket_id)
    return found


def _parts(words: str) -> Iterator[str]:
    """Whatever may be a name: looked up one by one in the index, which costs less than reading all names."""
    for run in _WRITTEN.findall(plain(words)):
        for begin in range(len(run)):
            for end in range(begin + SHORTEST, min(begin + LONGEST, len(run)) + 1):
                yield run[begin:end]
