"""A ticket and its history entries as rows of their tables, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.app.plain_english import entry_in_english, reason_in_english
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.review import ReviewReason
from services.intake.domain.steps import TicketState
from services.intake.domain.ticket import Ticket
from services.intake.domain.ticket_record import Extension

_PLACE = ("sub_district", "estate", "estate_name", "building")
_PLAIN = tuple(field.name for field in fields(Ticket) if field.name not in ("id", "place", "steps", "review_reason"))
"""Fields of a ticket that are columns of the same name."""
TICKET_COLUMNS = ("id", *_PLAIN, *_PLACE, "review_reason", "review")
HISTORY_COLUMNS = ("ticket_id", "version", "at", "step", "state", "actor", "detail", "facts")


def ticket_of(row: Row[Any]) -> Ticket:
    plain = {name: getattr(row, name) for name in _PLAIN}
    place = {name: getattr(row, name) for name in _PLACE}
    return Ticket(
        id=row.id,
        place=Place(**place) if place["sub_district"] or place["estate"] else None,
        review_reason=_review_reason(row),
        **plain
        | {
            "channel": Channel(row.channel),
            "state": TicketState(row.state),
            "came_from": TicketState(row.came_from) if row.came_from else None,
            "kind": RequestKind(row.kind) if row.kind else None,
            "urgency": Urgency(row.urgency) if row.urgency else None,
            "co_handlers": tuple(row.co_handlers),
            "reach": tuple(row.reach),
            "extension": Extension(row.extension) if row.extension else None,
            "satisfaction": Satisfaction(row.satisfaction) if row.satisfaction else None,
        },
    )


def _review_reason(row: Row[Any]) -> ReviewReason | None:
    if row.review_reason is None:
        return None
    return ReviewReason.of_facts(row.review) if row.review else ReviewReason(words=row.review_reason)


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """The values of TICKET_COLUMNS, as JSON takes them."""
    place, reason = ticket.place or Place(), ticket.review_reason
    return {
        "id": ticket.id,
        **{name: getattr(ticket, name) for name in _PLAIN},
        **{name: getattr(place, name) for name in _PLACE},
        "review_reason": reason_in_english(reason) if reason else None,
        "review": (reason.facts or None) if reason else None,
    }


def history_row(ticket_id: str, entry: TicketHistoryEntry) -> dict[str, Any]:
    """The values of HISTORY_COLUMNS, as JSON takes them."""
    facts = {**entry.facts, "words": entry.words} if entry.facts and entry.words else entry.facts
    return {
        "ticket_id": ticket_id,
        "version": entry.version,
        "at": entry.at,
        "step": entry.step,
        "state": entry.state,
        "actor": entry.actor,
        "detail": entry_in_english(entry),
        "facts": facts or None,
    }
