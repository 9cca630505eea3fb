"""A message to a caller: once for each person and occasion, on one channel, with a cause if it is not sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """How a message reaches a person. `CALL`: a person reads it to them on the telephone."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"


class TellingState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNSURE = "unsure"
    WITHHELD = "withheld"


MOVES: Final[Mapping[TellingState, frozenset[TellingState]]] = {
    TellingState.WAITING: frozenset({TellingState.SENDING, TellingState.WITHHELD}),
    TellingState.SENDING: frozenset(
        {TellingState.WAITING, TellingState.SENT, TellingState.FAILED, TellingState.UNSURE, TellingState.WITHHELD}
    ),
    TellingState.SENT: frozenset({TellingState.DELIVERED, TellingState.READ, TellingState.FAILED}),
    TellingState.DELIVERED: frozenset({TellingState.READ, TellingState.FAILED}),
    TellingState.READ: frozenset(),
    TellingState.FAILED: frozenset({TellingState.WAITING}),
    TellingState.UNSURE: frozenset({TellingState.DELIVERED, TellingState.READ, TellingState.FAILED}),
    TellingState.WITHHELD: frozenset(),
}
"""A gateway may take a message and report later that it bounced; what failed by one way waits for the next.

`UNSURE`: a process ended while it was sending by a way that cannot tell a repeated message, so nobody sends it again;
somebody calls.
"""
