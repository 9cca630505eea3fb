"""Hot issues and projects by their number, and by a part of their estate's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from services.contracts.numbers import ShortKind
from services.intake.domain.scope import TicketScope
from services.intake.domain.search_words import Asked
from services.intake.store.follow_up_tables import hot_issues, projects

_H, _P = hot_issues.c, projects.c
_PLACE = (_H.sub_district, _H.estate, _H.estate_name)


def issues_found(connection: Connection, asked: Asked, scope: TicketScope | None, most: int) -> list[dict[str, Any]]:
    """Those that the reader may see."""
    fits = _named(asked.name) if asked.name else _H.number == _of_kind(asked, ShortKind.HOT_ISSUE)
    query = (
        select(_H.id.label("hot_issue_id"), _H.number, _H.state, _H.stage, _H.type_code, *_PLACE)
        .where(fits, _open_to(scope))
        .order_by(_H.number.desc(), _H.id)
        .limit(most)
    )
    return _with_place(connection.execute(query).mappings().all())


def projects_found(connection: Connection, asked: Asked, scope: TicketScope | None, most: int) -> list[dict[str, Any]]:
    """Those that are to cure a hot issue that the reader may see."""
    fits = _named(asked.name) if asked.name else _P.number == _of_kind(asked, ShortKind.PROJECT)
    query = (
        select(_P.id.label("project_id"), _P.number, _P.state, _P.planned_start, _P.planned_end, *_PLACE)
        .ext(distinct_on(_P.number, _P.id))
        .select_from(projects.join(hot_issues, _H.project_id == _P.id))
        .where(fits, _open_to(scope))
        .order_by(_P.number.desc(), _P.id, _H.id)
        .limit(most)
    )
    return _with_place(connection.execute(query).mappings().all())


def numbers_there(connection: Connection, numbers: Sequence[str], scope: TicketScope | None) -> list[str]:
    """Those of the numbers that are an issue's or a project's which the reader may see."""
    of_issue = select(_H.number).where(_H.number.in_(numbers), _open_to(scope))
    both = projects.join(hot_issues, _H.project_id == _P.id)
    of_project = select(_P.number).select_from(both).where(_P.number.in_(numbers), _open_to(scope))
    return sorted(connection.execute(of_issue.union(of_project)).scalars())


def _of_kind(asked: Asked, kind: ShortKind) -> str:
    return asked.short[1] if asked.short and asked.short[0] is kind else ""


def _named(name: str) -> ColumnElement[bool]:
    return _H.estate_name.icontains(name, autoescape=True)


def _open_to(scope: TicketScope | None) -> ColumnElement[bool]:
    """As projects shows them: a department those it leads, a sub-district those of its area."""
    if scope is None or scope.whole_district:
        return true()
    return or_(_H.lead.in_(sorted(scope.departments)), _H.sub_district.in_(sorted(scope.sub_districts)))


def _with_place(rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = [one.name for one in _PLACE]
    return [
        {name: value for name, value in row.items() if name not in names} | {"place": {one: row[one] for one in names}}
        for row in rows
    ]
