"""Standards for display."""

from __future__ import annotations

from sqlalchemy import Connection, select

from services.projects.domain.standards.standard import Standard
from services.projects.store.standard_tables import standards
from services.projects.store.standards import editions_of, standard_of


def all_standards(connection: Connection) -> list[Standard]:
    """The newest first; there are a few dozen."""
    rows = connection.execute(select(standards).order_by(standards.c.opened_at.desc(), standards.c.id)).all()
    editions = editions_of(connection, [row.id for row in rows])
    return [standard_of(row, editions[row.id]) for row in rows]


def standard_by_id(connection: Connection, standard_id: str) -> Standard | None:
    row = connection.execute(select(standards).where(standards.c.id == standard_id)).one_or_none()
    return standard_of(row, editions_of(connection, [standard_id])[standard_id]) if row else None
