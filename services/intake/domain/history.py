"""A line of a ticket's history: who took which step when, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.intake.domain.steps import TicketState, TicketStep

Facts = Mapping[str, Any]
"""Codes and values by name, as JSON takes them; readers put them into words of their language."""


@dataclass(frozen=True, slots=True)
class TicketHistoryEntry:
    """`version` is the ticket's after the step. `words` are what a person wrote, redacted; None if nobody did."""

    version: int
    at: datetime
    step: TicketStep
    state: TicketState
    actor: str
    words: str | None = None
    facts: Facts = field(default_factory=dict)
