"""Every event type that may cross a service boundary, by its `ce_type`: the classes that derive from Event."""

from __future__ import annotations

from collections.abc import Iterator

# Each module is imported for the classes it defines.
from services.contracts import case_events as case_events
from services.contracts import classification_events as classification_events
from services.contracts import clock_events as clock_events
from services.contracts import complaint_events as complaint_events
from services.contracts import (
    consultation_events,
    department_events,
    hot_issue_events,
    project_events,
    reply_events,
    ticket_events,
    works_events,
)
from services.contracts import department_answer_events as department_answer_events
from services.contracts import department_state_events as department_state_events
from services.contracts import estate_events as estate_events
from services.contracts import impact_events as impact_events
from services.contracts import need_events as need_events
from services.contracts import plan_events as plan_events
from services.contracts import reply_answer_events as reply_answer_events
from services.contracts import standard_events as standard_events
from services.contracts import subscription_events as subscription_events
from services.contracts import supervision_events as supervision_events
from services.contracts import supervisor_events as supervisor_events
from services.contracts import text_events as text_events
from services.contracts import unit_request_events as unit_request_events
from services.contracts import visit_events as visit_events
from services.contracts import webhook_events as webhook_events
from services.contracts import works_notices as works_notices
from services.contracts.event import Event


def _types_of(base: type[Event]) -> Iterator[type[Event]]:
    """The subclasses that have a `type` of their own, in the order of their definition."""
    for event in base.__subclasses__():
        if "type" in vars(event) and event.__module__.startswith(f"{__package__}."):
            yield event
        yield from _types_of(event)


TICKET_EVENTS = tuple(_types_of(ticket_events.TicketEvent))
HOT_ISSUE_EVENTS = tuple(_types_of(hot_issue_events.HotIssueEvent))
PROJECT_EVENTS = tuple(_types_of(project_events.ProjectEvent))
CASE_EVENTS = tuple(_types_of(case_events.TypicalCaseEvent))
STANDARD_EVENTS = tuple(_types_of(standard_events.StandardEvent))
WORKS_EVENTS = tuple(_types_of(works_events.WorksEvent))
CONSULTATION_EVENTS = tuple(_types_of(consultation_events.ConsultationEvent))
DEPARTMENT_EVENTS = tuple(_types_of(department_events.DepartmentEvent))
REPLY_EVENTS = tuple(_types_of(reply_events.DepartmentReply))
TICKET_REPLY_EVENTS = tuple(_types_of(reply_events.ReplyEvent))

EVENTS: dict[str, type[Event]] = {event.type: event for event in _types_of(Event)}
