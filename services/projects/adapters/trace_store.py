"""The store of joining in PostgreSQL. Whoever uses it holds the lock of matters (`lock_matters`)."""

from __future__ import annotations

import struct
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Row, Text, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.rows import by_column, insert_rows
from services.contracts.event import deterministic_id
from services.contracts.fingerprint import TERMS, Weights, term_of
from services.projects.adapters.tables import matter_choices, matter_keys, matters, trace_keys, traces
from services.projects.domain.detection import Call
from services.projects.domain.joining import POOL, Key, Matter, keys_of
from services.projects.domain.likeness import Trace
from services.projects.domain.matters import CORE_TERMS, Core

IN_PLACE_OF_ESTATE: Final = "matter-"
"""How the id of a matter begins, which stands for the estate where its calls are counted."""
POSTINGS: Final = 128
BY_NAME: Final = 0.2
FORGETS: Final = "0"
FORGOTTEN_AT_ONCE: Final = 128
"""A ticket whose id ends so, one in sixteen, has the oldest forgotten: eight times as many as come meanwhile."""
READ_AGAIN: Final = 4_096
"""Tickets whose weights are kept unpacked: some 30 MB."""
_WEIGHT: Final = struct.Struct("<If")
_LOCK: Final = 0x6D617474
"""One joins at a time: what a ticket joins depends on those before it."""

_TRACE = traces.c
_FULL = (
    _TRACE.ticket_id,
    _TRACE.caller_ref,
    _TRACE.occurred_at,
    _TRACE.history,
    _TRACE.places,
    _TRACE.heading,
    _TRACE.weights,
)
_CLOSEST = text(
    f"""
    SELECT {", ".join(f"traces.{column.name}" for column in _FULL)}
      FROM (SELECT found.ticket_id
              FROM unnest(CAST(:keys AS integer[]), CAST(:weights AS float[])) AS asked(key, weight)
             CROSS JOIN LATERAL (
                   SELECT ticket_id FROM trace_keys
                    WHERE trace_keys.key = asked.key AND occurred_at > :since AND occurred_at <= :until
                    ORDER BY occurred_at DESC, ticket_id LIMIT :postings) AS found
             GROUP BY found.ticket_id ORDER BY sum(asked.weight) DESC, found.ticket_id LIMIT :most) AS closest
      JOIN traces USING (ticket_id) ORDER BY ticket_id
    """  # noqa: S608 - the names of our own columns
)
_MATTERS_NEAR = (
    select(matters.c.id, matters.c.places, matters.c.weights)
    .where(
        matters.c.id.in_(select(matter_keys.c.matter_id).where(matter_keys.c.key == func.any(bindparam("keys")))),
        matters.c.id.not_in(
            select(matter_choices.c.matter_id).where(
                matter_choices.c.ticket_id == bindparam("ticket_id"), matter_choices.c.belongs.is_(False)
            )
        ),
    )
    .order_by(matters.c.began_at, matters.c.id)
)
# Arrays, not lists of parameters: a statement that is the same for every number of ids stays prepared.
AMONG = func.any(bindparam("ids", type_=ARRAY(Text)))
_ASSIGN = update(traces).where(_TRACE.ticket_id == AMONG).values(matter_id=bindparam("matter_id"))
_UNLIST = delete(trace_keys).where(trace_keys.c.ticket_id == AMONG)
_LIST = insert_rows(trace_keys, "key", "occurred_at", "ticket_id").on_conflict_do_nothing()
_OLDEST_FREE = (
    select(_TRACE.ticket_id)
    .where(_TRACE.matter_id.is_(None), _TRACE.occurred_at < bindparam("before"))
    .order_by(_TRACE.occurred_at)
    .limit(FORGOTTEN_AT_ONCE)
    .subquery()
)
_FORGET = delete(traces).where(_TRACE.ticket_id.in_(select(_OLDEST_FREE.c.ticket_id)))
_BARRED = select(matter_choices.c.ticket_id).where(
    matter_choices.c.matter_id == bindparam("matter_id"), matter_choices.c.belongs.is_(False)
)


def lock_matters(connection: Connection) -> None:
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


