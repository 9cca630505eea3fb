"""The register of estates for those who look at it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select

from services.projects.app.share import DistrictShare
from services.projects.domain.estates import RegisteredEstate
from services.projects.store.estates import estate_of
from services.projects.store.register_tables import estates
from services.projects.store.shares import visible_by_place


def floor_areas(engine: Engine) -> dict[str, float]:
    """In m², of the estates that have one."""
    areas = select(estates.c.id, estates.c.floor_area).where(estates.c.floor_area.is_not(None))
    with engine.connect() as connection:
        return {row.id: row.floor_area / 100 for row in connection.execute(areas)}


def page_of_estates(
    connection: Connection, share: DistrictShare, after: str | None, limit: int
) -> list[RegisteredEstate]:
    """By id, those after `after`."""
    page = select(estates).where(visible_by_place(estates, share)).order_by(estates.c.id).limit(limit)
    if after is not None:
        page = page.where(estates.c.id > after)
    return [estate_of(row) for row in connection.execute(page)]
