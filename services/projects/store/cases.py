"""Typical cases in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.projects.app.cases.ports import HeldIssue
from services.projects.domain.cases.proposal import Standing
from services.projects.domain.cases.root_causes import Countermeasure, RootCause, RootKind
from services.projects.domain.cases.typical_case import CaseState, Criterion, Proposer, TypicalCase
from services.projects.domain.hot_issue import NO_ISSUE
from services.projects.store.case_tables import typical_cases
from services.projects.store.tables import hot_issues, ticket_sightings

_OF_TYPE = (
    select(typical_cases)
    .where(typical_cases.c.type_code == bindparam("of_type"))
    .order_by(typical_cases.c.ordinal.desc())
    .limit(1)
)
_STANDING = select(hot_issues.c.confirmed_at, hot_issues.c.id, hot_issues.c.estate, hot_issues.c.sub_district).where(
    hot_issues.c.type_code == bindparam("of_type"), hot_issues.c.state.not_in(NO_ISSUE)
)
_insert = insert(typical_cases)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in typical_cases.c}
)


class SqlCaseBook:
    """Implements the port CaseBook. A type is locked whether or not it has a case."""

    def lock_type(self, work: Work, type_code: str) -> TypicalCase | None:
        work.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("typical case " + type_code))))
        row = work.connection.execute(_OF_TYPE, {"of_type": type_code}).one_or_none()
        return case_of(row) if row else None

    def lock(self, work: Work, case_id: str) -> TypicalCase | None:
        of_case = select(typical_cases).where(typical_cases.c.id == case_id)
        row = work.connection.execute(of_case).one_or_none()
        if row is None:
            return None
        newest = self.lock_type(work, row.type_code)
        return newest if newest and newest.id == case_id else case_of(work.connection.execute(of_case).one())

    def standing(self, work: Work, type_code: str) -> list[Standing]:
        return [Standing(*row) for row in work.connection.execute(_STANDING, {"of_type": type_code})]

    def issues(self, work: Work, ids: Collection[str]) -> list[HeldIssue]:
        issue = hot_issues.c
        asked = select(issue.id, issue.type_code, issue.lead, issue.estate, issue.sub_district)
        found = asked.where(issue.id.in_(ids), issue.state.not_in(NO_ISSUE)).order_by(issue.id)
        return [HeldIssue(*row) for row in work.connection.execute(found)]

    def tickets_of_type(self, work: Work, type_code: str, ids: Collection[str]) -> set[str]:
        seen = ticket_sightings.c
        asked = select(seen.ticket_id).where(seen.ticket_id.in_(ids), seen.type_code == type_code, seen.evidence)
        return set(work.connection.execute(asked).scalars())

    def of_pilot(self, work: Work, project_id: str) -> list[str]:
        asked = select(typical_cases.c.id).where(typical_cases.c.pilot == project_id).order_by(typical_cases.c.id)
        return list(work.connection.execute(asked).scalars())

    def save(self, work: Work, case: TypicalCase) -> None:
        columns: dict[str, Any] = {name: getattr(case, name) for name in case.__slots__}
        lists = {name: list(columns[name]) for name in ("hot_issues", "later_issues", "sub_districts")}
        nested = {"criteria": dict(case.criteria), "causes": [cause_row(one) for one in case.causes]}
        work.connection.execute(_SAVE, columns | lists | nested)


def case_of(row: Row[Any]) -> TypicalCase:
    values = dict(row._mapping)
    return TypicalCase(
        **{
            **values,
            "hot_issues": tuple(values["hot_issues"]),
            "later_issues": tuple(values["later_issues"]),
            "sub_districts": tuple(values["sub_districts"]),
            "state": CaseState(values["state"]),
            "proposed_by": Proposer(values["proposed_by"]),
            "criteria": {Criterion(code): said for code, said in values["criteria"].items()},
            "causes": tuple(_cause_of(one) for one in values["causes"]),
        }
    )


def cause_row(cause: RootCause) -> dict[str, Any]:
    """As the table and the topic's readers keep it."""
    return {
        "id": cause.id,
        "kind": cause.kind,
        "what": cause.what,
        "tickets": list(cause.tickets),
        "measures": [
            {
                "id": one.id,
                "unit": one.unit,
                "what": one.what,
                "due": one.due.isoformat(),
                "done_on": one.done_on and one.done_on.isoformat(),
                "overdue": one.overdue,
            }
            for one in cause.measures
        ],
    }


def _cause_of(held: Mapping[str, Any]) -> RootCause:
    measures = tuple(
        Countermeasure(
            **{
                **one,
                "due": date.fromisoformat(one["due"]),
                "done_on": date.fromisoformat(one["done_on"]) if one["done_on"] else None,
            }
        )
        for one in held["measures"]
    )
    return RootCause(held["id"], RootKind(held["kind"]), held["what"], tuple(held["tickets"]), measures)
