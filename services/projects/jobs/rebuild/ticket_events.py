"""Folds what intake and classifier published into sightings and texts, many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from services.contracts.event import Envelope
from services.projects.app.works.attach_complaints import newest_answers
from services.projects.domain.evidence import Reading, TicketFact, finding_of
from services.projects.domain.sighting import Sighting
from services.projects.domain.unplaced import Unplaced, text_of
from services.projects.files.works_rules import works_rules
from services.projects.store.cells import make_cells
from services.projects.store.complaints import keep_answers
from services.projects.store.matters import keep_texts
from services.projects.store.sightings import copy_sightings, known_sightings


def fold(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """As the live consumer would keep them, whatever their order. Commits nothing."""
    events = [envelope.event for envelope in envelopes if isinstance(envelope.event, TicketFact | Reading)]
    sightings = known_sightings(connection, {event.ticket_id for event in events})
    changed: dict[str, Sighting] = {}
    texts: dict[str, Unplaced] = {}
    for event in events:
        was = sightings.get(event.ticket_id) or Sighting(event.ticket_id)
        now = was.record_fact(event) if isinstance(event, TicketFact) else was.record_reading(event)
        if now is not was:
            sightings[event.ticket_id] = changed[event.ticket_id] = now
        if isinstance(event, Reading):
            known = texts.get(event.ticket_id)
            if text := known.read_again(event) if known else text_of(event):
                texts[event.ticket_id] = text
    copy_sightings(connection, list(changed.values()))
    make_cells(connection, {cell for event in events if (cell := finding_of(event).cell)})
    keep_texts(connection, list(texts.values()))
    keep_answers(connection, newest_answers((envelope.event for envelope in envelopes), works_rules().complaint_rules))
