"""One clause of an opinion, from the supervisor to the unit and back until it is carried out (docs/domain.md §3.5).

`agreed` is the unit's word; `carried_out_on` is the supervisor's alone. One table holds the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.contracts.supervision_events import SupervisingParty
from services.projects.domain.supervision.clocks import LAPSES, RUNS_FOR_THE_UNIT, RunningClock, SupervisionClockKind
from services.projects.domain.supervision.unit_answers import (
    AGREES,
    MoreTime,
    Rating,
    Reply,
    ReplyClass,
    UnitAnswer,
    check_answer,
    check_rating,
)


class OpinionState(StrEnum):
    GIVEN = "given"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    REPLIED = "replied"
    REDO = "redo"
    TRACKING = "tracking"
    CARRIED_OUT = "carried_out"
    NOT_POSSIBLE = "not_possible"
    WITHDRAWN = "withdrawn"


class OpinionStep(StrEnum):
    GIVE = "give"
    HAND_OVER = "hand_over"
    RETURN = "return"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    REPLY = "reply"
    RATE = "rate"
    CARRY_OUT = "carry_out"
    MISS = "miss"
    WITHDRAW = "withdraw"
    WARN = "warn"
    BREACH = "breach"
    MOVE = "move"


class Side(StrEnum):
    """Who takes a step: the party that supervises, the unit that answers, the deputy whose suggestion it was."""

    SUPERVISOR = "supervisor"
    UNIT = "unit"
    DEPUTY = "deputy"


_S = OpinionState
FROM: Mapping[OpinionStep, frozenset[OpinionState]] = {
    OpinionStep.HAND_OVER: frozenset({_S.GIVEN, _S.RETURNED}),
    OpinionStep.RETURN: frozenset({_S.HANDED_OVER}),
    OpinionStep.ASK_EXTENSION: frozenset({_S.HANDED_OVER}),
    OpinionStep.GRANT_EXTENSION: frozenset({_S.HANDED_OVER}),
    OpinionStep.REFUSE_EXTENSION: frozenset({_S.HANDED_OVER}),
    OpinionStep.REPLY: frozenset({_S.HANDED_OVER, _S.REDO}),
    OpinionStep.RATE: frozenset({_S.REPLIED}),
    OpinionStep.CARRY_OUT: frozenset({_S.TRACKING}),
    OpinionStep.MISS: frozenset({_S.TRACKING}),
    OpinionStep.WITHDRAW: frozenset({_S.GIVEN, _S.RETURNED, _S.HANDED_OVER}),
}
"""In which states a step can be taken."""
BY: Mapping[OpinionStep, frozenset[Side]] = {
    OpinionStep.HAND_OVER: frozenset({Side.SUPERVISOR}),
    OpinionStep.RETURN: frozenset({Side.UNIT}),
    OpinionStep.ASK_EXTENSION: frozenset({Side.UNIT}),
    OpinionStep.GRANT_EXTENSION: frozenset({Side.SUPERVISOR}),
    OpinionStep.REFUSE_EXTENSION: frozenset({Side.SUPERVISOR}),
    OpinionStep.REPLY: frozenset({Side.UNIT}),
    OpinionStep.RATE: frozenset({Side.SUPERVISOR, Side.DEPUTY}),
    OpinionStep.CARRY_OUT: frozenset({Side.SUPERVISOR}),
    OpinionStep.MISS: frozenset({Side.SUPERVISOR}),
    OpinionStep.WITHDRAW: frozenset({Side.SUPERVISOR}),
}
RATED: Mapping[ReplyClass, OpinionState] = {
    one: _S.NOT_POSSIBLE if one is ReplyClass.NOT_POSSIBLE else _S.TRACKING for one in ReplyClass
}
"""Where a satisfactory answer leads; one that is not satisfactory leads to REDO."""
ENDED = frozenset({_S.CARRIED_OUT, _S.NOT_POSSIBLE, _S.WITHDRAWN})


class IllegalOpinionStep(ValueError):
    """The table has no such step from here; the message says why."""


@dataclass(slots=True)
class SupervisionOpinion:
    """`lead` is the unit that answers, `number` the clause's among those of its topic, from 1."""

    id: str
    topic_id: str
    party: SupervisingParty
    number: int
    clause: str
    lead: str
    given_at: datetime
    suggestion_id: str | None = None
    state: OpinionState = OpinionState.GIVEN
    agreed: bool | None = None
    carried_out_on: date | None = None
    clocks: tuple[RunningClock, ...] = ()
    replies: tuple[Reply, ...] = ()
    ratings: tuple[Rating, ...] = ()
    extension: MoreTime | None = None
    version: int = 1

    def clock(self, kind: SupervisionClockKind) -> RunningClock | None:
        return next((one for one in self.clocks if one.kind is kind), None)

    @property
    def answer_clock(self) -> RunningClock | None:
        """The clock within which the unit is to answer now."""
        return next((one for one in self.clocks if one.kind in RUNS_FOR_THE_UNIT), None)

    @property
    def next_due(self) -> datetime | None:
        """The next end of its clocks that somebody must keep."""
        return min((one.due for one in self.clocks if one.kind not in LAPSES), default=None)

    @property
    def promised_on(self) -> date | None:
        """The day of the promise that is followed now."""
        if self.state is not OpinionState.TRACKING:
            return None
        return self.replies[-1].answer.promised_on

    def possible(self, sides: frozenset[Side], now: datetime) -> frozenset[OpinionStep]:
        """The steps that whoever is on these sides could take now."""
        steps = {step for step, states in FROM.items() if self.state in states and BY[step] & sides}
        limit = self.clock(SupervisionClockKind.RETURN)
        if limit is None or now >= limit.due:
            steps.discard(OpinionStep.RETURN)
        if self.extension is not None and self.extension.granted is not False:
            steps.discard(OpinionStep.ASK_EXTENSION)
        if self.extension is None or self.extension.granted is not None:
            steps -= {OpinionStep.GRANT_EXTENSION, OpinionStep.REFUSE_EXTENSION}
        return frozenset(steps)

    def hand_over(self, lead: str, clocks: tuple[RunningClock, ...]) -> None:
        """Without the clock for it among `clocks` it cannot be returned."""
        self._take(OpinionStep.HAND_OVER, OpinionState.HANDED_OVER)
        self.lead, self.clocks, self.extension = lead, clocks, None

    def send_back(self, now: datetime, clocks: tuple[RunningClock, ...]) -> None:
        """The unit says that it is not its duty; only as long as the clock for it runs, if there is one."""
        limit = self.clock(SupervisionClockKind.RETURN)
        if self.state is OpinionState.HANDED_OVER and limit is None:
            raise IllegalOpinionStep("the party has decided whose duty it is: answer it, or ask for more time")
        if limit is None or now >= limit.due:
            raise IllegalOpinionStep("the days to return it are over: answer it, or ask for more time")
        self._take(OpinionStep.RETURN, OpinionState.RETURNED)
        self.clocks = clocks

    def ask_extension(self, asked: MoreTime) -> None:
        if self.extension is not None and self.extension.granted is None:
            raise IllegalOpinionStep("more time was asked for and is not decided on yet")
        if self.extension is not None and self.extension.granted:
            raise IllegalOpinionStep("more time was granted before: there is one extension")
        self._take(OpinionStep.ASK_EXTENSION, self.state)
        self.extension = asked

    def decide_extension(self, step: OpinionStep, answer_by: RunningClock | None) -> None:
        """`answer_by`: the longer clock, if it is granted."""
        if self.extension is None or self.extension.granted is not None:
            raise IllegalOpinionStep("nobody waits for more time")
        self._take(step, self.state)
        self.extension = replace(self.extension, granted=answer_by is not None)
        if answer_by:
            self.clocks = tuple(answer_by if one.kind in RUNS_FOR_THE_UNIT else one for one in self.clocks)

    def reply(self, answer: UnitAnswer, now: datetime, today: date) -> None:
        """Raises UnfitReply."""
        check_answer(answer, today)
        limit = self.answer_clock
        self._take(OpinionStep.REPLY, OpinionState.REPLIED)
        in_time = limit is None or now < limit.due
        self.replies = (*self.replies, Reply(answer, self.lead, now, in_time))
        self.agreed = AGREES[answer.reply_class]
        self.clocks = ()

    def rate(self, rating: Rating, clocks: Mapping[OpinionState, tuple[RunningClock, ...]]) -> None:
        """`clocks`: what runs in each state that it may lead to. Raises UnfitReply."""
        check_rating(rating)
        answered = self.replies[-1].answer if self.replies else None
        state = OpinionState.REDO if not rating.satisfied or answered is None else RATED[answered.reply_class]
        self._take(OpinionStep.RATE, state)
        self.ratings = (*self.ratings, rating)
        self.clocks = clocks.get(state, ())

    def carry_out(self, on: date) -> None:
        """The supervisor found it done on that day."""
        promised = self.promised_on
        self._take(OpinionStep.CARRY_OUT, OpinionState.CARRIED_OUT)
        self.carried_out_on, self.clocks = on, ()
        self._keep_promise(None if promised is None else on <= promised)

    def miss(self, clocks: tuple[RunningClock, ...]) -> None:
        """The supervisor found that it was not done: the unit answers again."""
        promised = self.promised_on
        self._take(OpinionStep.MISS, OpinionState.REDO)
        self.clocks = clocks
        self._keep_promise(None if promised is None else False)

    def withdraw(self) -> None:
        self._take(OpinionStep.WITHDRAW, OpinionState.WITHDRAWN)
        self.clocks = ()

    def tick(self, now: datetime) -> OpinionStep | None:
        """What its clocks say at a moment that they had not said yet: overdue outranks soon."""
        after = tuple(one.at(now) for one in self.clocks)
        pairs = list(zip(after, self.clocks, strict=True))
        step = None
        if any(new.warned and not old.warned for new, old in pairs):
            step = OpinionStep.WARN
        if any(new.overdue and not old.overdue for new, old in pairs):
            step = OpinionStep.BREACH
        if step:
            self.clocks = after
            self.version += 1
        return step

    def move(self, clocks: tuple[RunningClock, ...]) -> None:
        """Its clocks have other ends by the calendar of today."""
        self.clocks = clocks
        self.version += 1

    def _keep_promise(self, kept: bool | None) -> None:
        *before, last = self.replies
        self.replies = (*before, replace(last, kept=kept))

    def _take(self, step: OpinionStep, to: OpinionState) -> None:
        if self.state not in FROM[step]:
            states = ", ".join(sorted(FROM[step]))
            raise IllegalOpinionStep(f"it is {self.state}; this is done while it is {states}")
        self.state = to
        self.version += 1


def by_due(opinions: Iterable[SupervisionOpinion]) -> list[SupervisionOpinion]:
    """Those that have not ended, the next due first; those that wait for nobody's limit last."""
    waiting = [one for one in opinions if one.state not in ENDED]
    return sorted(waiting, key=lambda one: (one.next_due is None, one.next_due or one.given_at, one.id))