@dataclass(frozen=True, slots=True)
class TraceStore:
    """Implements Store for one ticket at hand, whose type and time are those of a matter that begins with it.

    A matter that a person said the ticket is not of, is not near it, and takes it on no other's account.
    """

    connection: Connection
    window: timedelta
    ticket_id: str
    type_code: str
    began_at: datetime

    def near(self, trace: Trace) -> Sequence[Trace]:
        return self._sharing(trace.places, trace.weights, POOL)

    def about(self, core: Core) -> Sequence[Trace]:
        return self._sharing(core.places, core.weights, POSTINGS)

    def matters_near(self, places: Set[str], weights: Weights) -> Sequence[Matter]:
        keys = [_number(key) for key in keys_of(places, weights, CORE_TERMS)]
        rows = self.connection.execute(_MATTERS_NEAR, {"keys": keys, "ticket_id": self.ticket_id})
        return [Matter(row.id, Core(frozenset(row.places), unpacked(row.weights))) for row in rows]

    def keep(self, trace: Trace) -> None:
        call = trace.call
        keys = {_number(key) for key in keys_of(trace.places, trace.weights)}
        if keys:
            rows = [{"key": key, "occurred_at": call.occurred_at, "ticket_id": call.ticket_id} for key in keys]
            self.connection.execute(_LIST, by_column(rows))
        if call.ticket_id.endswith(FORGETS):
            self.connection.execute(_FORGET, {"before": call.occurred_at - 2 * self.window})

    def begin(self, core: Core) -> Matter:
        """Its id comes of its anchor and how many matters of that anchor there were, not of its tickets."""
        anchor = anchor_of(core)
        before = select(func.coalesce(func.max(matters.c.ordinal), -1)).where(matters.c.anchor == anchor)
        ordinal = int(self.connection.execute(before).scalar_one()) + 1
        matter_id = IN_PLACE_OF_ESTATE + str(deterministic_id("projects", anchor, "matter", ordinal))
        row = matter_row(matter_id, anchor, ordinal, core, self.type_code, self.began_at)
        self.connection.execute(insert(matters), row)
        keys = [{"key": key, "matter_id": matter_id} for key in core_keys(core)]
        self.connection.execute(insert(matter_keys), keys)
        return Matter(matter_id, core)

    def settle(self, matter: Matter, traces_of_it: Sequence[Trace]) -> None:
        ids = sorted({trace.call.ticket_id for trace in traces_of_it} - self._barred_from(matter))
        self.connection.execute(_ASSIGN, {"ids": ids, "matter_id": matter.id})
        self.connection.execute(_UNLIST, {"ids": ids})

    def _barred_from(self, matter: Matter) -> set[str]:
        return set(self.connection.execute(_BARRED, {"matter_id": matter.id}).scalars())

    def _sharing(self, places: Set[str], weights: Weights, most: int) -> Sequence[Trace]:
        asked = {key: weights[key] if isinstance(key, int) else BY_NAME for key in keys_of(places, weights)}
        named = {
            "keys": [_number(key) for key in asked],
            "weights": list(asked.values()),
            "since": self.began_at - self.window,
            "until": self.began_at + self.window,
            "postings": POSTINGS,
            "most": most,
        }
        return [_trace_in(row) for row in self.connection.execute(_CLOSEST, named)]


def matter_row(
    matter_id: str, anchor: str, ordinal: int, core: Core, type_code: str, began_at: datetime
) -> dict[str, Any]:
    return {
        "id": matter_id,
        "anchor": anchor,
        "ordinal": ordinal,
        "name": anchor if core.places else "多人同诉",
        "type_code": type_code,
        "places": sorted(core.places),
        "weights": packed(core.weights),
        "began_at": began_at,
    }


def core_keys(core: Core) -> set[int]:
    return {_number(key) for key in keys_of(core.places, core.weights, CORE_TERMS)}


def anchor_of(core: Core) -> str:
    """The shortest name of its place, or the weightiest words' numbers, by which alone a matter is known again."""
    if core.places:
        return min(core.places, key=lambda name: (len(name), name))
    return "-".join(map(str, sorted(sorted(core.weights, key=lambda term: (-core.weights[term], term))[:3])))


def _trace_in(row: Row[*tuple[Any, ...]]) -> Trace:
    call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history)
    return Trace(call, frozenset(row.places), frozenset(row.heading), unpacked(row.weights))


def packed(weights: Weights) -> bytes:
    return b"".join(_WEIGHT.pack(term, weight) for term, weight in weights.items())


@lru_cache(maxsize=READ_AGAIN)
def unpacked(data: bytes) -> Weights:
    """Not to be changed by whoever reads it: the newest tickets are compared with again and again."""
    return dict(_WEIGHT.iter_unpack(data))


def _number(key: Key) -> int:
    """Characters of names have numbers of their own, above those of terms."""
    return key if isinstance(key, int) else TERMS + term_of(key.encode("utf-16-le", "surrogatepass"))
