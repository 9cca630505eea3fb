"""What works start from: the base menu and the standards in force, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, bindparam, select

from services.chassis.database.work import Work
from services.chassis.working_days import SHANGHAI
from services.projects.domain.menu import MenuItem
from services.projects.domain.standards.demands_on_works import Demands, asked, menu_item, menu_known, menu_of
from services.projects.domain.standards.standard import Standard
from services.projects.store.standard_tables import standard_editions, standards
from services.projects.store.standards import editions_of, standard_of
from services.projects.store.tables import repair_projects
from services.projects.store.works_tables import works_items

_ISSUED = select(standards).where(
    standards.c.id.in_(select(standard_editions.c.standard_id).where(standard_editions.c.issued_at.is_not(None)))
)
_PROJECT = select(repair_projects.c.opened_at, repair_projects.c.elements).where(
    repair_projects.c.id == bindparam("project_id")
)
_ELEMENTS = (
    select(works_items.c.element)
    .where(works_items.c.project_id == bindparam("project_id"), works_items.c.dropped.is_(None))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class SqlStandingRules:
    """Implements the port StandingRules. `base`: the rows of the menu that come with the service."""

    base: Sequence[MenuItem]

    def menu(self, work: Work, began: datetime | None = None) -> Mapping[str, MenuItem]:
        now = work.clock.now()
        return menu_of(self.base, issued_standards(work.connection), now, began or now)

    def menu_as_of(self, work: Work, in_force: date, known: date) -> Mapping[str, MenuItem]:
        end = datetime.combine(known + timedelta(days=1), time.min, SHANGHAI) - timedelta(microseconds=1)
        return menu_known(self.base, issued_standards(work.connection), in_force, end)

    def rows(self, work: Work) -> Mapping[tuple[str, int], MenuItem]:
        given = [
            menu_item(row, edition)
            for standard in issued_standards(work.connection)
            for edition in standard.issued()
            for row in edition.content.menu
        ]
        return {(row.code, row.version): row for row in (*self.base, *given)}

    def asked(self, work: Work, project_id: str) -> Demands:
        known = {"project_id": project_id}
        row = work.connection.execute(_PROJECT, known).one_or_none()
        held = issued_standards(work.connection)
        if row is None or not held:
            return Demands()
        built = set(work.connection.execute(_ELEMENTS, known).scalars())
        return asked(held, row.opened_at, built | set(row.elements))


def issued_standards(connection: Connection) -> list[Standard]:
    """Those of which a version was issued, the retired ones, too."""
    rows = connection.execute(_ISSUED).all()
    editions = editions_of(connection, [row.id for row in rows]) if rows else {}
    return [standard_of(row, editions[row.id]) for row in rows]
