"""The states of a ticket (工单) and the steps between them. One table says all (domain.md §2.1, §10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal


class State(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    IN_REVIEW = "in review"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    HANDLING = "handling"
    RETURN_REQUESTED = "return requested"
    SETTLED = "settled"
    VISITED = "visited"
    REDO = "redo"
    MERGED = "merged"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    ARCHIVED = "archived"
    FILED_AWAY = "filed away"


class Step(StrEnum):
    RECEIVE = "receive"
    CLASSIFY = "classify"
    FILE_AWAY = "file away"
    SEND_TO_REVIEW = "send to review"
    RECLASSIFY = "reclassify"
    REJECT = "reject"
    RECONSIDER = "reconsider"
    TRANSFER = "transfer"
    DISPATCH = "dispatch"
    REDISPATCH = "redispatch"
    CALL_IN = "call in"
    ASSIGN = "assign"
    SIGN = "sign"
    CONTACT = "contact"
    REPORT = "report"
    REQUEST_RETURN = "request return"
    UPHOLD_RETURN = "uphold return"
    REFUSE_RETURN = "refuse return"
    REQUEST_EXTENSION = "request extension"
    GRANT_EXTENSION = "grant extension"
    REFUSE_EXTENSION = "refuse extension"
    PAUSE = "pause"
    RESUME = "resume"
    SUPERVISE = "supervise"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WARN = "warn"
    BREACH = "breach"
    SETTLE = "settle"
    MISS = "miss"
    VISIT = "visit"
    ORDER_REDO = "order redo"
    ARCHIVE = "archive"


SAME: Final = "same"
"""The state stays: the step is noted and changes something else of the ticket."""
BACK: Final = "back"
"""To the state from which the ticket was taken aside."""

Target = State | Literal["same", "back"]

WITH_UNIT: Final = (State.DISPATCHED, State.SIGNED, State.CONTACTED, State.HANDLING)
"""A unit has it and works on it for the first time."""
AT_WORK: Final = (*WITH_UNIT, State.REDO)
OPEN: Final = (*AT_WORK, State.RETURN_REQUESTED)
"""A unit answers for it: clocks of its work may run."""
ASIDE: Final = frozenset({State.RETURN_REQUESTED, State.MERGED})
"""From here a ticket may go back to where it was."""
FINAL: Final = frozenset({State.ARCHIVED, State.FILED_AWAY})
CLOCKS: Final = frozenset({Step.WARN, Step.BREACH})
"""Steps that the clock takes: they change nothing for whoever is about to act."""
WITH_PEOPLE: Final = (State.IN_REVIEW, *OPEN)
"""Somebody has to act on it."""
CLOCKED: Final = (*WITH_PEOPLE, State.MERGED, State.SETTLED)

_TABLE: Final[tuple[tuple[Step, tuple[State | None, ...], Target], ...]] = (
    (Step.RECEIVE, (None,), State.RECEIVED),
    (Step.CLASSIFY, (State.RECEIVED,), State.CLASSIFIED),
    (Step.FILE_AWAY, (State.CLASSIFIED,), State.FILED_AWAY),
    (Step.SEND_TO_REVIEW, (State.CLASSIFIED,), State.IN_REVIEW),
    # a person who knows need not wait for the machine's reading
    (Step.DISPATCH, (State.RECEIVED, State.CLASSIFIED, State.IN_REVIEW), State.DISPATCHED),
    # what a ticket is, as a person sees it; a unit that has it keeps it until it is sent elsewhere
    (Step.RECLASSIFY, (State.RECEIVED, *WITH_PEOPLE, State.MERGED), SAME),
    (Step.REDISPATCH, WITH_UNIT, State.DISPATCHED),
    (Step.CALL_IN, AT_WORK, SAME),
    (Step.ASSIGN, OPEN, SAME),
    # not acceptable: in court, review, discipline, petition (Beijing law art. 11); danger goes to 110/119/120/122
    (Step.REJECT, (State.RECEIVED, State.CLASSIFIED, State.IN_REVIEW), State.REJECTED),
    (Step.TRANSFER, (State.RECEIVED, State.CLASSIFIED, *WITH_PEOPLE), State.TRANSFERRED),
    (Step.RECONSIDER, (State.REJECTED, State.TRANSFERRED), State.IN_REVIEW),
    # the unit's work
    (Step.SIGN, (State.DISPATCHED,), State.SIGNED),
    (Step.CONTACT, (State.DISPATCHED, State.SIGNED), State.CONTACTED),
    (Step.CONTACT, (State.HANDLING, State.REDO), SAME),
    (Step.REPORT, WITH_UNIT, State.HANDLING),
    (Step.REPORT, (State.REDO,), SAME),
    # return battles: the ticket waits aside, its clocks run on (domain.md §10.1)
    (Step.REQUEST_RETURN, WITH_UNIT, State.RETURN_REQUESTED),
    (Step.UPHOLD_RETURN, (State.RETURN_REQUESTED,), State.IN_REVIEW),
    (Step.REFUSE_RETURN, (State.RETURN_REQUESTED,), BACK),
    (Step.REQUEST_EXTENSION, AT_WORK, SAME),
    (Step.GRANT_EXTENSION, OPEN, SAME),
    (Step.REFUSE_EXTENSION, OPEN, SAME),
    (Step.PAUSE, AT_WORK, SAME),
    (Step.RESUME, OPEN, SAME),
    (Step.SUPERVISE, OPEN, SAME),
    # one matter, many tickets: a link, so that it can be undone
    (Step.MERGE, (State.IN_REVIEW, *WITH_UNIT), State.MERGED),
    (Step.UNMERGE, (State.MERGED,), BACK),
    (Step.WARN, CLOCKED, SAME),
    (Step.BREACH, CLOCKED, SAME),
    # the end: the unit's word, then the caller's, asked by another role
    (Step.SETTLE, (*AT_WORK, State.MERGED), State.SETTLED),
    (Step.MISS, (State.SETTLED,), SAME),
    (Step.VISIT, (State.SETTLED,), State.VISITED),
    (Step.ORDER_REDO, (State.VISITED,), State.REDO),
    (Step.ARCHIVE, (State.VISITED, State.SETTLED), State.ARCHIVED),
)

STEPS: Final[Mapping[tuple[State | None, Step], Target]] = {
    (source, step): target for step, sources, target in _TABLE for source in sources
}


class IllegalStep(ValueError):
    """The table has no such step from the ticket's state, or a guard of it does not hold."""

    def __init__(self, step: Step, version: int, state: State | None, why: str = "") -> None:
        super().__init__(f"a ticket that is {state or 'new'} cannot {step}{why and ': '}{why}")
        self.version = version
        self.state = state
