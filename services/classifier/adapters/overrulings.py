"""What people decided a ticket is, with its text: the training set that grows by itself (DESIGN §6)."""

from __future__ import annotations

from services.classifier.adapters.topic_reading import Unreachable, events_of
from services.classifier.app.answer import TEXTS
from services.classifier.app.training import Labelled
from services.contracts.ticket_events import TicketReclassified, TicketTextRecorded

TICKETS = "tickets"


def overruled(bootstrap: str) -> list[Labelled]:
    """Each ticket that a person confirmed or corrected and whose text is still there (30 days), once, as decided last.

    Raises Unreachable.
    """
    decided: dict[str, TicketReclassified] = {}
    for placed in events_of(bootstrap, TICKETS):
        event = placed.envelope.event
        if isinstance(event, TicketReclassified):
            known = decided.get(event.ticket_id)
            if known is None or event.version >= known.version:
                decided[event.ticket_id] = event
    texts: dict[str, TicketTextRecorded] = {}
    for placed in events_of(bootstrap, TEXTS):
        text = placed.envelope.event
        if isinstance(text, TicketTextRecorded) and text.ticket_id in decided:
            before = texts.get(text.ticket_id)
            if before is None or text.version >= before.version:
                texts[text.ticket_id] = text
    return [
        Labelled(texts[ticket].text, event.type_code, frozenset({event.type_code}))
        for ticket, event in sorted(decided.items())
        if ticket in texts
    ]


__all__ = ["Unreachable", "overruled"]
