"""An actor's share of the district as a condition on rows, by the columns `lead` and `sub_district`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, true

from services.projects.app.share import DistrictShare


def visible(table: FromClause, share: DistrictShare) -> ColumnElement[bool]:
    return visible_by_place(table, share) | table.c.lead.in_(share.departments)


def visible_by_place(table: FromClause, share: DistrictShare) -> ColumnElement[bool]:
    """Where no department leads."""
    return true() if share.whole_district else table.c.sub_district.in_(share.sub_districts)
