"""What intake knows of works, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.complaint_events import WorksComplaintChanged
from services.intake.domain.works_news import KnownWorks, Of
from services.intake.store.follow_up_tables import hot_issues, metadata, projects

works_known = Table(
    "works_known",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("of", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("ends", DateTime(timezone=True), comment="of a disturbance"),
    comment="disturbances and defects by works: the newest version that projects published",
)
works_complaints = Table(
    "works_complaints",
    metadata,
    Column("ticket_id", Uuid(as_uuid=False), primary_key=True),
    Column("project_id", Uuid(as_uuid=False), comment="null: about no project any more"),
    Column("version", Integer, nullable=False),
    comment="tickets that complain of works, as projects attached them",
)
Index("works_complaints_of_project", works_complaints.c.project_id)

_known = insert(works_known)
_KEEP = _known.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _known.excluded[name] for name in ("version", "state", "ends")},
    where=works_known.c.version < _known.excluded.version,
).returning(works_known.c.id)
_complaint = insert(works_complaints)
_KEEP_COMPLAINT = _complaint.on_conflict_do_update(
    index_elements=["ticket_id"],
    set_={name: _complaint.excluded[name] for name in ("project_id", "version")},
    where=works_complaints.c.version < _complaint.excluded.version,
)


class SqlWorksBook:
    """Implements the port WorksBook."""

    def known(self, work: Work, of: Of, id: str) -> KnownWorks | None:
        if of is Of.PROJECT:
            project = select(projects.c.version, projects.c.state).where(projects.c.id == id)
            row = work.connection.execute(project).one_or_none()
            return KnownWorks(row.version, row.state) if row else None
        found = work.connection.execute(select(works_known).where(works_known.c.id == id)).one_or_none()
        return KnownWorks(found.version, found.state, found.ends) if found else None

    def keep(self, work: Work, of: Of, id: str, known: KnownWorks) -> bool:
        row = {"id": id, "of": of, "version": known.version, "state": known.state, "ends": known.ends}
        return work.connection.execute(_KEEP, row).one_or_none() is not None

    def keep_complaint(self, work: Work, complaint: WorksComplaintChanged) -> None:
        row = complaint.model_dump(include={"ticket_id", "project_id", "version"})
        work.connection.execute(_KEEP_COMPLAINT, row)

    def complaints_about(self, work: Work, project_ids: Collection[str]) -> set[str]:
        asked = select(works_complaints.c.ticket_id).where(works_complaints.c.project_id.in_(project_ids))
        return set(work.connection.execute(asked).scalars()) if project_ids else set()

    def issues_of(self, work: Work, project_ids: Collection[str]) -> set[str]:
        asked = select(hot_issues.c.id).where(hot_issues.c.project_id.in_(project_ids))
        return set(work.connection.execute(asked).scalars()) if project_ids else set()
