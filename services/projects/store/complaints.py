"""Complaints about works in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, literal, or_, select

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.projects.app.works.complaint_ports import Answer
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.complaints import Complaint, Span
from services.projects.domain.works.repair_project import ProjectState
from services.projects.store.complaint_tables import complaint_answers, works_complaints
from services.projects.store.sightings import sightings_where
from services.projects.store.tables import repair_project_history, repair_projects, ticket_sightings
from services.projects.store.works_tables import warranties, works_defects

MOST_APART = 200
_PROJECT, _LINE, _SEEN, _ONE = repair_projects.c, repair_project_history.c, ticket_sightings.c, works_complaints.c
_SPANS = select(
    *(_PROJECT.estate, _PROJECT.id, _PROJECT.opened_at, _PROJECT.started_at, _PROJECT.accepted_at),
    select(func.max(_LINE.at))
    .where(_LINE.project_id == _PROJECT.id, _LINE.state == ProjectState.CANCELLED)
    .scalar_subquery()
    .label("cancelled_at"),
    select(func.max(warranties.c.ends)).where(warranties.c.project_id == _PROJECT.id).scalar_subquery().label("until"),
    (_PROJECT.state == ProjectState.CANCELLED).label("cancelled"),
).where(_PROJECT.estate.in_(bindparam("estates", expanding=True)))
_KEPT = select(works_complaints).where(_ONE.ticket_id.in_(bindparam("ids", expanding=True)))
_FIELDS = ("ticket_id", "project_id", "type_code", "occurred_at", "version")
_insert = insert_rows(works_complaints, *_FIELDS)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["ticket_id"], set_={name: _insert.excluded[name] for name in _FIELDS[1:]}
)
_answer = insert_rows(complaint_answers, *Answer._fields)
_KEEP_ANSWERS = _answer.on_conflict_do_update(
    index_elements=["ticket_id"],
    set_={name: _answer.excluded[name] for name in Answer._fields[1:]},
    where=complaint_answers.c.version < _answer.excluded.version,
)
_OF_PROJECT = (
    select(
        *(_ONE.ticket_id, _ONE.type_code, _ONE.occurred_at, _SEEN.number, complaint_answers.c.answered_at),
        select(func.min(works_defects.c.id))
        .where(works_defects.c.ticket_id == _ONE.ticket_id)
        .scalar_subquery()
        .label("defect_id"),
    )
    .join(ticket_sightings, _SEEN.ticket_id == _ONE.ticket_id)
    .outerjoin(complaint_answers, complaint_answers.c.ticket_id == _ONE.ticket_id)
    .where(_ONE.project_id == bindparam("project_id"), or_(_SEEN.for_few.is_(False), bindparam("all_of_them")))
    .order_by(_ONE.occurred_at.desc(), _ONE.ticket_id)
)


class ComplaintLine(NamedTuple):
    """A complaint as it is listed. `defect_id`: the defect that it opened."""

    ticket_id: str
    type_code: str
    occurred_at: datetime
    number: str | None
    answered_at: datetime | None
    defect_id: str | None


class ApartLine(NamedTuple):
    """A ticket of a project's estate that is not about it. `evidence`: its kind says that something is wrong."""

    ticket_id: str
    type_code: str
    occurred_at: datetime
    number: str | None
    evidence: bool
    of_another: bool


class SqlComplaints:
    """Implements the port ComplaintBook."""

    def spans(self, work: Work, estates: Collection[str]) -> Mapping[str, Sequence[Span]]:
        return spans_of(work.connection, estates)

    def estates_of(self, work: Work, project_ids: Collection[str]) -> set[str]:
        asked = select(_PROJECT.estate).where(_PROJECT.id.in_(project_ids))
        return set(work.connection.execute(asked).scalars())

    def kept(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, Complaint]:
        rows = work.connection.execute(_KEPT, {"ids": list(ticket_ids)})
        return {row.ticket_id: Complaint(*(row._mapping[name] for name in _FIELDS)) for row in rows}

    def in_estates(self, work: Work, estates: Collection[str], types: Collection[str]) -> Sequence[Sighting]:
        return sightings_where(work.connection, _SEEN.estate.in_(estates) & _SEEN.type_code.in_(types))

    def save(self, work: Work, complaints: Sequence[Complaint]) -> None:
        save_complaints(work.connection, complaints)

    def keep_answers(self, work: Work, answers: Sequence[Answer]) -> None:
        keep_answers(work.connection, answers)


def spans_of(connection: Connection, estates: Collection[str]) -> Mapping[str, Sequence[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for row in connection.execute(_SPANS, {"estates": sorted(estates)}):
        ended = row.cancelled_at if row.cancelled else row.accepted_at
        found[row.estate].append(Span(row.id, row.opened_at, row.started_at, ended, row.cancelled, row.until))
    return found


def apart_from(
    connection: Connection, project_id: str, estate: str, types: Collection[str], *, all_of_them: bool
) -> list[ApartLine]:
    """The newest tickets of these types in the estate that are not about the project, rejected ones left out."""
    of_it = select(_ONE.ticket_id).where(_ONE.ticket_id == _SEEN.ticket_id, _ONE.project_id == project_id)
    of_another = select(_ONE.ticket_id).where(_ONE.ticket_id == _SEEN.ticket_id, _ONE.project_id.is_not(None))
    named = (_SEEN.ticket_id, _SEEN.type_code, _SEEN.occurred_at, _SEEN.number, _SEEN.evidence)
    found = (
        select(*named, of_another.exists().label("of_another"))
        .where(_SEEN.estate == estate, _SEEN.type_code.in_(types), _SEEN.rejected.is_(False), ~of_it.exists())
        .where(_SEEN.occurred_at.is_not(None), or_(_SEEN.for_few.is_(False), literal(all_of_them)))
        .order_by(_SEEN.occurred_at.desc(), _SEEN.ticket_id)
        .limit(MOST_APART)
    )
    return [ApartLine(**row._mapping) for row in connection.execute(found)]


def save_complaints(connection: Connection, complaints: Sequence[Complaint]) -> None:
    if complaints:
        rows: list[dict[str, Any]] = [{name: getattr(one, name) for name in _FIELDS} for one in complaints]
        connection.execute(_SAVE, by_column(rows))


def keep_answers(connection: Connection, answers: Sequence[Answer]) -> None:
    """Each ticket once."""
    if answers:
        connection.execute(_KEEP_ANSWERS, by_column([one._asdict() for one in answers]))


def complaints_of(connection: Connection, project_id: str, *, all_of_them: bool) -> list[ComplaintLine]:
    """The newest first; those that are listed for the hub alone only if `all_of_them`."""
    rows = connection.execute(_OF_PROJECT, {"project_id": project_id, "all_of_them": all_of_them})
    return [ComplaintLine(**row._mapping) for row in rows]
