"""The store of joining in PostgreSQL. Whoever uses it holds the lock of matters."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from sqlalchemy import ARRAY, Connection, Row, Text, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.rows import by_column, insert_rows
from services.contracts.event import deterministic_id
from services.contracts.fingerprint import TERMS, Weights
from services.projects.domain.detection import Call
from services.projects.domain.joining import POSTINGS, Key, Matter, WeightedKeys
from services.projects.domain.likeness import Trace
from services.projects.domain.matters import Core
from services.projects.domain.unplaced import IN_PLACE_OF_ESTATE
from services.projects.store.matter_tables import matter_choices, matter_keys, matters, trace_keys, traces

FORGETS: Final = "0"
FORGOTTEN_AT_ONCE: Final = 128
"""Every ticket whose id ends with FORGETS, one in sixteen, removes the oldest: eight times as many as have come."""
READ_AGAIN: Final = 4_096
"""Tickets whose weights are kept unpacked: some 30 MB."""
_WEIGHT: Final = struct.Struct("<If")

_TRACE = traces.c
_FULL = ("ticket_id", "caller_ref", "occurred_at", "history", "places", "heading", "weights")
_SHARING = text(
    f"""
    SELECT {", ".join(f"traces.{name}" for name in _FULL)}
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
_MATTERS_SHARING = (
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
# An array, not a list of parameters: a statement that is the same for every number of ids stays prepared.
_AMONG = func.any(bindparam("ids", type_=ARRAY(Text)))
_ASSIGN = update(traces).where(_TRACE.ticket_id == _AMONG).values(matter_id=bindparam("matter_id"))
_UNLIST = delete(trace_keys).where(trace_keys.c.ticket_id == _AMONG)
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


@dataclass(frozen=True, slots=True)
class TraceStore:
    """Implements JoiningStore for one ticket at hand, whose type and time are those of a matter that begins with it.

    A matter that a person said the ticket is not of shares no keys with it.
    """

    connection: Connection
    window: timedelta
    ticket_id: str
    type_code: str
    began_at: datetime

    def sharing(self, keys: WeightedKeys, at: datetime, most: int) -> Sequence[Trace]:
        named = {
            "keys": [number_of(key) for key in keys],
            "weights": list(keys.values()),
            "since": at - self.window,
            "until": at + self.window,
            "postings": POSTINGS,
            "most": most,
        }
        return [_trace_in(row) for row in self.connection.execute(_SHARING, named)]

    def matters_sharing(self, keys: Collection[Key]) -> Sequence[Matter]:
        named = {"keys": [number_of(key) for key in keys], "ticket_id": self.ticket_id}
        rows = self.connection.execute(_MATTERS_SHARING, named)
        return [Matter(row.id, Core(frozenset(row.places), unpacked(row.weights))) for row in rows]

    def keep(self, trace: Trace, keys: WeightedKeys) -> None:
        call, numbers = trace.call, {number_of(key) for key in keys}
        if numbers:
            rows = [{"key": key, "occurred_at": call.occurred_at, "ticket_id": call.ticket_id} for key in numbers]
            self.connection.execute(_LIST, by_column(rows))
        if call.ticket_id.endswith(FORGETS):
            self.connection.execute(_FORGET, {"before": call.occurred_at - 2 * self.window})

    def begin(self, core: Core, keys: Collection[Key]) -> Matter:
        """The id depends on the anchor and on how many matters had it before, not on the tickets."""
        anchor = anchor_of(core)
        before = select(func.coalesce(func.max(matters.c.ordinal), -1)).where(matters.c.anchor == anchor)
        ordinal = int(self.connection.execute(before).scalar_one()) + 1
        matter_id = matter_id_of(anchor, ordinal)
        row = matter_row(matter_id, anchor, ordinal, core, self.type_code, self.began_at)
        self.connection.execute(insert(matters), row)
        store_keys(self.connection, matter_id, keys)
        return Matter(matter_id, core)

    def settle(self, matter: Matter, traces: Sequence[Trace]) -> Sequence[Trace]:
        barred = set(self.connection.execute(_BARRED, {"matter_id": matter.id}).scalars())
        settled = [trace for trace in traces if trace.call.ticket_id not in barred]
        ids = sorted({trace.call.ticket_id for trace in settled})
        self.connection.execute(_ASSIGN, {"ids": ids, "matter_id": matter.id})
        self.connection.execute(_UNLIST, {"ids": ids})
        return settled


def matter_id_of(anchor: str, ordinal: int) -> str:
    return IN_PLACE_OF_ESTATE + str(deterministic_id("projects", anchor, "matter", ordinal))


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


def trace_row(trace: Trace, sub_district: str | None) -> dict[str, Any]:
    """What comparing adds to the row of a text."""
    return {
        "caller_ref": trace.call.caller_ref,
        "occurred_at": trace.call.occurred_at,
        "history": trace.call.history,
        "sub_district": sub_district,
        "places": sorted(trace.places),
        "heading": sorted(trace.heading),
        "weights": packed(trace.weights),
    }


def store_keys(connection: Connection, matter_id: str, keys: Collection[Key]) -> None:
    if keys:
        rows = [{"key": key, "matter_id": matter_id} for key in {number_of(key) for key in keys}]
        connection.execute(insert(matter_keys), rows)


def anchor_of(core: Core) -> str:
    """The shortest name of its place, or the numbers of its weightiest words: by these a matter is known again."""
    if core.places:
        return min(core.places, key=lambda name: (len(name), name))
    return "-".join(map(str, sorted(sorted(core.weights, key=lambda term: (-core.weights[term], term))[:3])))


def packed(weights: Weights) -> bytes:
    return b"".join(_WEIGHT.pack(term, weight) for term, weight in weights.items())


@lru_cache(maxsize=READ_AGAIN)
def unpacked(data: bytes) -> Weights:
    """Not to be changed by whoever reads it: the newest tickets are compared with again and again."""
    return dict(_WEIGHT.iter_unpack(data))


def number_of(key: Key) -> int:
    """Characters of names have numbers of their own, above those of terms."""
    return key if isinstance(key, int) else TERMS + crc32(key.encode("utf-16-le", "surrogatepass")) % TERMS


def _trace_in(row: Row[*tuple[Any, ...]]) -> Trace:
    call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history)
    return Trace(call, frozenset(row.places), frozenset(row.heading), unpacked(row.weights))
