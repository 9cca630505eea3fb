"""Tickets as they are shown: facts, redacted text, history. Never the caller's identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    func,
    select,
    true,
    tuple_,
    union,
)

from services.chassis.answers import rows_shown
from services.intake.adapters.attachments import attached_to
from services.intake.adapters.tables import attachments, clocks, settlements, ticket_history, ticket_texts, tickets
from services.intake.domain.steps import State


def _but(table: Table, *names: str) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in names]


# Written once: every step answers with its ticket, and to write a statement takes longer than to run it.
_ID: BindParameter[str] = bindparam("ticket_id")
_LINKED = tickets.alias()
_TICKET = (  # and which of its parts are worth a question of their own
    select(
        tickets,
        ticket_texts.c.text,
        ticket_texts.c.address,
        func.array(
            select(_LINKED.c.id).where(_LINKED.c.merged_into == _ID).order_by(_LINKED.c.id).scalar_subquery(),
            type_=ARRAY(_LINKED.c.id.type),
        ).label("merged"),
        exists().where(settlements.c.ticket_id == _ID).label("is_handed_in"),
        exists().where(attachments.c.ticket_id == _ID).label("has_attachments"),
    )
    .join(ticket_texts, (ticket_texts.c.ticket_id == tickets.c.id) & (ticket_texts.c.version == tickets.c.text_version))
    .where(tickets.c.id == _ID)
)
_HANDED_IN = (  # by its unit, last
    select(*_but(settlements, "ticket_id", "version"))
    .where(settlements.c.ticket_id == _ID)
    .order_by(settlements.c.version.desc())
    .limit(1)
)
_CLOCKS = (
    select(*_but(clocks, "ticket_id", "since", "rules_version", "warn_at", "paused", "warned_at"))
    .where(clocks.c.ticket_id == _ID)
    .order_by(clocks.c.since, clocks.c.due_at, clocks.c.kind)
)
_HISTORY = (
    select(*_but(ticket_history, "ticket_id"))
    .where(ticket_history.c.ticket_id == _ID)
    .order_by(ticket_history.c.version, ticket_history.c.at)  # once a breach kept the version of the dispatch
)


@dataclass(frozen=True, slots=True)
class Share:
    """Whose tickets someone may see: those of these departments, and those from these sub-districts."""

    departments: frozenset[str]
    sub_districts: frozenset[str]

    def holds(self, ticket: dict[str, Any]) -> bool:
        """Whether one of them leads, helps, or is where the matter is."""
        units = {ticket["lead"], *ticket["co_handlers"]}
        place = ticket["place"] or {}
        return not self.departments.isdisjoint(units) or place.get("sub_district") in self.sub_districts

    def conditions(self) -> list[ColumnElement[bool]]:
        """One for each code, in SQL; whom others only help is not listed."""
        return [
            *(tickets.c.lead == code for code in sorted(self.departments)),
            *(tickets.c.sub_district == code for code in sorted(self.sub_districts)),
        ]


def ticket_with_history(connection: Connection, ticket_id: str) -> dict[str, Any] | None:
    asked = {"ticket_id": ticket_id}
    row = connection.execute(_TICKET, asked).one_or_none()
    if row is None:
        return None
    return {
        **facts_of(row),
        "text": row.text,
        "address": row.address,
        "settlement": rows_shown(connection.execute(_HANDED_IN, asked))[0] if row.is_handed_in else None,
        "clocks": rows_shown(connection.execute(_CLOCKS, asked)),
        "merged": row.merged,
        "attachments": attached_to(connection, ticket_id) if row.has_attachments else [],
        "history": rows_shown(connection.execute(_HISTORY, asked)),
    }


def page_of_tickets(
    connection: Connection,
    *,
    state: State | None,
    share: Share | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest first; `before` is the (received_at, id) of the last one seen.

    `share` None means all; otherwise those that its departments lead and those from its sub-districts.
    """
    conditions = share.conditions() if share else [true()]
    # Each state of each share is one run of an index, however old and large the table; the page is merged from them.
    runs = [
        _newest(select(tickets).where(condition, tickets.c.state == one), tickets.c, before, limit)
        for condition in conditions
        for one in ([state] if state else State)
    ]
    if not runs:
        return []
    page = runs[0]
    if len(runs) > 1:
        merged = union(*runs).subquery()
        page = _newest(select(merged), merged.c, None, limit)
    return [facts_of(row) for row in connection.execute(page)]


def _newest(query: Select[Any], columns: Any, before: tuple[datetime, str] | None, limit: int) -> Select[Any]:
    if before is not None:
        place = (columns.received_at, columns.id)
        query = query.where(tuple_(*place) < tuple_(*before, types=[column.type for column in place]))
    return query.order_by(columns.received_at.desc(), columns.id.desc()).limit(limit)


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many tickets are in each state. Reads the small index of states whole: 0.1 s for a million tickets."""
    rows = connection.execute(select(tickets.c.state, func.count()).group_by(tickets.c.state))
    return dict(rows.all())


_SHOWN = (
    "version",
    "state",
    "channel",
    "occurred_at",
    "received_at",
    "type_code",
    "kind",
    "urgency",
    "emergency",
    "restricted",
    "lead",
    "co_handlers",
    "assignee",
    "review_reason",
    "continues",
    "repeat_of",
    "merged_into",
    "dispatched_at",
    "signed_at",
    "contacted_at",
    "settle_by",
    "extension",
    "paused_at",
    "supervised",
    "returns",
    "redos",
    "settled_at",
    "unit_solved",
    "unreached",
    "visited_at",
    "caller_solved",
    "satisfaction",
    "city_number",
    "city_by",
)
_PLACE = ("sub_district", "estate", "estate_name", "building")


def facts_of(row: Row[Any]) -> dict[str, Any]:
    place = {name: getattr(row, name) for name in _PLACE}
    known = row.sub_district or row.estate
    return {
        "ticket_id": row.id,
        **{name: getattr(row, name) for name in _SHOWN},
        "place": place if known else None,
    }
