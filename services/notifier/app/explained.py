"""A fact that somebody asks about, from its type and its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from services.notifier.domain.telling_rules import TRIGGERS
from services.notifier.domain.trigger import Fact


class UnknownEvent(ValueError):
    """Nobody can be notified of such an event."""


def fact_of(event_type: str, body: Mapping[str, Any]) -> Fact:
    """Raises UnknownEvent, and pydantic's ValidationError for a body that is none of this event."""
    event = TRIGGERS.get(event_type)
    if event is None:
        raise UnknownEvent(f"is none of {', '.join(TRIGGERS)}")
    return cast(Fact, event.model_validate(body))


def imagined(event_type: str, known: Mapping[str, Any]) -> Fact:
    """An event of which only some fields are known: the others are absent. Raises UnknownEvent.

    A field that the event does not have is left out.
    """
    event = TRIGGERS.get(event_type)
    if event is None:
        raise UnknownEvent("is no event of which officers are told")
    absent: dict[str, Any] = {name: None for name, field in event.model_fields.items() if field.is_required()}
    return cast(Fact, event.model_construct(**absent | {one: known[one] for one in known if one in event.model_fields}))
