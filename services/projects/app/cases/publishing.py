"""Typical cases as events."""

from __future__ import annotations

from typing import Any

from services.contracts.case_events import CaseCause, CaseCriterion, CaseMeasure
from services.projects.domain.cases.root_causes import Countermeasure, RootCause
from services.projects.domain.cases.typical_case import TypicalCase

TOPIC = "projects"


def case_facts(case: TypicalCase) -> dict[str, Any]:
    """A case's public state, as its events carry it."""
    return {
        "version": case.version,
        "case_id": case.id,
        "type_code": case.type_code,
        "ordinal": case.ordinal,
        "state": case.state,
        "lead": case.lead,
        "hot_issues": case.hot_issues,
        "later_issues": case.later_issues,
        "estates": case.estates,
        "sub_districts": case.sub_districts,
        "proposed_at": case.proposed_at,
        "proposed_by": case.proposed_by,
        "rules_version": case.rules_version,
        "criteria": tuple(CaseCriterion(code=code.value, evidence=said) for code, said in case.criteria.items()),
        "causes": tuple(_cause(one) for one in case.causes),
        "pilot": case.pilot,
        "pilot_accepted_at": case.pilot_accepted_at,
        "standard_id": case.standard_id,
        "standard_overdue": case.standard_overdue,
        "reason": case.reason,
        "closed_at": case.closed_at,
    }


def measure_facts(measure: Countermeasure) -> dict[str, Any]:
    return {
        "measure_id": measure.id,
        "unit": measure.unit,
        "what": measure.what,
        "due": measure.due,
        "done_on": measure.done_on,
        "overdue": measure.overdue,
    }


def _cause(cause: RootCause) -> CaseCause:
    return CaseCause(
        id=cause.id,
        kind=cause.kind.value,
        what=cause.what,
        tickets=cause.tickets,
        measures=tuple(
            CaseMeasure(id=one.id, unit=one.unit, what=one.what, due=one.due, done_on=one.done_on, overdue=one.overdue)
            for one in cause.measures
        ),
    )
