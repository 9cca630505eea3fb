"""The follow-up: one caller of one hot issue, led to its end. One table says all (domain.md §3.2, §10.4).

A ticket does not wait for a building project: it settles within its limit, and the follow-up goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ASK_AFTER = timedelta(days=90)
"""How long after the works are accepted a caller is asked (domain.md §10.4)."""


class Stage(StrEnum):
    """In the order of the loop; `noted` is a problem on which nothing is decided yet."""

    NOTED = "noted"
    PLANNED = "planned"
    IN_WORKS = "in works"
    ACCEPTED = "works accepted"
    ASKED = "asked"
    SOLVED = "solved"
    NOT_SOLVED = "not solved"
    ENDED = "ended"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.NOTED: frozenset({Stage.PLANNED, Stage.IN_WORKS, Stage.ACCEPTED, Stage.ENDED}),
    Stage.PLANNED: frozenset({Stage.NOTED, Stage.IN_WORKS, Stage.ACCEPTED, Stage.ENDED}),
    Stage.IN_WORKS: frozenset({Stage.NOTED, Stage.PLANNED, Stage.ACCEPTED, Stage.ENDED}),
    Stage.ACCEPTED: frozenset({Stage.NOTED, Stage.PLANNED, Stage.IN_WORKS, Stage.ASKED, Stage.ENDED}),
    Stage.ASKED: frozenset(
        {Stage.NOTED, Stage.PLANNED, Stage.IN_WORKS, Stage.SOLVED, Stage.NOT_SOLVED, Stage.ENDED}
    ),
    Stage.SOLVED: frozenset({Stage.NOTED, Stage.PLANNED, Stage.IN_WORKS}),
    Stage.NOT_SOLVED: frozenset({Stage.NOTED, Stage.PLANNED, Stage.IN_WORKS}),
    Stage.ENDED: frozenset({Stage.NOTED, Stage.PLANNED, Stage.IN_WORKS, Stage.ACCEPTED}),
}
"""Forward with the hot issue, leaving out what was missed; back when it is reopened, or confirmed once more."""

_ORDER = tuple(Stage)

STAGE_OF: Mapping[str, Stage] = {
    "suspected": Stage.NOTED,
    "lapsed": Stage.ENDED,
    "confirmed": Stage.NOTED,
    "assigned": Stage.NOTED,
    "reopened": Stage.NOTED,
    "decided": Stage.PLANNED,
    "in cure": Stage.IN_WORKS,
    "observing": Stage.ACCEPTED,
    "verified": Stage.ACCEPTED,
    "not shown": Stage.ACCEPTED,
    "explained": Stage.ENDED,
    "merged": Stage.ENDED,
    "withdrawn": Stage.ENDED,
}
"""Where a hot issue in a state takes those who called because of it."""

UNTOLD = frozenset({"suspected", "lapsed", "confirmed", "assigned", "reopened", "merged", "withdrawn"})
"""States of a hot issue that are no news to a caller: nothing is decided, or another issue goes on with the matter."""


class IllegalMove(ValueError):
    """The table has no such move from the follow-up's stage."""

    def __init__(self, stage: Stage, version: int, target: Stage) -> None:
        super().__init__(f"a follow-up that is {stage} cannot become {target}")
        self.version = version
        self.state = stage


@dataclass(slots=True)
class FollowUp:
    """`ticket_id` is what the caller is followed up on, `called_at` when they turned to us with it.

    Each move raises `version`; a move back begins another `round`, in which the caller is told and asked again.
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

    def call(self, ticket_id: str, called_at: datetime) -> None:
        """A further call of the same caller: the first one stands, unless they had said that it was solved."""
        if self.stage is Stage.SOLVED and self.answered_at and called_at > self.answered_at:
            self.ticket_id, self.called_at, self.called_again = ticket_id, called_at, True
        elif self.answered_at is None and (called_at, ticket_id) < (self.called_at, self.ticket_id):
            self.ticket_id, self.called_at = ticket_id, called_at

    def follow(self, target: Stage, accepted_at: datetime | None) -> bool:
        """Goes where the hot issue is, if the table lets it; False if it stays.

        Whoever said that it is solved stays out of what comes later, unless they called again.
        """
        if target not in MOVES[self.stage] or (self.stage is Stage.SOLVED and not self.called_again):
            return False
        if self.stage is Stage.NOT_SOLVED and self.continued_by:
            self.ticket_id = self.continued_by
        self._move(target)
        self.ask_at = accepted_at + ASK_AFTER if accepted_at and target is Stage.ACCEPTED else None
        self.called_again = False
        return True

    def ask(self) -> None:
        self._move(Stage.ASKED)

    def answer(self, at: datetime, solved: bool, continued_by: str | None = None) -> None:
        """What the caller says; if it is not solved, another ticket goes on from here."""
        self._move(Stage.SOLVED if solved else Stage.NOT_SOLVED)
        self.answered_at, self.continued_by = at, continued_by

    def _move(self, target: Stage) -> None:
        if target not in MOVES[self.stage]:
            raise IllegalMove(self.stage, self.version, target)
        self.round += _ORDER.index(target) < _ORDER.index(self.stage)
        self.stage = target
        self.version += 1
