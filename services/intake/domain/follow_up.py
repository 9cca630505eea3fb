"""The follow-up of one caller of one hot issue, as a table of moves (docs/domain.md §3.2, §10.4).

A ticket does not wait for a building project: it is settled within its limit, and the follow-up goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.contracts.hot_issue_events import DecisionKind
from services.intake.domain.calls import After, Calling, CallResult, after_call

ASK_AFTER = timedelta(days=90)
"""The time from the acceptance of the works until a caller is asked (docs/domain.md §10.4)."""


class Stage(StrEnum):
    """In the order of the loop. `noted`: nothing is decided yet.

    Works are a project's: a service that was ordered, or a rule that is made, is under way and then carried out.
    """

    NOTED = "noted"
    REOPENED = "reopened"
    CANCELLED = "works cancelled"
    PLANNED = "planned"
    UNDER_WAY = "under way"
    SUSPENDED = "works suspended"
    IN_WORKS = "in works"
    CARRIED_OUT = "carried out"
    ACCEPTED = "works accepted"
    ASKED = "asked"
    NOT_REACHED = "not reached"
    SOLVED = "solved"
    NOT_SOLVED = "not solved"
    ENDED = "ended"


CURED = frozenset({Stage.ACCEPTED, Stage.CARRIED_OUT})
"""The cure is complete; some time later callers are asked about it."""

_ANEW = frozenset({Stage.NOTED, Stage.REOPENED, Stage.CANCELLED})
_CURING = frozenset({Stage.PLANNED, Stage.UNDER_WAY, Stage.SUSPENDED, Stage.IN_WORKS})

MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.NOTED: _CURING | CURED | {Stage.ENDED},
    Stage.REOPENED: _CURING | CURED | {Stage.ENDED},
    Stage.CANCELLED: _CURING | CURED | {Stage.ENDED},
    **{stage: (_ANEW | _CURING | CURED | {Stage.ENDED}) - {stage} for stage in _CURING},
    **{stage: (_ANEW | _CURING | CURED | {Stage.ASKED, Stage.ENDED}) - {stage} for stage in CURED},
    Stage.ASKED: _ANEW | _CURING | {Stage.NOT_REACHED, Stage.SOLVED, Stage.NOT_SOLVED, Stage.ENDED},
    # nobody calls any more, but whoever answers later by the link in the message is heard
    Stage.NOT_REACHED: _ANEW | _CURING | {Stage.SOLVED, Stage.NOT_SOLVED, Stage.ENDED},
    Stage.SOLVED: _ANEW | _CURING,
    Stage.NOT_SOLVED: _ANEW | _CURING,
    Stage.ENDED: _CURING | CURED | {Stage.NOTED},
}
"""Forward with the hot issue, skipping stages that were missed; back when it is reopened or confirmed again, or when
its works stop.
"""

_ORDER = tuple(Stage)

STAGE_OF: Mapping[str, Stage] = {
    "suspected": Stage.NOTED,
    "lapsed": Stage.ENDED,
    "confirmed": Stage.NOTED,
    "assigned": Stage.NOTED,
    "reopened": Stage.REOPENED,
    "decided": Stage.PLANNED,
    "in cure": Stage.IN_WORKS,
    "observing": Stage.ACCEPTED,
    "verified": Stage.ACCEPTED,
    "not shown": Stage.ACCEPTED,
    "explained": Stage.ENDED,
    "merged": Stage.ENDED,
    "withdrawn": Stage.ENDED,
}
"""The stage of the follow-ups for each state of their hot issue, if works cure it."""

WITHOUT_WORKS: Mapping[Stage, Stage] = {Stage.IN_WORKS: Stage.UNDER_WAY, Stage.ACCEPTED: Stage.CARRIED_OUT}
"""The stage in place of another where a service or a rule is to cure it."""

STOPPED: Mapping[Stage, Stage] = {Stage.PLANNED: Stage.SUSPENDED, Stage.IN_WORKS: Stage.SUSPENDED}
"""The stage in place of another while the project is suspended."""

NO_WORKS = frozenset({DecisionKind.SERVICE, DecisionKind.RULE})

PROJECT_CANCELLED = "project_cancelled"
"""The cause of an issue that is reopened because nothing will be built."""


def stage_of(state: str, decision: DecisionKind | None, *, suspended: bool = False, cause: str | None = None) -> Stage:
    """Where the follow-ups of a hot issue are; `cause` is the code of its last step. KeyError for an unknown state."""
    stage = STAGE_OF[state]
    if decision in NO_WORKS:
        return WITHOUT_WORKS.get(stage, stage)
    if suspended:
        return STOPPED.get(stage, stage)
    return Stage.CANCELLED if stage is Stage.REOPENED and cause == PROJECT_CANCELLED else stage


SILENT = frozenset({"suspected", "lapsed", "confirmed", "assigned", "merged", "withdrawn"})
"""States of a hot issue that send callers no message: nothing is decided, or another issue continues it."""

SILENT_TO_JOINERS = SILENT | {"reopened"}
"""Whoever joins hears nothing of what was before."""


class IllegalMove(ValueError):
    """The table has no such move from the current stage."""

    def __init__(self, stage: Stage, version: int, target: Stage) -> None:
        super().__init__(f"a follow-up that is {stage} cannot become {target}")
        self.version = version
        self.state = stage


@dataclass(slots=True)
class FollowUp:
    """`ticket_id` is the caller's ticket, `called_at` when they turned to us with it.

    Each move raises `version`; a move back starts a new `round`, in which the caller gets every message again.
    `missed` is how often the caller was called to be asked and not reached; `call_after`: not again before.
    """

    id: str
    hot_issue_id: str
    caller_ref: str
    ticket_id: str
    called_at: datetime
    joined_at: datetime
    stage: Stage = Stage.NOTED
    version: int = 1
    round: int = 0
    ask_at: datetime | None = None
    answered_at: datetime | None = None
    continued_by: str | None = None
    called_again: bool = False
    missed: int = 0
    call_after: datetime | None = None

    def call(self, ticket_id: str, called_at: datetime) -> None:
        """The same caller calls again: the first ticket stays, unless they had said that it was solved."""
        if self.stage is Stage.SOLVED and self.answered_at and called_at > self.answered_at:
            self.ticket_id, self.called_at, self.called_again = ticket_id, called_at, True
        elif self.answered_at is None and (called_at, ticket_id) < (self.called_at, self.ticket_id):
            self.ticket_id, self.called_at = ticket_id, called_at

    def follow(self, target: Stage, accepted_at: datetime | None) -> bool:
        """Moves to the hot issue's stage if the table allows it; False if it stays.

        A caller who said that it is solved is not followed up further, unless they called again.
        """
        if target not in MOVES[self.stage] or (self.stage is Stage.SOLVED and not self.called_again):
            return False
        if self.stage is Stage.NOT_SOLVED and self.continued_by:
            self.ticket_id = self.continued_by
        self._move(target)
        self.ask_at = accepted_at + ASK_AFTER if accepted_at and target in CURED else None
        self.called_again = False
        return True

    def ask(self) -> None:
        self._move(Stage.ASKED)
        self.missed, self.call_after = 0, None

    def miss(self, at: datetime, result: CallResult, rule: Calling) -> None:
        """The caller was called to be asked, in vain: they are called later, or the follow-up ends as not reached."""
        if self.stage is not Stage.ASKED:
            raise IllegalMove(self.stage, self.version, Stage.NOT_REACHED)
        if after_call(result, self.missed, rule) is After.AGAIN:
            self.call_after, self.version = at + rule.again_after, self.version + 1
        else:
            self._move(Stage.NOT_REACHED)
        self.missed += 1

    def answer(self, at: datetime, solved: bool, continued_by: str | None = None) -> None:
        """Records the caller's answer; `continued_by` is the new ticket if it is not solved."""
        self._move(Stage.SOLVED if solved else Stage.NOT_SOLVED)
        self.answered_at, self.continued_by = at, continued_by

    def _move(self, target: Stage) -> None:
        if target not in MOVES[self.stage]:
            raise IllegalMove(self.stage, self.version, target)
        self.round += _ORDER.index(target) < _ORDER.index(self.stage)
        self.stage = target
        self.version += 1
