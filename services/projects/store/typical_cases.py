"""Typical cases in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.projects.domain.hot_issue import NO_ISSUE
from services.projects.domain.typical_case import Standing, TypicalCase
from services.projects.store.tables import hot_issues, typical_cases

_LOCK = select(typical_cases).where(typical_cases.c.type_code == bindparam("of_type"))
_STANDING = select(hot_issues.c.confirmed_at, hot_issues.c.id, hot_issues.c.estate, hot_issues.c.sub_district).where(
    hot_issues.c.type_code == bindparam("of_type"), hot_issues.c.state.not_in(NO_ISSUE)
)
_insert = insert(typical_cases)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["type_code"], set_={column.name: _insert.excluded[column.name] for column in typical_cases.c}
)


class SqlTypicalCases:
    """Implements the port TypicalCases. A type is locked whether or not it has a case."""

    def lock(self, work: Work, type_code: str) -> TypicalCase | None:
        work.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("typical case " + type_code))))
        row = work.connection.execute(_LOCK, {"of_type": type_code}).one_or_none()
        return case_of(row) if row else None

    def standing(self, work: Work, type_code: str) -> list[Standing]:
        return [Standing(*row) for row in work.connection.execute(_STANDING, {"of_type": type_code})]

    def save(self, work: Work, case: TypicalCase) -> None:
        columns: dict[str, Any] = {name: getattr(case, name) for name in case.__slots__}
        lists = {name: list(columns[name]) for name in ("hot_issues", "sub_districts")}
        work.connection.execute(_SAVE, columns | lists)


def case_of(row: Row[Any]) -> TypicalCase:
    values = dict(row._mapping)
    lists = {name: tuple(values[name]) for name in ("hot_issues", "sub_districts")}
    return TypicalCase(**{**values, **lists})
