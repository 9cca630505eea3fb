"""The bodies that the city's hotline sends, checked field by field (docs/city-hotline.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from services.contracts.ticket_events import Satisfaction
from services.intake.app.settle_ticket import Visit
from services.intake.domain.city import CityState, ListedByCity
from services.intake.http.step_bodies import Note
from services.intake.http.ticket_bodies import TicketBody, written_out, wrong_time

LONGEST = timedelta(days=366)
MAX_LISTED = 50_000

CityNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{6,40}$")]
Deadline = Annotated[AwareDatetime, BeforeValidator(written_out)]


class CityTicketBody(TicketBody):
    """A request that the city's hotline hands to the district. The same number again must be the same request."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "number": "260701083000000123",
                "deadline": "2026-07-08T00:00:00+08:00",
                "text": "楼顶漏雨，下雨天顶楼走廊全是水，请尽快来修。",
                "address": "凉城路1201弄12号602室",
                "channel": "phone",
                "occurred_at": "2026-07-01T08:30:00+08:00",
                "caller": {"name": "王女士", "phone": "13812345678"},
            }
        },
    )

    number: CityNumber = Field(description="The ticket's number in the city's hotline.")
    deadline: Deadline | None = Field(None, description="Until when the city wants the reply; ours, if left out.")

    def faults(self, now: datetime) -> list[tuple[str, str]]:
        """The faults of the times, as (field, message)."""
        found = [("occurred_at", fault)] if (fault := wrong_time(self.occurred_at, now)) else []
        late = self.deadline and wrong_deadline(self.deadline, now)
        if late:
            found.append(("deadline", late))
        elif self.deadline and self.occurred_at and self.deadline <= self.occurred_at:
            found.append(("deadline", "is not after occurred_at: correct one of them"))
        return found


class CityVisitBody(BaseModel):
    """The caller's word to the city. With `redo` the unit does it again; without, the ticket is archived."""

    model_config = ConfigDict(extra="forbid")

    caller_solved: StrictBool = Field(description="The caller's own word.")
    satisfaction: Satisfaction | None = None
    note: Note | None = None
    redo: Note | None = Field(None, description="Why the matter has to be done again.")
    redo_by: Deadline | None = Field(None, description="Until when; the district's own limit, if left out.")

    def faults(self, now: datetime) -> list[tuple[str, str]]:
        if self.redo_by is None:
            return []
        if self.redo is None:
            return [("redo_by", "is there without redo: say why it has to be done again, or leave it out")]
        late = wrong_deadline(self.redo_by, now)
        return [("redo_by", late)] if late else []

    def visit(self) -> Visit:
        return Visit(self.caller_solved, self.satisfaction, self.redo, self.redo_by)

    def canonical(self) -> bytes:
        return self.model_dump_json(exclude_defaults=True).encode()


class ListedTicket(BaseModel):
    """A ticket that is open in the city's hotline."""

    model_config = ConfigDict(extra="forbid")

    number: CityNumber
    state: CityState
    deadline: Deadline | None = None

    def listed(self) -> ListedByCity:
        return ListedByCity(self.number, self.state, self.deadline)


class CityListBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tickets: Annotated[list[ListedTicket], Field(max_length=MAX_LISTED)]


def wrong_deadline(deadline: datetime, now: datetime) -> str | None:
    """The fault of a deadline more than a year away; one that has passed is accepted as the city's word."""
    if abs(deadline - now) > LONGEST:
        return f"is more than {LONGEST.days} days away: correct the year"
    return None
