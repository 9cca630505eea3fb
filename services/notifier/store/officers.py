"""The directory of officers: who holds which post, and the channels of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, any_, bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.chassis.metrics import OFFICER_FINDINGS
from services.notifier.app.ports import Sitting
from services.notifier.domain.directory_findings import FindingKind, findings, units
from services.notifier.domain.officer import Officer, OfficerChannel, Post, Reached
from services.notifier.store.officer_tables import officer_ways, officers

_AT = (
    select(
        *(officers.c.officer_id, officers.c.unit, officers.c.post),
        select(func.array_agg(officer_ways.c.channel))
        .where(officer_ways.c.officer_id == officers.c.officer_id)
        .scalar_subquery()
        .label("channels"),
    )
    .where(officers.c.active, officers.c.unit == any_(bindparam("units", type_=ARRAY(Text))))
    .order_by(officers.c.officer_id)
)
_PUT = insert_rows(officers, "officer_id", "unit", "post", "name", "language", "changed_at", "changed_by")
_SAVE = _PUT.on_conflict_do_update(
    index_elements=["unit", "post", "name"],
    index_where=officers.c.active,
    set_={name: _PUT.excluded[name] for name in ("language", "changed_at", "changed_by")},
).returning(
    *(officers.c.officer_id, officers.c.unit, officers.c.post, officers.c.name),
    literal_column("xmax = 0").label("added"),
)
_ADD_WAYS = insert_rows(officer_ways, "officer_id", "rank", "channel", "address")


class Written(NamedTuple):
    """How many officers are new, how many there were before, and how many are notified no more."""

    added: int
    kept: int
    removed: int


class SqlOfficersAtPosts:
    def at(self, work: Work, units: Collection[str]) -> Mapping[tuple[str, Post], Sequence[Sitting]]:
        found: dict[tuple[str, Post], list[Sitting]] = defaultdict(list)
        for row in work.connection.execute(_AT, {"units": list(units)}):
            channels = frozenset(map(OfficerChannel, row.channels or ()))
            found[row.unit, Post(row.post)].append(Sitting(row.officer_id, channels))
        return found


def gauge_findings(connection: Connection) -> None:
    """Shows who would not be reached."""
    found = Counter(one.kind for one in findings(_listed(connection, None), units()))
    for kind in FindingKind:
        OFFICER_FINDINGS.labels(kind).set(found[kind])


def listed(work: Work, units: Collection[str] | None) -> list[Officer]:
    """The active officers of all units, or of these, by unit, post and name; each with the ways in order."""
    return _listed(work.connection, units)


def _listed(connection: Connection, units: Collection[str] | None) -> list[Officer]:
    wanted = select(officers).where(officers.c.active).order_by(officers.c.unit, officers.c.post, officers.c.name)
    if units is not None:
        wanted = wanted.where(officers.c.unit.in_(units))
    rows = connection.execute(wanted).all()
    ways: dict[UUID, list[Reached]] = defaultdict(list)
    held = officer_ways.c.officer_id.in_(wanted.with_only_columns(officers.c.officer_id).order_by(None))
    for way in connection.execute(select(officer_ways).where(held).order_by(officer_ways.c.rank)):
        ways[way.officer_id].append(Reached(OfficerChannel(way.channel), way.address))
    return [
        Officer(row.officer_id, row.unit, Post(row.post), row.name, row.language, ways[row.officer_id]) for row in rows
    ]


def save(work: Work, given: Sequence[Officer], by: str) -> Mapping[tuple[str, str, str], tuple[UUID, bool]]:
    """Adds officers; who has the same unit, post and name already gets this language and these ways.

    By unit, post and name: the id, and whether the officer is new. Each may be given once.
    """
    if not given:
        return {}
    now = work.clock.now()
    rows = [
        {
            "officer_id": uuid4(),
            "unit": one.unit,
            "post": one.post,
            "name": one.name,
            "language": one.language,
            "changed_at": now,
            "changed_by": by,
        }
        for one in sorted(given, key=lambda one: (one.unit, one.post, one.name))
    ]
    saved = {
        (row.unit, row.post, row.name): (row.officer_id, row.added)
        for row in work.connection.execute(_SAVE, by_column(rows))
    }
    _without_ways(work, [officer_id for officer_id, _ in saved.values()])
    ways = [
        {
            "officer_id": saved[one.unit, one.post, one.name][0],
            "rank": rank,
            "channel": way.channel,
            "address": way.address,
        }
        for one in given
        for rank, way in enumerate(one.ways)
    ]
    if ways:
        work.connection.execute(_ADD_WAYS, by_column(ways))
    return saved


def replace(work: Work, given: Sequence[Officer], by: str) -> Written:
    """The units that are named have these officers and no others."""
    saved = save(work, given, by)
    kept = [officer_id for officer_id, _ in saved.values()]
    others = officers.c.active & officers.c.unit.in_({one.unit for one in given}) & officers.c.officer_id.not_in(kept)
    removed = work.connection.execute(
        update(officers)
        .where(others)
        .values(active=False, changed_at=work.clock.now(), changed_by=by)
        .returning(officers.c.officer_id)
    ).scalars()
    gone = list(removed)
    _without_ways(work, gone)
    added = sum(is_new for _, is_new in saved.values())
    return Written(added, len(saved) - added, len(gone))


def compared(work: Work, given: Sequence[Officer], by: str) -> Written:
    """What `replace` would do; nothing changes."""
    there = {(one.unit, one.post, one.name) for one in listed(work, {one.unit for one in given})}
    named = {(one.unit, one.post, one.name) for one in given}
    return Written(len(named - there), len(named & there), len(there - named))


def remove(work: Work, officer_id: UUID, units: Collection[str] | None, by: str) -> bool:
    """The officer is notified no more; the addresses go, what was sent stays. False: none of `units` has such a one."""
    found = officers.c.active & (officers.c.officer_id == officer_id)
    if units is not None:
        found &= officers.c.unit.in_(units)
    gone = work.connection.execute(
        update(officers).where(found).values(active=False, changed_at=work.clock.now(), changed_by=by)
    ).rowcount
    if gone:
        _without_ways(work, [officer_id])
    return bool(gone)


def _without_ways(work: Work, ids: Sequence[UUID]) -> None:
    if ids:
        work.connection.execute(delete(officer_ways).where(officer_ways.c.officer_id.in_(ids)))
