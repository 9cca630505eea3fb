"""Matters out of the topics: readings tell what tickets say, the issues' own events who is of which, and by whose word.

A core is not told: it is made anew of the members of the window that fulfilled the rule. The newest tickets of no
matter are kept as the live service keeps them, so that what goes on goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from services.contracts.event import Envelope, deterministic_id
from services.contracts.fingerprint import decode
from services.projects.adapters.matters import tell
from services.projects.adapters.tables import (
    hot_issue_members,
    hot_issues,
    matter_choices,
    matter_keys,
    matters,
    ticket_sightings,
    trace_keys,
    traces,
)
from services.projects.adapters.trace_store import (
    IN_PLACE_OF_ESTATE,
    TraceStore,
    anchor_of,
    core_keys,
    matter_row,
    packed,
)
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Reading
from services.projects.domain.hot_issue import Reason
from services.projects.domain.likeness import Trace, trace_of
from services.projects.domain.matters import Core, core_of
from services.projects.domain.rules import RuleBook

MOST_ORDINALS = 1000
_TRACE, _SEEN = traces.c, ticket_sightings.c
_FREE = (
    select(_TRACE.ticket_id, _TRACE.place_words, _TRACE.fingerprint, _SEEN.caller_ref, _SEEN.occurred_at)
    .add_columns(_SEEN.history, _SEEN.sub_district, _SEEN.type_code)
    .join_from(traces, ticket_sightings, _SEEN.ticket_id == _TRACE.ticket_id)
    .where(_SEEN.occurred_at.is_not(None), _SEEN.estate.is_(None))
)


def fold(connection: Connection, envelopes: Iterable[Envelope]) -> None:
    for envelope in envelopes:
        if isinstance(envelope.event, Reading):
            tell(connection, envelope.event)


def restore(connection: Connection, choices: Mapping[tuple[str, str], bool], book: RuleBook) -> None:
    """Puts all of it in the place of what was restored before; readings, sightings and issues must be there."""
    for table in (matter_choices, trace_keys, matter_keys):
        connection.execute(delete(table))
    connection.execute(update(traces).values(matter_id=None, occurred_at=None))
    connection.execute(delete(matters))
    if choices:
        said = [{"ticket_id": one, "matter_id": of, "belongs": belongs} for (one, of), belongs in choices.items()]
        connection.execute(insert(matter_choices), said)
    common = Commonness()
    for fingerprint in connection.execute(select(_TRACE.fingerprint)).scalars():
        common.learn(decode(fingerprint))
    _matters(connection, common)
    _free(connection, common, timedelta(days=book.longest_days))


def _matters(connection: Connection, common: Commonness) -> None:
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
            trace = _fill(connection, row, common)
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
    keys = [{"key": key, "matter_id": matter_id} for key in core_keys(core)]
    if keys:
        connection.execute(insert(matter_keys), keys)
    ids = [trace.call.ticket_id for trace in members]
    connection.execute(update(traces).where(_TRACE.ticket_id.in_(ids)).values(matter_id=matter_id))


def _free(connection: Connection, common: Commonness, window: timedelta) -> None:
    newest = connection.execute(select(func.max(_SEEN.occurred_at))).scalar()
    if newest is None:
        return
    recent = _FREE.where(_TRACE.matter_id.is_(None), _SEEN.occurred_at > newest - 2 * window)
    for row in connection.execute(recent.order_by(_SEEN.occurred_at, _TRACE.ticket_id)).all():
        trace = _fill(connection, row, common)
        TraceStore(connection, window, row.ticket_id, row.type_code or "OT", row.occurred_at).keep(trace)


def _fill(connection: Connection, row: Row[Any], common: Commonness) -> Trace:
    call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history)
    trace = trace_of(call, row.place_words, decode(row.fingerprint), common.rarity)
    values = {
        "caller_ref": call.caller_ref,
        "occurred_at": call.occurred_at,
        "history": call.history,
        "sub_district": row.sub_district,
        "places": sorted(trace.places),
        "heading": sorted(trace.heading),
        "weights": packed(trace.weights),
    }
    connection.execute(update(traces).where(_TRACE.ticket_id == row.ticket_id).values(values))
    return trace


def _ordinal(matter_id: str, anchor: str) -> int | None:
    """With which ordinal the anchor makes this id; None if with none."""
    made = (IN_PLACE_OF_ESTATE + str(deterministic_id("projects", anchor, "matter", n)) for n in range(MOST_ORDINALS))
    return next((ordinal for ordinal, one in enumerate(made) if one == matter_id), None)
