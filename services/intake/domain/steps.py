"""The states of a ticket (工单) and the steps between them, as one table (docs/domain.md §2.1, §10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal


class TicketState(StrEnum):
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


class TicketStep(StrEnum):
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
    MISS_CONTACT = "miss contact"
    REPORT = "report"
    ASSIST = "assist"
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
    RECOUNT = "recount"
    SETTLE = "settle"
    MISS = "miss"
    VISIT = "visit"
    ORDER_REDO = "order redo"
    ARCHIVE = "archive"


SAME: Final = "same"
"""The state stays; the step changes something else of the ticket."""
BACK: Final = "back"
"""Back to the state from which the ticket was taken aside."""

Target = TicketState | Literal["same", "back"]

UNDECIDED: Final = (TicketState.RECEIVED, TicketState.CLASSIFIED, TicketState.IN_REVIEW)
"""No unit has it yet, and none had it before."""
WITH_UNIT: Final = (TicketState.DISPATCHED, TicketState.SIGNED, TicketState.CONTACTED, TicketState.HANDLING)
"""A unit has it and works on it for the first time."""
AT_WORK: Final = (*WITH_UNIT, TicketState.REDO)
OPEN: Final = (*AT_WORK, TicketState.RETURN_REQUESTED)
"""A unit is responsible for it: deadlines of its work may run."""
ASIDE: Final = frozenset({TicketState.RETURN_REQUESTED, TicketState.MERGED})
"""States that a ticket may leave for the one it had before."""
FINAL: Final = frozenset({TicketState.ARCHIVED, TicketState.FILED_AWAY})
CLOCKS: Final = frozenset({TicketStep.WARN, TicketStep.BREACH, TicketStep.RECOUNT})
"""Steps taken by deadlines: they change nothing for a person about to act."""
WITH_PEOPLE: Final = (TicketState.IN_REVIEW, *OPEN)
"""Somebody has to act on it."""
CLOCKED: Final = (*WITH_PEOPLE, TicketState.MERGED, TicketState.SETTLED)

_TABLE: Final[tuple[tuple[TicketStep, tuple[TicketState | None, ...], Target], ...]] = (
    (TicketStep.RECEIVE, (None,), TicketState.RECEIVED),
    (TicketStep.CLASSIFY, (TicketState.RECEIVED,), TicketState.CLASSIFIED),
    (TicketStep.FILE_AWAY, (TicketState.CLASSIFIED,), TicketState.FILED_AWAY),
    (TicketStep.SEND_TO_REVIEW, (TicketState.CLASSIFIED,), TicketState.IN_REVIEW),
    # a person who knows need not wait for the machine's reading
    (TicketStep.DISPATCH, UNDECIDED, TicketState.DISPATCHED),
    # what a ticket is, as a person sees it; a unit that has it keeps it until it is sent elsewhere
    (TicketStep.RECLASSIFY, (TicketState.RECEIVED, *WITH_PEOPLE, TicketState.MERGED), SAME),
    (TicketStep.REDISPATCH, WITH_UNIT, TicketState.DISPATCHED),
    (TicketStep.CALL_IN, AT_WORK, SAME),
    (TicketStep.ASSIGN, OPEN, SAME),
    # not acceptable: in court, review, discipline, petition (Beijing law art. 11); danger goes to 110/119/120/122
    (TicketStep.REJECT, UNDECIDED, TicketState.REJECTED),
    (TicketStep.TRANSFER, (TicketState.RECEIVED, TicketState.CLASSIFIED, *WITH_PEOPLE), TicketState.TRANSFERRED),
    (TicketStep.RECONSIDER, (TicketState.REJECTED, TicketState.TRANSFERRED), TicketState.IN_REVIEW),
    # the unit's work
    (TicketStep.SIGN, (TicketState.DISPATCHED,), TicketState.SIGNED),
    (TicketStep.CONTACT, (TicketState.DISPATCHED, TicketState.SIGNED), TicketState.CONTACTED),
    (TicketStep.CONTACT, (TicketState.HANDLING, TicketState.REDO), SAME),
    (TicketStep.MISS_CONTACT, (TicketState.DISPATCHED, TicketState.SIGNED), SAME),
    (TicketStep.REPORT, WITH_UNIT, TicketState.HANDLING),
    (TicketStep.REPORT, (TicketState.REDO,), SAME),
    # a co-handler's part: the ticket and its deadlines stay the lead's
    (TicketStep.ASSIST, OPEN, SAME),
    # returns: the ticket waits aside, its deadlines run on (docs/domain.md §10.1)
    (TicketStep.REQUEST_RETURN, WITH_UNIT, TicketState.RETURN_REQUESTED),
    (TicketStep.UPHOLD_RETURN, (TicketState.RETURN_REQUESTED,), TicketState.IN_REVIEW),
    (TicketStep.REFUSE_RETURN, (TicketState.RETURN_REQUESTED,), BACK),
    (TicketStep.REQUEST_EXTENSION, AT_WORK, SAME),
    (TicketStep.GRANT_EXTENSION, OPEN, SAME),
    (TicketStep.REFUSE_EXTENSION, OPEN, SAME),
    (TicketStep.PAUSE, AT_WORK, SAME),
    (TicketStep.RESUME, OPEN, SAME),
    (TicketStep.SUPERVISE, OPEN, SAME),
    # one matter, many tickets: a link, so that it can be undone
    (TicketStep.MERGE, (TicketState.IN_REVIEW, *WITH_UNIT), TicketState.MERGED),
    (TicketStep.UNMERGE, (TicketState.MERGED,), BACK),
    (TicketStep.WARN, CLOCKED, SAME),
    (TicketStep.BREACH, CLOCKED, SAME),
    # the holidays of a year become known: even a deadline of a ticket that is closed may turn out not to be breached
    (TicketStep.RECOUNT, tuple(TicketState), SAME),
    # the end: the unit's word, then the caller's, asked by another role
    (TicketStep.SETTLE, (*AT_WORK, TicketState.MERGED), TicketState.SETTLED),
    (TicketStep.MISS, (TicketState.SETTLED,), SAME),
    (TicketStep.VISIT, (TicketState.SETTLED,), TicketState.VISITED),
    (TicketStep.ORDER_REDO, (TicketState.VISITED,), TicketState.REDO),
    (TicketStep.ARCHIVE, (TicketState.VISITED, TicketState.SETTLED), TicketState.ARCHIVED),
)

STEPS: Final[Mapping[tuple[TicketState | None, TicketStep], Target]] = {
    (source, step): target for step, sources, target in _TABLE for source in sources
}


class IllegalTicketStep(ValueError):
    """The table has no such step from the ticket's state, or a guard of it does not hold."""

    def __init__(self, step: TicketStep, version: int, state: TicketState | None, why: str = "") -> None:
        super().__init__(f"the step '{step}' does not fit a ticket that is {state or 'new'}{why and ': '}{why}")
        self.version = version
        self.state = state
