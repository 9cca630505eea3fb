"""The call list: whom somebody has to call, for what, and what follows from the result of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.caller_access import ReadingPurpose
from services.intake.domain.telling import TellingState, Way


class CallKind(StrEnum):
    """`tell`: a message is to be read out. `contact`: nobody has spoken with the caller yet. `visit`: asks how it was
    settled. `ask`: asks whether the cure helped.
    """

    TELL = "tell"
    CONTACT = "contact"
    VISIT = "visit"
    ASK = "ask"


PURPOSE_OF: Final[Mapping[CallKind, ReadingPurpose]] = {
    CallKind.TELL: ReadingPurpose.TELLING,
    CallKind.CONTACT: ReadingPurpose.FIRST_CONTACT,
    CallKind.VISIT: ReadingPurpose.VISIT,
    CallKind.ASK: ReadingPurpose.FOLLOW_UP,
}
"""What the caller is read for. Whoever may read a ticket's caller for it has the call to make."""


class CallResult(StrEnum):
    """What came of a call. `refused`: the person wants no calls and no messages."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    WRONG_NUMBER = "wrong number"
    REFUSED = "refused"


class Calling(BaseModel):
    """How often in all a person is called who is not reached, and after how long again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tries: int = Field(ge=1)
    again_after_h: float = Field(ge=0)

    @property
    def again_after(self) -> timedelta:
        return timedelta(hours=self.again_after_h)


class After(StrEnum):
    """`done`: what the call was for is done. `again`: the person is called later. `over`: nobody calls any more."""

    DONE = "done"
    AGAIN = "again"
    OVER = "over"


_AFTER: Final[Mapping[CallResult, tuple[After, After]]] = {
    CallResult.REACHED: (After.DONE, After.DONE),
    CallResult.NOT_REACHED: (After.AGAIN, After.OVER),
    CallResult.WRONG_NUMBER: (After.OVER, After.OVER),
    CallResult.REFUSED: (After.OVER, After.OVER),
}
"""While tries are left, and at the last."""
CALLED_AGAIN: Final = frozenset(result for result, (while_left, _) in _AFTER.items() if while_left is After.AGAIN)


def after_call(result: CallResult, missed: int, rule: Calling) -> After:
    """`missed` is how often the person was called and not reached before."""
    return _AFTER[result][missed + 1 >= rule.tries]


@dataclass(frozen=True, slots=True)
class MessageByCall:
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
