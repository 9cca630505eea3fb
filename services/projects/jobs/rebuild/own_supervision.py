"""Folds what projects published of supervision into its rows: topics, inspections, opinions with steps, suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from services.contracts.supervision_events import (
    SupervisionEvent,
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionSuggested,
    SupervisionTopicChanged,
)
from services.projects.store.register_rebuilt import replace_rows
from services.projects.store.supervision import inspection_row, opinion_row, step_row, suggestion_row, topic_row
from services.projects.store.supervision_tables import (
    supervision_inspections,
    supervision_opinions,
    supervision_steps,
    supervision_suggestions,
    supervision_topics,
)

Row = dict[str, Any]
Folded = TypeVar("Folded", bound=SupervisionEvent)


@dataclass(slots=True)
class OwnSupervision:
    """Events of a version that was folded before change nothing; each step of an opinion is a row of its own."""

    _topics: dict[str, SupervisionTopicChanged] = field(default_factory=dict)
    _inspections: dict[str, SupervisionInspected] = field(default_factory=dict)
    _opinions: dict[str, SupervisionOpinionChanged] = field(default_factory=dict)
    _suggestions: dict[str, SupervisionSuggested] = field(default_factory=dict)
    _steps: dict[tuple[str, int], Row] = field(default_factory=dict)

    def fold(self, event: SupervisionEvent) -> None:
        match event:
            case SupervisionTopicChanged():
                _newest(self._topics, event)
            case SupervisionInspected():
                _newest(self._inspections, event)
            case SupervisionOpinionChanged():
                _newest(self._opinions, event)
                self._steps[event.opinion_id, event.version] = step_row(event)
            case SupervisionSuggested():
                _newest(self._suggestions, event)

    def write(self, connection: Connection) -> None:
        replace_rows(connection, supervision_topics, [topic_row(one) for one in self._topics.values()])
        replace_rows(connection, supervision_inspections, [inspection_row(one) for one in self._inspections.values()])
        replace_rows(connection, supervision_opinions, [opinion_row(one) for one in self._opinions.values()])
        replace_rows(connection, supervision_steps, list(self._steps.values()))
        replace_rows(connection, supervision_suggestions, [suggestion_row(one) for one in self._suggestions.values()])


def _newest(known: dict[str, Folded], event: Folded) -> None:
    before = known.get(event.aggregate_id)
    if before is None or before.version < event.version:
        known[event.aggregate_id] = event
