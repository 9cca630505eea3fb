"""Notifier's announcements to subscribers about the topics themselves (on `departments.<code>`)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from services.contracts.event import Event, deterministic_id
from services.contracts.ticket_events import DepartmentCode

EventType = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]{1,60}\.v[0-9]{1,3}$")]


class SchemaAnnounced(Event):
    """A message gets a new schema under a new id. Until `new_alone_from` both are sent, from that day on the new alone.

    A reader moves to the new id meanwhile and skips the old. The same fact under both ids is two messages, each with a
    `delivery_id` of its own: who reads both hears of it twice.
    """

    type: ClassVar[str] = "subscription.schema_announced.v1"
    department: DepartmentCode
    old: EventType
    new: EventType
    old_schema: str = Field(description="Where the old body's JSON Schema is, relative to `services/contracts`.")
    new_schema: str = Field(description="Where the new one is.")
    new_alone_from: date = Field(description="In the district's time; at least 30 days after it was announced.")

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("schema announced", self.old, self.new))
