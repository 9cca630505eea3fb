"""Repair projects in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.domain.works.repair_project import ProjectEntry, ProjectState, RepairProject
from services.projects.store.tables import project_numbers, repair_project_history, repair_projects

_AS_THEY_ARE = (
    *("id", "number", "lead", "version", "opened_at", "floor_area_m2", "planned_start", "planned_end"),
    *("started_at", "accepted_at", "responsible", "review_on"),
)
"""The fields of a project that are columns of the same name and value."""

_LOCK = select(repair_projects).where(repair_projects.c.id == bindparam("project_id")).with_for_update(key_share=True)
_insert = insert(repair_projects)
_LINE = repair_project_history.c
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in repair_projects.c}
)


class SqlRepairProjects:
    """Implements the port RepairProjects."""

    def next_number(self, work: Work) -> int:
        return work.connection.execute(select(project_numbers.next_value())).scalar_one()

    def lock(self, work: Work, project_id: str) -> RepairProject | None:
        row = work.connection.execute(_LOCK, {"project_id": project_id}).one_or_none()
        return project_of(row) if row else None

    def history(self, work: Work, project_id: str) -> list[ProjectEntry]:
        return history_of(work.connection, project_id)

    def save(self, work: Work, project: RepairProject) -> None:
        work.connection.execute(_SAVE, _columns(project))
        steps = [
            {
                "project_id": project.id,
                "version": step.version,
                "at": step.at,
                "from_state": step.from_state,
                "state": step.state,
                "actor": step.actor,
                "note": step.note,
                "joined": step.joined,
                "reverses": step.reverses,
                "responsible": step.responsible,
                "review_on": step.review_on,
            }
            for step in project.steps
        ]
        work.connection.execute(insert(repair_project_history), steps)
        project.steps.clear()


def history_of(connection: Connection, project_id: str) -> list[ProjectEntry]:
    """The oldest line first."""
    lines = select(repair_project_history).where(_LINE.project_id == project_id).order_by(_LINE.version)
    return [
        ProjectEntry(
            line.version,
            line.at,
            ProjectState(line.from_state) if line.from_state else None,
            ProjectState(line.state),
            line.actor,
            line.note,
            line.joined,
            line.reverses,
            line.responsible,
            line.review_on,
        )
        for line in connection.execute(lines)
    ]


def project_of(row: Row[Any]) -> RepairProject:
    return RepairProject(
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
        state=ProjectState(row.state),
        resume_to=ProjectState(row.resume_to) if row.resume_to else None,
        hot_issues=tuple(row.hot_issues),
        estates=tuple(map(Place.model_validate, row.estates or ())),
        elements=tuple(row.elements),
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
    )


def _columns(project: RepairProject) -> dict[str, Any]:
    return {
        "estate": project.place.estate,
        "estate_name": project.place.estate_name,
        "sub_district": project.place.sub_district,
        "state": project.state,
        "resume_to": project.resume_to,
        "hot_issues": list(project.hot_issues),
        "elements": list(project.elements),
        "estates": [one.model_dump(exclude_none=True) for one in project.estates] or None,
        **{name: getattr(project, name) for name in _AS_THEY_ARE},
    }
