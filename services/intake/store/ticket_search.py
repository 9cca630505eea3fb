"""Tickets by their number, whole or one end of it, by the city's, and by a part of their estate's name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, Text, bindparam, func, select, true

from services.contracts.numbers import TICKET_DIGITS
from services.intake.domain.scope import TicketScope
from services.intake.domain.search_words import Asked
from services.intake.domain.steps import TicketState
from services.intake.store.estates import names
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import seen_by
from services.intake.store.ticket_views import facts_of

ESTATES = 20
"""Of the estates whose names fit, those with the shortest names are taken."""
ENDINGS = 1_000
"""As many tickets with the same last digits are looked through."""
_T = tickets.c
_AFTER_DIGITS = ":"
"""The character after 9: the end of the run of an index that begins with certain digits."""
_NEWEST = (_T.received_at.desc(), _T.id.desc())


def tickets_found(
    connection: Connection, asked: Asked, scope: TicketScope | None, most: int
) -> tuple[list[dict[str, Any]], bool]:
    """The newest of those that the reader may see, and whether there are more."""
    seen = seen_by(scope)
    ids: set[str] = set()
    for run in _runs(connection, asked, seen, most + 1):
        ids.update(connection.execute(run).scalars())
    if not ids:
        return [], False
    rows = connection.execute(select(tickets).where(_T.id.in_(ids)).order_by(*_NEWEST).limit(most + 1)).all()
    return [facts_of(row) for row in rows[:most]], len(rows) > most


def _runs(connection: Connection, asked: Asked, seen: ColumnElement[bool], most: int) -> list[Select[Any]]:
    """Each is one run of an index, or one for each estate and state."""
    found = select(_T.id).where(seen)
    runs = [found.where(_T.city_number.in_(asked.written)).limit(most)]
    if asked.digits and len(asked.digits) == TICKET_DIGITS:
        runs.append(found.where(_T.number == asked.digits))
    elif asked.digits:
        runs.append(found.where(_begins(_T.number, asked.digits)).order_by(_T.number.desc()).limit(most))
        backwards = func.reverse(_T.number)
        runs.append(found.where(_begins(backwards, asked.digits[::-1])).order_by(backwards).limit(ENDINGS))
    if asked.name and (estates := _estates_named(connection, asked.name)):
        runs.append(_newest_of(estates, seen, most))
    return runs


def _begins(number: ColumnElement[str], digits: str) -> ColumnElement[bool]:
    # Not LIKE: of a prepared statement the planner does not know the pattern, and would not use the index.
    return (number >= digits) & (number < digits + _AFTER_DIGITS)


def _estates_named(connection: Connection, name: str) -> list[str]:
    """Reads all names, which are few."""
    fits = (
        select(names.c.estate)
        .where(names.c.name.icontains(name, autoescape=True))
        .group_by(names.c.estate)
        .order_by(func.min(func.length(names.c.name)), names.c.estate)
        .limit(ESTATES)
    )
    return list(connection.execute(fits).scalars())


def _newest_of(estates: list[str], seen: ColumnElement[bool], most: int) -> Select[Any]:
    of_estate = (
        func.unnest(bindparam("estates", estates, ARRAY(Text))).table_valued("estate", name="places").render_derived()
    )
    of_state = (
        func.unnest(bindparam("states", list(TicketState), ARRAY(Text)))
        .table_valued("state", name="states")
        .render_derived()
    )
    newest = (
        select(_T.id, _T.received_at)
        .where(_T.estate == of_estate.c.estate, _T.state == of_state.c.state, seen)
        .order_by(*_NEWEST)
        .limit(most)
        .lateral("newest")
    )
    every = select(newest.c.id).select_from(of_estate).join(of_state, true()).join(newest, true())
    return every.order_by(newest.c.received_at.desc(), newest.c.id.desc()).limit(most)
