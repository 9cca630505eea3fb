"""Announces to every department that a message gets a new schema (ADR 53)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.departments import departments
from services.contracts.districts import SHANGHAI
from services.contracts.event import deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.subscription_events import SchemaAnnounced
from services.contracts.topics import topic_table
from services.notifier.domain.delivery import CONSUMER
from services.notifier.domain.schema_change import ChangeRefused, check_change


class SchemaChanges(Protocol):
    def add(self, work: Work, old: str, new: str, new_alone_from: date, by: str) -> bool:
        """False if this change was announced before; then nothing changes."""

    def announced_for(self, work: Work, old: str, new: str) -> date:
        """The day that was announced."""


@dataclass(frozen=True, slots=True)
class AnnounceSchema:
    changes: SchemaChanges

    def __call__(self, work: Work, old: str, new: str, new_alone_from: date, by: str) -> bool:
        """Notifies each department once; False if they had been notified before. Raises ChangeRefused."""
        today = work.clock.now().astimezone(SHANGHAI).date()
        check_change(old, new, new_alone_from, today, _carried())
        if not self.changes.add(work, old, new, new_alone_from, by):
            known = self.changes.announced_for(work, old, new)
            if known != new_alone_from:
                raise ChangeRefused("new_alone_from", f"was announced as {known}: subscribers rely on that day")
            return False
        for code in departments():
            announcement = SchemaAnnounced(
                version=1,
                department=code,
                old=old,
                new=new,
                old_schema=EVENTS[old].dataschema(),
                new_schema=EVENTS[new].dataschema(),
                new_alone_from=new_alone_from,
            )
            event_id = deterministic_id(CONSUMER, f"{announcement.aggregate_id}|{code}", SchemaAnnounced.type)
            work.publish(topic_table().department_topic(code), announcement, event_id=event_id)
        return True


def _carried() -> set[str]:
    """What departments' streams and states carry."""
    patterns = topic_table().patterns
    return {*patterns["departments.{department}"].events, *patterns["departments.{department}.state"].events}
