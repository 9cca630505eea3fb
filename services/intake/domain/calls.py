"""The call list: whom somebody of the hub has to call, and what comes of a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.intake.domain.telling import TellingState, Way


class CallKind(StrEnum):
    """`tell`: something is to be told. `contact`: nobody has spoken with the caller yet. `visit`: asks how it was
    settled. `ask`: asks whether the cure helped.
    """

    TELL = "tell"
    CONTACT = "contact"
    VISIT = "visit"
    ASK = "ask"


TO_BE_ASKED: Final = (CallKind.TELL, CallKind.VISIT, CallKind.ASK)
"""The hub's own calls; first contacts are the units' and are shown when they are asked for."""


class CallResult(StrEnum):
    """What came of a call. `refused`: the person wants no calls and no messages."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    WRONG_NUMBER = "wrong number"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ToldByCall:
    """A message that a person reads out. `tries` is how often it was tried by whatever way, `missed` how often the
    person was called and not reached.
    """

    id: str
    person: str
    way: Way
    state: TellingState
    tries: int
    missed: int

    @property
    def open(self) -> bool:
        return self.state is TellingState.UNSURE or (self.way is Way.CALL and self.state is TellingState.WAITING)


@dataclass(frozen=True, slots=True)
class AfterCall:
    """How a message stands after a call. `not_before`: when the person is called again; None: as it was."""

    state: TellingState
    cause: str | None = None
    not_before: datetime | None = None
