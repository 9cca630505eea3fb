"""Every event type that may cross a service boundary, by its `ce_type`."""

from services.contracts.classification_events import TicketClassified
from services.contracts.department_events import TicketAssigned
from services.contracts.event import Event
from services.contracts.ticket_events import (
    TicketDispatched,
    TicketReceived,
    TicketSentToReview,
    TicketTextRecorded,
)

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        TicketReceived,
        TicketDispatched,
        TicketSentToReview,
        TicketTextRecorded,
        TicketClassified,
        TicketAssigned,
    )
}
