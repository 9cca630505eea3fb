"""Supervision on a book in memory: what it keeps goes through the rows of the database and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from services.chassis.clock import FixedClock
from services.chassis.database.work import Work
from services.chassis.working_days import Calendar
from services.contracts.event import Event
from services.contracts.supervision_events import (
    SupervisingParty,
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionSuggested,
    SupervisionTopicChanged,
)
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.opinions import Opinions
from services.projects.app.supervision.seats import Seat
from services.projects.app.supervision.topics import Topics
from services.projects.app.supervision.watch import WatchClocks
from services.projects.domain.supervision.opinions import SupervisionOpinion
from services.projects.domain.supervision.topics import SiteInspection, Suggestion, SupervisionTopic
from services.projects.files.supervision_rules import supervision_rules
from services.projects.store import supervision as rows

START = datetime(2026, 7, 1, 1, tzinfo=UTC)
PARTY = Seat("zhao", frozenset({SupervisingParty.CONGRESS}), looks_on=True)
OTHERS = Seat("qian", frozenset({SupervisingParty.DISCIPLINE}), looks_on=True)
HOUSING = Seat("li", departments=frozenset({"housing"}))
FIRE = Seat("sun", departments=frozenset({"fire"}))
DEPUTY = Seat("chen", deputy=True)


class _Row:
    def __init__(self, kept: Mapping[str, Any]) -> None:
        self._mapping = kept
        self.__dict__.update(kept)


class _Nowhere:
    """Deadlines are started in it, and fired by the test itself."""

    def execute(self, *_: Any) -> None: ...


class MemoryWork:
    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.connection = _Nowhere()
        self.events: list[Event] = []

    def publish(self, topic: str, event: Event, event_id: UUID | None = None) -> None:
        self.events.append(event)


@dataclass
class MemoryBook:
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)
    inspections: dict[str, dict[str, Any]] = field(default_factory=dict)
    opinions: dict[str, dict[str, Any]] = field(default_factory=dict)
    suggestions: dict[str, dict[str, Any]] = field(default_factory=dict)
    returned: Counter[str] = field(default_factory=Counter)

    def topic(self, work: Work, topic_id: str) -> SupervisionTopic | None:
        kept = self.topics.get(topic_id)
        return rows.topic_of(cast(Any, _Row(kept))) if kept else None

    def save_topic(self, work: Work, event: SupervisionTopicChanged) -> None:
        self.topics[event.topic_id] = rows.topic_row(event)

    def inspection(self, work: Work, inspection_id: str) -> SiteInspection | None:
        kept = self.inspections.get(inspection_id)
        return rows.inspection_of(cast(Any, _Row(kept))) if kept else None

    def add_inspection(self, work: Work, event: SupervisionInspected) -> None:
        self.inspections[event.inspection_id] = rows.inspection_row(event)

    def opinion(self, work: Work, opinion_id: str) -> SupervisionOpinion | None:
        kept = self.opinions.get(opinion_id)
        return rows.opinion_of(cast(Any, _Row(kept))) if kept else None

    def opinions_of(self, work: Work, topic_id: str) -> list[SupervisionOpinion]:
        found = [rows.opinion_of(cast(Any, _Row(one))) for one in self.opinions.values() if one["topic_id"] == topic_id]
        return sorted(found, key=lambda one: one.number)

    def returns(self, work: Work, opinion_id: str) -> int:
        return self.returned[opinion_id]

    def running(self, work: Work, after: str, most: int) -> list[SupervisionOpinion]:
        waiting = sorted(one for one, kept in self.opinions.items() if kept["clocks"] and one > after)[:most]
        return [rows.opinion_of(cast(Any, _Row(self.opinions[one]))) for one in waiting]

    def save_opinion(self, work: Work, event: SupervisionOpinionChanged) -> None:
        self.opinions[event.opinion_id] = rows.opinion_row(event)
        self.returned[event.opinion_id] += event.step == "return"

    def suggestion(self, work: Work, suggestion_id: str) -> Suggestion | None:
        kept = self.suggestions.get(suggestion_id)
        return rows.suggestion_of(cast(Any, _Row(kept))) if kept else None

    def save_suggestion(self, work: Work, event: SupervisionSuggested) -> None:
        self.suggestions[event.suggestion_id] = rows.suggestion_row(event)


class Desk:
    """All acts over one book; `work` is the unit of work, whose clock stands still."""

    def __init__(self) -> None:
        self.memory = MemoryWork()
        self.work = cast(Work, self.memory)
        self.book = MemoryBook()
        limits = Limits(supervision_rules(), Calendar())
        topics = Topics(self.book, limits, lambda work, estates: {})
        self.acts = SupervisionActs(topics, Opinions(self.book, limits), WatchClocks(self.book, limits), limits)
