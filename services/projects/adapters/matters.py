"""Tickets without a registered estate: what is kept of their readings, and the matter each is of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.work import Work
from services.contracts.fingerprint import BadFingerprint, decode
from services.contracts.ticket_events import EVIDENCE_KINDS
from services.projects.adapters.loop import loop
from services.projects.adapters.tables import matter_choices, matters, ticket_sightings, trace_keys, traces
from services.projects.adapters.trace_store import AMONG, TraceStore, lock_matters, packed
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell, Reading, TicketFact
from services.projects.domain.joining import Joined, Joiner, Matter
from services.projects.domain.likeness import Likeness, trace_of
from services.projects.domain.matters import Core

WARMED_BY: Final = 3_000
"""Newest texts from which a process learns how common terms are; from then on it learns as texts come."""

_TRACE, _SEEN = traces.c, ticket_sightings.c
_insert = insert(traces)
_TELL = _insert.on_conflict_do_update(
    index_elements=["ticket_id"],
    set_={name: _insert.excluded[name] for name in ("text_version", "place_words", "fingerprint")},
    where=(_TRACE.text_version < _insert.excluded.text_version) & _TRACE.occurred_at.is_(None),
)
_KIND = func.coalesce(_SEEN.decided_kind, _SEEN.read_kind)
_KNOWN = (
    select(
        traces,
        _SEEN.occurred_at.label("seen_at"),
        _SEEN.caller_ref.label("caller"),
        _SEEN.history.label("of_past"),
        _SEEN.estate,
        _SEEN.type_code,
        _SEEN.sub_district.label("in_sub_district"),
        (~_SEEN.merged & ~_SEEN.rejected & func.coalesce(_KIND.in_(EVIDENCE_KINDS), True)).label("is_evidence"),
        select(matter_choices.c.matter_id)
        .where(matter_choices.c.ticket_id == _TRACE.ticket_id, matter_choices.c.belongs)
        .limit(1)
        .scalar_subquery()
        .label("chosen"),
    )
    .join_from(traces, ticket_sightings, _SEEN.ticket_id == _TRACE.ticket_id)
    .where(_TRACE.ticket_id == bindparam("ticket_id"))
)
_TYPE = select(matters.c.type_code).where(matters.c.id == bindparam("matter_id"))
_ANY_OF = select(exists().where(_TRACE.ticket_id == AMONG))
_commonness: WeakKeyDictionary[Engine, Commonness] = WeakKeyDictionary()


def lock(connection: Connection, events: Collection[TicketFact | Reading]) -> None:
    """Before all other locks, if one of the events may change what is of which matter."""
    readings = any(isinstance(event, Reading) and _tells(event) for event in events)
    facts = [event.ticket_id for event in events if isinstance(event, TicketFact)]
    if readings or (facts and connection.execute(_ANY_OF, {"ids": facts}).scalar_one()):
        lock_matters(connection)


def tell(connection: Connection, reading: Reading) -> None:
    """Keeps what tells the matter of a text whose estate is not registered."""
    if _tells(reading):
        try:
            decode(reading.fingerprint)
        except BadFingerprint:
            return
        row = {
            "ticket_id": reading.ticket_id,
            "text_version": reading.version,
            "place_words": list(reading.place_words),
            "fingerprint": reading.fingerprint,
        }
        connection.execute(_TELL, row)


def place(work: Work, ticket_id: str) -> None:
    """Joins the ticket to its matter as soon as all is known of it, or takes it out when it counts elsewhere."""
    found = _known(work.connection, ticket_id)
    if found is None or found.seen_at is None:
        return
    if found.estate is not None or not found.is_evidence:
        _leave(work, found)
    elif found.occurred_at is None:
        _join(work, found)


def _join(work: Work, found: Row[Any]) -> None:
    connection, book = work.connection, loop().book
    terms = decode(found.fingerprint)
    common = _commonness_of(connection)
    if found.weights is None:  # one that left and comes back has been learnt
        common.learn(terms)
    call = Call(found.ticket_id, found.caller, found.seen_at, found.of_past)
    trace = trace_of(call, found.place_words, terms, common.rarity)
    kept = {
        "caller_ref": call.caller_ref,
        "occurred_at": call.occurred_at,
        "history": call.history,
        "sub_district": found.in_sub_district,
        "places": sorted(trace.places),
        "heading": sorted(trace.heading),
        "weights": packed(trace.weights),
    }
    connection.execute(update(traces).where(_TRACE.ticket_id == found.ticket_id).values(kept))
    window = timedelta(days=book.longest_days)
    store = TraceStore(connection, window, call.ticket_id, found.type_code or "OT", call.occurred_at)
    # A person said which; what that one is about does not matter then.
    said = Matter(found.chosen, Core(frozenset(), {})) if found.chosen else None
    if said:
        store.settle(said, [trace])
    joined = Joined(said, [trace], None) if said else Joiner(store, book, Likeness()).take(trace)
    if joined:
        # By the ticket that begins a matter its issue is raised with all that are of it.
        _count(work, joined.matter.id, [call] if joined.begun else [one.call for one in joined.traces])


def _leave(work: Work, found: Row[Any]) -> None:
    """The ticket is read or decided to be of a registered estate, or is no evidence: as if it had never been here.
    It is compared again should that change."""
    if found.occurred_at is None:
        return
    work.connection.execute(delete(trace_keys).where(trace_keys.c.ticket_id == found.ticket_id))
    gone = {"matter_id": None, "occurred_at": None}
    work.connection.execute(update(traces).where(_TRACE.ticket_id == found.ticket_id).values(gone))
    if found.matter_id is None:
        return
    call = Call(found.ticket_id, found.caller_ref, found.occurred_at, found.history)
    loop().detect(work, Sighted(_cell(work.connection, found.matter_id), call), None)


def _count(work: Work, matter_id: str, calls: Sequence[Call]) -> None:
    cell = _cell(work.connection, matter_id)
    for call in calls:
        loop().detect(work, None, Sighted(cell, call))


def _cell(connection: Connection, matter_id: str) -> Cell:
    return Cell(matter_id, connection.execute(_TYPE, {"matter_id": matter_id}).scalar_one())


def _known(connection: Connection, ticket_id: str) -> Row[Any] | None:
    return connection.execute(_KNOWN, {"ticket_id": ticket_id}).one_or_none()


def _tells(reading: Reading) -> bool:
    return reading.place.estate is None and reading.fingerprint is not None


def _commonness_of(connection: Connection) -> Commonness:
    engine = connection.engine
    if engine not in _commonness:
        common = Commonness()
        newest = select(_TRACE.fingerprint).where(_TRACE.occurred_at.is_not(None))
        for fingerprint in connection.execute(newest.order_by(_TRACE.occurred_at.desc()).limit(WARMED_BY)).scalars():
            common.learn(decode(fingerprint))
        _commonness[engine] = common
    return _commonness[engine]
