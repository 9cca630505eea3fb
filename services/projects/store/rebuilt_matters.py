"""Matters rebuilt: from what readings say of tickets, from the issues' members, and from what people said.

No event carries a core: it is made anew of the members of the window that fulfilled the rule. The newest tickets of no
matter are kept as the live service keeps them, so that joining goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from services.contracts.fingerprint import TermKey
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call
from services.projects.domain.hot_issue import Reason
from services.projects.domain.joining import core_keys, weighted_keys
from services.projects.domain.likeness import Trace, trace_of
from services.projects.domain.matters import Core, core_of
from services.projects.domain.rules import RuleBook
from services.projects.domain.unplaced import IN_PLACE_OF_ESTATE
from services.projects.store.joining_store import (
    TraceStore,
    anchor_of,
    matter_id_of,
    matter_row,
    store_keys,
    trace_row,
)
from services.projects.store.matter_tables import matter_choices, matter_keys, matters, trace_keys, traces
from services.projects.store.tables import hot_issue_members, hot_issues, ticket_sightings

MOST_ORDINALS = 1000
_TRACE, _SEEN = traces.c, ticket_sightings.c
_FREE = (
    select(_TRACE.ticket_id, _TRACE.place_words, _TRACE.fingerprint, _SEEN.caller_ref, _SEEN.occurred_at)
    .add_columns(_SEEN.history, _SEEN.sub_district, _SEEN.type_code)
    .join_from(traces, ticket_sightings, _SEEN.ticket_id == _TRACE.ticket_id)
    .where(_SEEN.occurred_at.is_not(None), _SEEN.estate.is_(None))
)


def restore_matters(
    connection: Connection, choices: Mapping[tuple[str, str], bool], book: RuleBook, key: TermKey
) -> None:
    """Replaces what was restored before; texts, sightings and issues must be there."""
    for table in (matter_choices, trace_keys, matter_keys):
        connection.execute(delete(table))
    connection.execute(update(traces).values(matter_id=None, occurred_at=None))
    connection.execute(delete(matters))
    if choices:
        said = [{"ticket_id": one, "matter_id": of, "belongs": belongs} for (one, of), belongs in choices.items()]
        connection.execute(insert(matter_choices), said)
    common = Commonness()
    for fingerprint in connection.execute(select(_TRACE.fingerprint)).scalars():
        common.learn(key.decode(fingerprint))
    fill = _Fill(connection, key, common)
    _matters(connection, fill)
    _free(connection, fill, timedelta(days=book.longest_days))


def _matters(connection: Connection, fill: _Fill) -> None:
    of_matters = hot_issues.c.estate.startswith(IN_PLACE_OF_ESTATE)
    issues = connection.execute(select(hot_issues).where(of_matters).order_by(hot_issues.c.ordinal)).all()
    cores: dict[str, list[Trace]] = {}
    known: dict[str, Row[Any]] = {}
    everyone: dict[str, list[Trace]] = {}
    for issue in issues:
        members = _FREE.add_columns(hot_issue_members.c.reason).join(
            hot_issue_members, hot_issue_members.c.ticket_id == _TRACE.ticket_id
        )
        for row in connection.execute(members.where(hot_issue_members.c.hot_issue_id == issue.id)):
            if row.reason == Reason.MERGED:
                continue
            trace = fill(row)
            everyone.setdefault(issue.estate, []).append(trace)
            if row.reason == Reason.WINDOW and issue.ordinal == 0:
                cores.setdefault(issue.estate, []).append(trace)
        known.setdefault(issue.estate, issue)
    for matter_id, issue in known.items():
        core = core_of(cores.get(matter_id, ())) or Core(frozenset(), {})
        name = issue.estate_name or ""
        if _ordinal(matter_id, name) is not None:
            core = Core(core.places | {name}, core.weights)
        anchor = name if name in core.places else anchor_of(core)
        ordinal = _ordinal(matter_id, anchor)
        if ordinal is None:
            anchor, ordinal = matter_id, 0  # not found again: the id itself, which anchors no new matter
        values = matter_row(matter_id, anchor, ordinal, core, issue.type_code, issue.confirmed_at)
        connection.execute(insert(matters), values | {"name": name})
        _settle(connection, matter_id, core, everyone.get(matter_id, ()))


def _settle(connection: Connection, matter_id: str, core: Core, members: Sequence[Trace]) -> None:
    store_keys(connection, matter_id, core_keys(core))
    ids = [trace.call.ticket_id for trace in members]
    connection.execute(update(traces).where(_TRACE.ticket_id.in_(ids)).values(matter_id=matter_id))


def _free(connection: Connection, fill: _Fill, window: timedelta) -> None:
    newest = connection.execute(select(func.max(_SEEN.occurred_at))).scalar()
    if newest is None:
        return
    recent = _FREE.where(_TRACE.matter_id.is_(None), _SEEN.occurred_at > newest - 2 * window)
    for row in connection.execute(recent.order_by(_SEEN.occurred_at, _TRACE.ticket_id)).all():
        trace = fill(row)
        TraceStore(connection, window, row.ticket_id, row.type_code or "OT", row.occurred_at).keep(
            trace, weighted_keys(trace.places, trace.weights)
        )


@dataclass(frozen=True, slots=True)
class _Fill:
    """Makes a ticket's trace again and stores it."""

    connection: Connection
    key: TermKey
    common: Commonness

    def __call__(self, row: Row[Any]) -> Trace:
        call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history)
        trace = trace_of(call, row.place_words, self.key.decode(row.fingerprint), self.key, self.common.rarity)
        values = trace_row(trace, row.sub_district)
        self.connection.execute(update(traces).where(_TRACE.ticket_id == row.ticket_id).values(values))
        return trace


def _ordinal(matter_id: str, anchor: str) -> int | None:
    """With which ordinal the anchor makes this id; None if with none."""
    return next((ordinal for ordinal in range(MOST_ORDINALS) if matter_id_of(anchor, ordinal) == matter_id), None)
