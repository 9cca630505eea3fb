"""Folds what projects published of typical cases and standards into their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.case_events import TypicalCaseEvent
from services.contracts.event import Event
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.standard_events import (
    RolloutChanged,
    StandardCheckChanged,
    StandardEvent,
    StandardOpinionChanged,
    StandardVersion,
)
from services.projects.store.case_tables import typical_cases
from services.projects.store.register_rebuilt import replace_rows
from services.projects.store.standard_tables import (
    standard_checks,
    standard_editions,
    standard_opinions,
    standard_rollouts,
    standards,
)

StandardFact = (
    TypicalCaseEvent
    | TypicalCaseProposed
    | StandardEvent
    | StandardOpinionChanged
    | RolloutChanged
    | StandardCheckChanged
)
Row = dict[str, Any]

_CASE = (
    *("version", "type_code", "state", "lead", "estates", "proposed_at", "rules_version", "pilot"),
    *("pilot_accepted_at", "standard_id", "reason", "closed_at"),
)
_STANDARD = (
    *("version", "title", "lead", "case_id", "state", "opened_at", "retired_on", "retired_at", "retired_why"),
    *("review_on", "review_overdue"),
)
_EDITION = (
    *("number", "state", "supersedes", "effective_from", "effective_to", "adopt_by", "issued_at", "issued_by"),
    "menu_versions",
)
_OPINION = ("version", "standard_id", "number", "role", "clause", "words", "adopted", "why", "on_text")
_ROLLOUT = (
    *("version", "standard_id", "state", "number", "adopted_on", "trained_on", "adopt_by", "overdue"),
    *("exempt_reason", "exempt_until"),
)
_CHECK = (
    *("version", "standard_id", "clause", "number", "method", "evidence", "checked_on", "valid_until", "mend_by"),
    *("noted_at", "overdue"),
)


@dataclass(slots=True)
class OwnStandards:
    """Events of a version that was folded before change nothing; each version of a standard keeps its newest fact."""

    _cases: dict[str, Row] = field(default_factory=dict)
    _standards: dict[str, Row] = field(default_factory=dict)
    _editions: dict[tuple[str, int], tuple[int, Row]] = field(default_factory=dict)
    _opinions: dict[str, Row] = field(default_factory=dict)
    _rollouts: dict[str, Row] = field(default_factory=dict)
    _checks: dict[str, Row] = field(default_factory=dict)

    def fold(self, event: StandardFact) -> None:
        if isinstance(event, StandardEvent):
            self._edition(event)
        rows, row = self._of(event)
        if rows.get(event.aggregate_id, {"version": 0})["version"] < event.version:
            rows[event.aggregate_id] = row

    def write(self, connection: Connection) -> None:
        """Replaces what was written before."""
        for table in (standard_checks, standard_rollouts, standard_opinions, standard_editions, standards):
            replace_rows(connection, table, [])
        replace_rows(connection, typical_cases, list(self._cases.values()))
        replace_rows(connection, standards, list(self._standards.values()))
        replace_rows(connection, standard_editions, [row for _, row in self._editions.values()])
        for table, rows in (
            (standard_opinions, self._opinions),
            (standard_rollouts, self._rollouts),
            (standard_checks, self._checks),
        ):
            replace_rows(connection, table, list(rows.values()))

    def _edition(self, event: StandardEvent) -> None:
        key = (event.standard_id, event.edition.number)
        if self._editions.get(key, (0, {}))[0] < event.version:
            self._editions[key] = (event.version, _edition_row(event.standard_id, event.edition))

    def _of(self, event: StandardFact) -> tuple[dict[str, Row], Row]:
        if isinstance(event, TypicalCaseEvent | TypicalCaseProposed):
            return self._cases, _case_row(event)
        if isinstance(event, StandardEvent):
            types = {"type_codes": list(event.type_codes)}
            return self._standards, {"id": event.standard_id, **_named(event, _STANDARD), **types}
        if isinstance(event, StandardOpinionChanged):
            return self._opinions, {"id": event.opinion_id, **_named(event, _OPINION)}
        place = {"sub_district": event.place.sub_district}
        if isinstance(event, RolloutChanged):
            return self._rollouts, {**place, **_named(event, _ROLLOUT)}
        return self._checks, {"id": event.check_id, **place, **_named(event, _CHECK), "verdict": event.state}


def _case_row(event: TypicalCaseEvent | TypicalCaseProposed) -> Row:
    by_people: Row = {
        "proposed_by": "rule",
        "criteria": {},
        "causes": [],
        "standard_overdue": False,
        "later_issues": [],
    }
    if isinstance(event, TypicalCaseEvent):
        by_people = {
            "proposed_by": event.proposed_by,
            "criteria": {one.code: one.evidence for one in event.criteria},
            "causes": [one.model_dump(mode="json") for one in event.causes],
            "standard_overdue": event.standard_overdue,
            "later_issues": list(event.later_issues),
        }
    lists = {"hot_issues": list(event.hot_issues), "sub_districts": list(event.sub_districts)}
    return {"id": event.case_id, "ordinal": event.ordinal or 0, **_named(event, _CASE), **lists, **by_people}


def _edition_row(standard_id: str, edition: StandardVersion) -> Row:
    content = edition.content.model_dump(mode="json", exclude_none=True)
    return {"standard_id": standard_id, **{name: getattr(edition, name) for name in _EDITION}, "content": content}


def _named(event: Event, names: tuple[str, ...]) -> Row:
    return {name: getattr(event, name, None) for name in names}
