"""Tickets in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, bindparam, select, text, update

from services.chassis.rows import by_column, insert_rows
from services.chassis.work import Work
from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.adapters.tables import ticket_history, ticket_texts, tickets
from services.intake.app.ports import Letter
from services.intake.domain.steps import State
from services.intake.domain.ticket import Extension, HistoryEntry, Ticket

_PLACE = ("sub_district", "estate", "estate_name", "building")
_PLAIN = tuple(field.name for field in fields(Ticket) if field.name not in ("id", "place", "steps"))
"""Fields of a ticket that are columns of the same name."""
_COLUMNS = ("id", *_PLAIN, *_PLACE)

# One round trip for the three rows of a new ticket.
_ADD = text(
    f"""
    WITH ticket AS (
        INSERT INTO tickets ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})
    ), recorded_text AS (
        INSERT INTO ticket_texts (ticket_id, version, text, address) VALUES (:id, :text_version, :text, :address)
    )
    INSERT INTO ticket_history (ticket_id, version, at, step, state, actor, detail)
    VALUES (:id, :version, :at, :step, :state, :actor, :detail)
    """  # noqa: S608 - the names of our own columns
)
_FIND = select(tickets).where(tickets.c.id == bindparam("ticket_id"))
# Whoever only refers to a ticket (a repeat of it, a follow-up) does not wait for it: they would wait out of order.
_LOCK = _FIND.with_for_update(key_share=True)
_LOCK_ALL = (
    select(tickets)
    .where(tickets.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(tickets.c.id)
    .with_for_update(key_share=True)
)
_LOCK_MERGED = (
    select(tickets)
    .where(tickets.c.merged_into == bindparam("ticket_id"), tickets.c.state == State.MERGED)
    .order_by(tickets.c.id)
    .with_for_update(key_share=True)
)
_WORDS = (
    select(ticket_texts.c.text, ticket_texts.c.address)
    .where(ticket_texts.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_texts.c.version.desc())
    .limit(1)
)
_OF_CITY = select(tickets.c.id).where(tickets.c.city_number == bindparam("number"))
_SAVE = insert_rows(ticket_history, *ticket_history.c.keys()).add_cte(
    update(tickets)
    .where(tickets.c.id == bindparam("saved"))
    .values({tickets.c[name]: bindparam(f"saved_{name}", type_=tickets.c[name].type) for name in (*_PLAIN, *_PLACE)})
    .cte("saved")
)


class SqlTickets:
    """Implements the port Tickets."""

    def add(self, work: Work, letters: Sequence[Letter]) -> None:
        if letters:
            work.connection.execute(_ADD, [_row(letter) for letter in letters])
        for letter in letters:
            letter.ticket.steps.clear()

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_LOCK, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def lock_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_LOCK_ALL, {"ids": list(ticket_ids)})]

    def merged_into(self, work: Work, ticket_id: str) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_LOCK_MERGED, {"ticket_id": ticket_id})]

    def find(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_FIND, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def of_city(self, work: Work, number: str) -> str | None:
        return work.connection.execute(_OF_CITY, {"number": number}).scalar_one_or_none()

    def words(self, work: Work, ticket_id: str) -> tuple[str, str | None]:
        row = work.connection.execute(_WORDS, {"ticket_id": ticket_id}).one()
        return row.text, row.address

    def save(self, work: Work, ticket: Ticket) -> None:
        facts = {f"saved_{name}": value for name, value in _columns(ticket).items()}
        steps = by_column([_history(ticket, entry) for entry in ticket.steps])
        work.connection.execute(_SAVE, {"saved": ticket.id, **facts, **steps})
        ticket.steps.clear()


def ticket_of(row: Row[Any]) -> Ticket:
    plain = {name: getattr(row, name) for name in _PLAIN}
    place = {name: getattr(row, name) for name in _PLACE}
    return Ticket(
        id=row.id,
        place=Place(**place) if place["sub_district"] or place["estate"] else None,
        **plain
        | {
            "channel": Channel(row.channel),
            "state": State(row.state),
            "came_from": State(row.came_from) if row.came_from else None,
            "kind": RequestKind(row.kind) if row.kind else None,
            "urgency": Urgency(row.urgency) if row.urgency else None,
            "co_handlers": tuple(row.co_handlers),
            "extension": Extension(row.extension) if row.extension else None,
            "satisfaction": Satisfaction(row.satisfaction) if row.satisfaction else None,
        },
    )


def _row(letter: Letter) -> dict[str, Any]:
    ticket = letter.ticket
    (received,) = ticket.steps
    words = {"id": ticket.id, "text": letter.text, "address": letter.address}
    return {**_columns(ticket), **words, **_history(ticket, received)}


def _columns(ticket: Ticket) -> dict[str, Any]:
    place = ticket.place or Place()
    plain = {name: getattr(ticket, name) for name in _PLAIN}
    return plain | {"co_handlers": list(ticket.co_handlers)} | {name: getattr(place, name) for name in _PLACE}


def _history(ticket: Ticket, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "version": entry.version,
        "at": entry.at,
        "step": entry.step,
        "state": entry.state,
        "actor": entry.actor,
        "detail": entry.detail,
    }
