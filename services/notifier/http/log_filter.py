"""What is looked for in the delivery log, and how much of it a reader sees: the same for list, CSV and page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.event import TicketId
from services.contracts.hot_issue_events import HotIssueId, ProjectId
from services.contracts.supervision_events import SupervisionId
from services.contracts.ticket_events import DepartmentCode
from services.notifier.domain.logged_delivery import LoggedChannel, LoggedStatus
from services.notifier.store.delivery_log import LogQuery

WHOLE_LOG = frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN})
LogReader = Annotated[Actor, Depends(require(*WHOLE_LOG, Role.DEPARTMENT))]
NUMBER = r"^([0-9]{18}|[RW][0-9]{2}-[0-9]{5,9}-[0-9X])$"


def _written_out(moment: Any) -> Any:
    """Refuses a bare number, which would be read as seconds or milliseconds since 1970."""
    if not isinstance(moment, str) or moment.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise PydanticCustomError("datetime_type", "Input should be a time with its zone")
    return moment


Moment = Annotated[AwareDatetime | None, BeforeValidator(lambda moment: moment and _written_out(moment))]


@dataclass(frozen=True, slots=True)
class Filter:
    """None: any. `department` is a code."""

    columns: Mapping[str, object]
    department: str | None
    since: datetime | None
    until: datetime | None

    def by(self, actor: Actor) -> LogQuery:
        """Of what the actor may see. Raises Problem 403 for another department's log."""
        units = {self.department} if self.department else None
        if not actor.roles & WHOLE_LOG:
            if self.department is not None and self.department not in actor.departments:
                remedy = f"Leave department={self.department} out to see your own."
                raise Problem(403, "not-yours", "Another department's log", remedy)
            units = units or set(actor.departments)
        return LogQuery(self.columns, units, self.since, self.until)


def _asked(
    ticket_id: TicketId | None = None,
    hot_issue_id: HotIssueId | None = None,
    project_id: ProjectId | None = None,
    matter_id: SupervisionId | None = None,
    number: Annotated[str | None, Query(pattern=NUMBER, description="Of a ticket, hot issue or project.")] = None,
    department: DepartmentCode | None = None,
    channel: LoggedChannel | None = None,
    status: LoggedStatus | None = None,
    webhook_id: UUID | None = None,
    since: Annotated[Moment, Query(description="The cause was recorded then or later.")] = None,
    until: Annotated[Moment, Query(description="The cause was recorded before.")] = None,
) -> Filter:
    asked = {
        "ticket_id": ticket_id,
        "hot_issue_id": hot_issue_id,
        "project_id": project_id,
        "matter_id": matter_id,
        "number": number,
        "channel": channel,
        "status": status,
        "webhook_id": webhook_id,
    }
    if since and until and until <= since:
        raise invalid([{"loc": ("query", "until"), "type": "value_error", "msg": "must be after since"}])
    return Filter({name: value for name, value in asked.items() if value is not None}, department, since, until)


LogFilter = Annotated[Filter, Depends(_asked)]
