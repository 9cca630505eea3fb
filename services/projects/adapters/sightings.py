"""What the sources say of tickets, guarded by their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, case, false, func, or_, select, text
from sqlalchemy.dialects.postgresql import Insert, insert

from services.contracts.classification_events import TicketReadAgain
from services.contracts.ticket_events import TicketReclassified, TicketRejected
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell, Reading, TicketFact, finding_of, is_dissatisfied
from services.projects.domain.windows import REPEAT_WINDOW

_SEEN = ticket_sightings.c


@dataclass(frozen=True, slots=True)
class Change:
    """As what a ticket counted before an event, and counts after it; None: it does not count. `read_of_known`: the
    event told something new, and now both intake and a model have told of the ticket."""

    before: Sighted | None
    after: Sighted | None
    read_of_known: bool


_UNCHANGED = Change(None, None, read_of_known=False)


def fact_row(fact: TicketFact) -> dict[str, Any]:
    """What intake says of a ticket, as the columns of a sighting."""
    decided = finding_of(fact)
    return {
        "ticket_id": fact.ticket_id,
        "ticket_version": fact.version,
        "caller_ref": fact.caller_ref,
        "occurred_at": fact.occurred_at,
        "history": fact.history or False,
        "decided_type": decided.type_code,
        "decided_sub_district": decided.sub_district,
        "decided_estate": decided.estate,
        "decided_estate_name": decided.estate_name,
        "decided_kind": fact.kind,
        "by_person": isinstance(fact, TicketReclassified),
        "merged": fact.merged_into is not None,
        "rejected": isinstance(fact, TicketRejected),
        "dissatisfied": is_dissatisfied(fact),
    }


def reading_row(reading: Reading) -> dict[str, Any]:
    """What a model read, as the columns of a sighting."""
    read = finding_of(reading)
    return {
        "ticket_id": reading.ticket_id,
        "text_version": reading.version,
        "read_type": read.type_code,
        "read_sub_district": read.sub_district,
        "read_estate": read.estate,
        "read_estate_name": read.estate_name,
        "read_kind": reading.kind,
        "read_again": reading.model_version if isinstance(reading, TicketReadAgain) else None,
    }


FACT_COLUMNS = (
    *("ticket_id", "ticket_version", "caller_ref", "occurred_at", "history"),
    *("decided_type", "decided_sub_district", "decided_estate", "decided_estate_name", "decided_kind"),
    *("by_person", "merged", "rejected", "dissatisfied"),
)
READING_COLUMNS = (
    *("ticket_id", "text_version", "read_type", "read_sub_district", "read_estate", "read_estate_name"),
    *("read_kind", "read_again"),
)


def keep_facts(statement: Insert) -> Insert:
    """The newest fact of a ticket stands; that a person once said what it is, stands for ever."""
    told = statement.excluded
    newer = or_(_SEEN.ticket_version.is_(None), _SEEN.ticket_version < told.ticket_version)
    kept = {
        name: case((newer, told[name]), else_=_SEEN[name])
        for name in FACT_COLUMNS
        if name not in ("ticket_id", "by_person")
    }
    return statement.on_conflict_do_update(
        index_elements=["ticket_id"],
        set_={**kept, "by_person": or_(_SEEN.by_person, told.by_person)},
        where=or_(newer, and_(told.by_person, _SEEN.by_person == false())),
    )


def keep_readings(statement: Insert) -> Insert:
    """The first reading of the newest text stands until another model reads it again.

    Of several that did, the one whose name is the last in order: whatever the order in which they come.
    """
    told = statement.excluded
    again = func.coalesce(told.read_again, "") > func.coalesce(_SEEN.read_again, "")
    better = or_(
        _SEEN.text_version.is_(None),
        _SEEN.text_version < told.text_version,
        and_(_SEEN.text_version == told.text_version, again),
    )
    return statement.on_conflict_do_update(
        index_elements=["ticket_id"], set_={name: told[name] for name in READING_COLUMNS[1:]}, where=better
    )


def tell_fact(connection: Connection, fact: TicketFact) -> Change:
    """Keeps what intake says of a ticket, unless it said something newer before."""
    return _tell(connection, _TELL_FACT, fact_row(fact))


def tell_reading(connection: Connection, reading: Reading) -> Change:
    """Keeps what the classifier read, unless it has read this text or a newer one before."""
    return _tell(connection, _TELL_READING, reading_row(reading))


def is_repeat(connection: Connection, sighted: Sighted) -> bool:
    """Whether the same caller turned to us about the same cell before, within the repeat window."""
    cell, call = sighted
    return bool(
        connection.execute(
            _IS_REPEAT,
            {
                "estate": cell.estate,
                "type_code": cell.type_code,
                "start": REPEAT_WINDOW.start(call.occurred_at),
                "end": call.occurred_at,
                "caller_ref": call.caller_ref,
                "ticket_id": call.ticket_id,
            },
        ).scalar_one()
    )


def _tell(connection: Connection, statement: Select[Any], values: dict[str, object]) -> Change:
    row = connection.execute(statement, {**values, "told": values["ticket_id"]}).mappings().one_or_none()
    if row is None:
        return _UNCHANGED
    both = row["ticket_version"] is not None and row["text_version"] is not None
    return Change(_sighted(row, "old_"), _sighted(row, ""), both)


def _sighted(row: RowMapping, prefix: str) -> Sighted | None:
    estate, occurred_at = row[f"{prefix}estate"], row[f"{prefix}occurred_at"]
    if not row[f"{prefix}evidence"] or estate is None or occurred_at is None:
        return None
    cell = Cell(estate, row[f"{prefix}type_code"])
    return Sighted(cell, Call(row["ticket_id"], row[f"{prefix}caller_ref"], occurred_at, row[f"{prefix}history"]))


_COUNTED = ("type_code", "estate", "evidence", "caller_ref", "occurred_at", "history")


def _as_it_was_and_is(statement: Insert) -> Select[Any]:
    """Runs the statement; returns the row as it was and is, if it was written."""
    versions = (_SEEN.ticket_version, _SEEN.text_version)
    written = statement.returning(_SEEN.ticket_id, *versions, *(_SEEN[name] for name in _COUNTED)).cte("written")
    before = ticket_sightings.alias("before")  # a query sees the row as it was before its own statements
    return select(
        written, *(before.c[name].label(f"old_{name}") for name in _COUNTED)
    ).select_from(written.outerjoin(before, before.c.ticket_id == bindparam("told")))


def _given(columns: tuple[str, ...]) -> Insert:
    return insert(ticket_sightings).values({name: bindparam(name) for name in columns})


_TELL_FACT = _as_it_was_and_is(keep_facts(_given(FACT_COLUMNS)))
_TELL_READING = _as_it_was_and_is(keep_readings(_given(READING_COLUMNS)))

_IS_REPEAT = text(
    """
    SELECT EXISTS (
        SELECT FROM ticket_sightings
         WHERE estate = :estate AND type_code = :type_code AND evidence
           AND occurred_at > :start AND occurred_at <= :end
           AND caller_ref = :caller_ref AND ticket_id <> :ticket_id)
    """
)

