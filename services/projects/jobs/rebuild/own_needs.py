"""Folds what projects published of needs and surveys into their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.need_events import NeedChanged, NeedsSurveyed, NeedsSurveyWithdrawn
from services.projects.store.need_tables import needs, needs_surveys
from services.projects.store.needs import source_cells, survey_row
from services.projects.store.register_rebuilt import replace_rows

_AS_THEY_ARE = ("version", "element", "ordinal", "state", "lead", "opened_at", "plan_id", "project_id", "reason")


@dataclass(slots=True)
class OwnNeeds:
    """Events of a version that was folded before change nothing."""

    _needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _surveys: dict[str, dict[str, Any]] = field(default_factory=dict)

    def fold(self, event: NeedChanged | NeedsSurveyed | NeedsSurveyWithdrawn) -> None:
        if isinstance(event, NeedsSurveyed):
            self._surveys.setdefault(event.survey_id, survey_row(event))
        elif isinstance(event, NeedsSurveyWithdrawn):
            self._surveys[event.survey_id]["withdrawn_at"] = event.at
        elif self._needs.get(event.need_id, {"version": 0})["version"] < event.version:
            self._needs[event.need_id] = {
                "id": event.need_id,
                "estate": event.place.estate,
                "estate_name": event.place.estate_name,
                "sub_district": event.place.sub_district,
                "sources": source_cells((one.at, one.kind, one.ref) for one in event.sources),
                **{name: getattr(event, name) for name in _AS_THEY_ARE},
            }

    def write(self, connection: Connection) -> None:
        replace_rows(connection, needs, list(self._needs.values()))
        replace_rows(connection, needs_surveys, list(self._surveys.values()))
