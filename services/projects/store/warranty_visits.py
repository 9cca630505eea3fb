"""Warranties that end soon, for whoever asks residents before they do."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from services.projects.app.share import DistrictShare
from services.projects.domain.repair_project import ProjectState
from services.projects.store.shares import visible
from services.projects.store.tables import repair_projects
from services.projects.store.works_tables import warranties, works_items

_OVER = (ProjectState.VERIFIED, ProjectState.CANCELLED)


class EndingWarranty(NamedTuple):
    """The items of one block whose warranties end on the same day. `block` empty: the grounds."""

    project_id: str
    number: str
    estate: str
    estate_name: str | None
    block: str
    ends: date
    items: int


def ending_warranties(connection: Connection, first: date, last: date, share: DistrictShare) -> list[EndingWarranty]:
    """Those that end on one of these days, the next end first."""
    project, item = repair_projects.c, works_items.c
    named = (project.id, project.number, project.estate, project.estate_name, item.block, warranties.c.ends)
    found = (
        select(*named, func.count())
        .select_from(warranties)
        .join(works_items, item.id == warranties.c.item_id)
        .join(repair_projects, project.id == warranties.c.project_id)
        .where(warranties.c.ends.between(first, last), project.state.not_in(_OVER), visible(repair_projects, share))
        .group_by(*named)
        .order_by(warranties.c.ends, project.number, item.block)
    )
    return [EndingWarranty(*row) for row in connection.execute(found)]
