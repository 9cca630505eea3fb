"""The register of estates for display."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Engine, select, true

from services.projects.app.share import DistrictShare
from services.projects.domain.estates import RegisteredEstate
from services.projects.domain.hot_issue import OPEN, HotIssue
from services.projects.domain.yearly_plan import PlanEntry, PlanState
from services.projects.store.estates import estate_of
from services.projects.store.hot_issues import issue_of
from services.projects.store.plan_tables import plan_entries, plans
from services.projects.store.plans import entry_of
from services.projects.store.register_tables import estates
from services.projects.store.shares import visible, visible_by_place
from services.projects.store.tables import hot_issues


def floor_areas(engine: Engine) -> dict[str, float]:
    """In m², of the estates that have one."""
    areas = select(estates.c.id, estates.c.floor_area).where(estates.c.floor_area.is_not(None))
    with engine.begin() as connection:
        return {row.id: row.floor_area / 100 for row in connection.execute(areas)}


def _seen(share: DistrictShare) -> ColumnElement[bool]:
    """The register is open to every department; a sub-district sees its own estates."""
    return ~estates.c.removed & (true() if share.departments else visible_by_place(estates, share))


def page_of_estates(
    connection: Connection, share: DistrictShare, after: str | None, limit: int
) -> list[RegisteredEstate]:
    """By id, those after `after`."""
    page = select(estates).where(_seen(share)).order_by(estates.c.id).limit(limit)
    if after is not None:
        page = page.where(estates.c.id > after)
    return [estate_of(row) for row in connection.execute(page)]


def estate_names(connection: Connection, share: DistrictShare, lead: str) -> list[tuple[str, str]]:
    """Ids and names of the estates for which somebody of this share may ask, where `lead` leads repair."""
    listed = connection.execute(select(estates.c.id, estates.c.name, estates.c.sub_district).where(_seen(share)))
    return [(row.id, row.name) for row in listed if share.holds(lead, row.sub_district)]


def unregistered_places(connection: Connection, share: DistrictShare) -> list[tuple[str, str | None]]:
    """Names that calls of open hot issues give a place which the register does not have, with their sub-districts."""
    issue = hot_issues.c
    registered = select(estates.c.id).where(~estates.c.removed)
    found = (
        select(issue.estate_name, issue.sub_district)
        .where(issue.state.in_(OPEN), issue.estate.not_in(registered), issue.estate_name.is_not(None))
        .where(visible(hot_issues, share))
        .distinct()
        .order_by(issue.estate_name)
    )
    return [(row.estate_name, row.sub_district) for row in connection.execute(found)]


def with_pages(connection: Connection, estate_ids: Collection[str], share: DistrictShare) -> set[str]:
    """Those of them whose page the reader may open: registered, and of their share."""
    return set(connection.execute(select(estates.c.id).where(estates.c.id.in_(estate_ids), _seen(share))).scalars())


def estate_by_id(connection: Connection, estate_id: str, share: DistrictShare) -> RegisteredEstate | None:
    row = connection.execute(select(estates).where(estates.c.id == estate_id, _seen(share))).one_or_none()
    return estate_of(row) if row else None


def issues_of_estate(connection: Connection, estate_id: str, share: DistrictShare) -> list[HotIssue]:
    """The newest first."""
    found = select(hot_issues).where(hot_issues.c.estate == estate_id, visible(hot_issues, share))
    return [issue_of(row) for row in connection.execute(found.order_by(hot_issues.c.confirmed_at.desc()))]


def planned(connection: Connection, estate_id: str) -> list[tuple[int, PlanEntry]]:
    """What the plans in force say of an estate, with their years, the newest first."""
    found = (
        select(plan_entries, plans.c.year)
        .join(plans, plans.c.id == plan_entries.c.plan_id)
        .where(plan_entries.c.estate == estate_id, plans.c.state == PlanState.PUBLISHED)
        .order_by(plans.c.year.desc())
    )
    return [(row.year, entry_of(row)) for row in connection.execute(found)]
