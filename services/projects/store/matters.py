"""Tickets without a registered estate in PostgreSQL, and what people said of them and their matters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Row, Text, bindparam, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.rows import by_column
from services.chassis.database.work import Work
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.likeness import Trace
from services.projects.domain.rules import RuleBook
from services.projects.domain.unplaced import Unplaced
from services.projects.store.joining_store import TraceStore, trace_row
from services.projects.store.matter_tables import matter_choices, matters, trace_keys, traces
from services.projects.store.tables import ticket_sightings

_LOCK: Final = 0x6D617474
_TRACE, _SEEN = traces.c, ticket_sightings.c
_AMONG = func.any(bindparam("ids", type_=ARRAY(Text)))
_ANY_OF = select(exists().where(_TRACE.ticket_id == _AMONG))
_CHOSEN = (
    select(matter_choices.c.matter_id)
    .where(matter_choices.c.ticket_id == _TRACE.ticket_id, matter_choices.c.belongs)
    .limit(1)
    .scalar_subquery()
    .label("chosen")
)
_KEPT = ("ticket_id", "text_version", "place_words", "fingerprint")
_UNPLACED = select(
    *(_TRACE[name] for name in (*_KEPT, "occurred_at", "caller_ref", "history", "matter_id")),
    _TRACE.weights.is_not(None).label("learnt"),
    _CHOSEN,
).where(_TRACE.ticket_id == _AMONG)
_CELL = select(matters.c.type_code).where(matters.c.id == bindparam("matter_id"))
_NEWEST = (
    select(_TRACE.fingerprint)
    .where(_TRACE.occurred_at.is_not(None))
    .order_by(_TRACE.occurred_at.desc())
    .limit(bindparam("most"))
)
_KEEP_TEXTS = text(
    """
    INSERT INTO traces (ticket_id, text_version, place_words, fingerprint)
    SELECT ticket_id, text_version, string_to_array(place_words, ' '), fingerprint
      FROM unnest(CAST(:ticket_id AS text[]), CAST(:text_version AS integer[]), CAST(:place_words AS text[]),
                  CAST(:fingerprint AS text[])) AS given(ticket_id, text_version, place_words, fingerprint)
     ORDER BY ticket_id
    ON CONFLICT (ticket_id) DO UPDATE
       SET text_version = excluded.text_version, place_words = excluded.place_words, fingerprint = excluded.fingerprint
     WHERE traces.text_version < excluded.text_version AND traces.occurred_at IS NULL
    """
)
_insert = insert(traces)
_COMPARED = (*_KEPT, "caller_ref", "occurred_at", "history", "sub_district", "places", "heading", "weights")
_KEEP_COMPARED = _insert.on_conflict_do_update(
    index_elements=["ticket_id"], set_={name: _insert.excluded[name] for name in _COMPARED}
)


class SqlMatters:
    """Implements the port Matters."""

    def lock(self, work: Work) -> None:
        work.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))

    def any_of(self, work: Work, ticket_ids: Collection[str]) -> bool:
        return bool(work.connection.execute(_ANY_OF, {"ids": list(ticket_ids)}).scalar_one())

    def unplaced(self, work: Work, ticket_ids: Collection[str]) -> dict[str, Unplaced]:
        rows = work.connection.execute(_UNPLACED, {"ids": list(ticket_ids)})
        return {row.ticket_id: _unplaced(row) for row in rows}

    def keep_texts(self, work: Work, texts: Collection[Unplaced]) -> None:
        keep_texts(work.connection, texts)

    def keep_compared(self, work: Work, text: Unplaced, trace: Trace, sub_district: str | None) -> None:
        work.connection.execute(_KEEP_COMPARED, _text(text) | trace_row(trace, sub_district))

    def release(self, work: Work, ticket_id: str) -> None:
        work.connection.execute(delete(trace_keys).where(trace_keys.c.ticket_id == ticket_id))
        work.connection.execute(
            update(traces).where(_TRACE.ticket_id == ticket_id).values(matter_id=None, occurred_at=None)
        )

    def store_for(self, work: Work, call: Call, type_code: str, book: RuleBook) -> TraceStore:
        window = timedelta(days=book.longest_days)
        return TraceStore(work.connection, window, call.ticket_id, type_code, call.occurred_at)

    def cell(self, work: Work, matter_id: str) -> Cell:
        return Cell(matter_id, work.connection.execute(_CELL, {"matter_id": matter_id}).scalar_one())

    def newest_fingerprints(self, work: Work, most: int) -> Sequence[str]:
        return work.connection.execute(_NEWEST, {"most": most}).scalars().all()


class SqlChoices:
    """Implements the port Choices."""

    def ticket(self, work: Work, ticket_id: str) -> tuple[Unplaced | None, bool]:
        row = work.connection.execute(_UNPLACED, {"ids": [ticket_id]}).one_or_none()
        estate = select(_SEEN.estate).where(_SEEN.ticket_id == ticket_id)
        return (_unplaced(row) if row else None), work.connection.execute(estate).scalar() is not None

    def choose(self, work: Work, ticket_id: str, matter_id: str, belongs: bool) -> None:
        now = matter_id if belongs else None
        work.connection.execute(update(traces).where(_TRACE.ticket_id == ticket_id).values(matter_id=now))
        work.connection.execute(delete(trace_keys).where(trace_keys.c.ticket_id == ticket_id))
        choice = insert(matter_choices).values(ticket_id=ticket_id, matter_id=matter_id, belongs=belongs)
        work.connection.execute(
            choice.on_conflict_do_update(
                index_elements=["ticket_id", "matter_id"], set_={"belongs": choice.excluded.belongs}
            )
        )


def keep_texts(connection: Connection, texts: Collection[Unplaced]) -> None:
    """Each ticket once. Changes nothing if the stored text is as new, or its ticket has been compared."""
    if texts:
        rows = [_text(one) | {"place_words": " ".join(one.place_words)} for one in texts]
        connection.execute(_KEEP_TEXTS, by_column(rows))


def _unplaced(row: Row[*tuple[Any, ...]]) -> Unplaced:
    compared = row.occurred_at and Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history)
    words = tuple(row.place_words)
    return Unplaced(
        row.ticket_id, row.text_version, words, row.fingerprint, compared, row.learnt, row.matter_id, row.chosen
    )


def _text(one: Unplaced) -> dict[str, Any]:
    return {
        "ticket_id": one.ticket_id,
        "text_version": one.text_version,
        "place_words": list(one.place_words),
        "fingerprint": one.fingerprint,
    }
