"""Tickets whose type people decided, with their texts: a training set that grows by itself (ADR 30)."""

from __future__ import annotations

from services.chassis.settings import KafkaSettings
from services.classifier.app.answer import TEXTS
from services.classifier.files.labelled_files import Labelled
from services.classifier.stream.topic_reading import events_of
from services.contracts.text_events import TicketTextErased, TicketTextRecorded
from services.contracts.ticket_events import TicketReclassified

TICKETS = "tickets"


def overruled(brokers: KafkaSettings) -> list[Labelled]:
    """Each ticket that a person confirmed or corrected and whose text is still kept (30 days), with the last decision.

    Raises TopicUnreachable.
    """
    decided: dict[str, TicketReclassified] = {}
    for placed in events_of(brokers, TICKETS):
        event = placed.envelope.event
        if isinstance(event, TicketReclassified):
            known = decided.get(event.ticket_id)
            if known is None or event.version >= known.version:
                decided[event.ticket_id] = event
    texts: dict[str, TicketTextRecorded] = {}
    erased: set[str] = set()
    for placed in events_of(brokers, TEXTS):
        text = placed.envelope.event
        if isinstance(text, TicketTextRecorded) and text.ticket_id in decided:
            before = texts.get(text.ticket_id)
            if before is None or text.version >= before.version:
                texts[text.ticket_id] = text
        elif isinstance(text, TicketTextErased):
            erased.add(text.ticket_id)
    return [
        Labelled(texts[ticket].text, event.type_code, frozenset({event.type_code}))
        for ticket, event in sorted(decided.items())
        if ticket in texts and ticket not in erased
    ]
