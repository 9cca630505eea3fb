"""The open work of a department, as it is now (topic `departments.<code>.state`, compacted)."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.event import Event, TicketId, TicketNumber
from services.contracts.ticket_events import DepartmentCode, Place, RequestKind, StepCause, TypeCode, Urgency

OPEN_STATES: Final = frozenset({"dispatched", "signed", "contacted", "handling", "redo", "return requested"})
"""The states of a ticket in which a unit has to work on it (docs/domain.md §10.1)."""

Role = Literal["lead", "co-handler"]
Withdrawal = Literal["left", "ended", "merged", "restricted"]


class HeldLimit(BaseModel):
    """When a clock ends or ended; `breached`: what it waited for was not done by then."""

    model_config = ConfigDict(frozen=True)

    clock: str
    due: AwareDatetime
    breached: bool = False


class DepartmentTicketState(Event):
    """A ticket of one department as it stands: all that the messages up to `ticket_version` have told, and the text.

    `version` counts the records of this ticket for this department; the last one on the topic is the one that holds.
    Of the stream a reader drops every message about the ticket whose `version` is not above `ticket_version`.
    """

    type: ClassVar[str] = "department.ticket_state.v1"
    department: DepartmentCode
    ticket_id: TicketId
    number: TicketNumber | None = None
    ticket_version: int = Field(ge=1)
    standing: Literal["open", "withdrawn"] = Field(
        description="withdrawn: not this department's work any more; the record goes 30 days later."
    )
    withdrawn: Withdrawal | None = Field(
        None,
        description=(
            "Why. left: another unit has it. ended: settled, archived, rejected or transferred. merged: it counts with "
            "another ticket. restricted: for its lead and the hub alone."
        ),
    )
    withdrawn_at: AwareDatetime | None = None
    role: Role | None = Field(None, description="What the department is to the ticket, while it is open for it.")
    state: str | None = Field(None, description="The ticket's; absent in the record of what left.")
    lead: DepartmentCode | None = None
    co_handlers: tuple[DepartmentCode, ...] = ()
    type_code: TypeCode | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    emergency: bool | None = None
    restricted: bool | None = None
    confidential: bool | None = Field(None, description="The caller stays unnamed to the units.")
    supervised: bool | None = None
    redos: int | None = Field(None, ge=0, description="How often the unit had to do it again (重办).")
    occurred_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    settle_by: AwareDatetime | None = None
    limits: tuple[HeldLimit, ...] = Field((), description="Running and breached clocks, the earliest end first.")
    cause: StepCause | None = Field(None, description="Why its newest step was taken, as a code with values.")
    repeat_of: TicketId | None = None
    continues: TicketId | None = None
    merged_into: TicketId | None = None
    text: str | None = Field(
        None, description="Redacted; absent once it is older than ticket-texts keeps it: intake shows it by number."
    )
    address: str | None = Field(None, description="Redacted, with the text.")
    reading_path: str | None = Field(
        None,
        description=(
            "The path at intake by which a person of the department reads who called, for a purpose; absent where "
            "the department has no right to."
        ),
    )

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id
