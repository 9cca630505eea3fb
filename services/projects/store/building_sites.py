"""What is known of the site of a project beyond its works: its cost by the plan, and its registered blocks."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

from services.projects.app.works.ports import KnownSite

_PLANNED = text("""
    SELECT sum(entry.cost_fen) FROM plan_entries AS entry
     WHERE entry.decision = 'listed' AND EXISTS (
           SELECT FROM needs WHERE needs.project_id = :project_id
              AND needs.plan_id = entry.plan_id AND needs.estate = entry.estate)
""")
_REGISTERED = text("""
    SELECT estates.blocks FROM repair_projects AS project
     CROSS JOIN LATERAL (
           SELECT project.estate WHERE project.estates IS NULL
           UNION SELECT one ->> 'estate' FROM jsonb_array_elements(project.estates) AS one) AS named(estate)
      LEFT JOIN estates ON estates.id = named.estate
     WHERE project.id = :project_id
""").bindparams(bindparam("project_id"))
_PLACE = text("SELECT sub_district FROM repair_projects WHERE id = :project_id")


def known_site(connection: Connection, project_id: str) -> KnownSite:
    """The project must be there. Its blocks are known where each of its estates has some registered."""
    asked = {"project_id": project_id}
    planned = connection.execute(_PLANNED, asked).scalar()
    registered = [row.blocks or [] for row in connection.execute(_REGISTERED, asked)]
    blocks = {one["block"] for blocks in registered for one in blocks} if all(registered) else set()
    sub_district = connection.execute(_PLACE, asked).scalar()
    return KnownSite(None if planned is None else int(planned), sub_district, frozenset(blocks))
