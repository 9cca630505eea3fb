"""The steps of a clause: handed over, returned, answered, rated, followed until the supervisor finds it done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown, admitted, must_be_at
from services.chassis.database.work import Work
from services.chassis.working_days import SHANGHAI
from services.contracts.departments import departments
from services.projects.app.supervision.facts import TOPIC, opinion_changed
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.ports import SupervisionBook
from services.projects.app.supervision.seats import Seat
from services.projects.app.supervision.watch import start_timers
from services.projects.domain.supervision.clocks import RunningClock, SupervisionClockKind
from services.projects.domain.supervision.opinions import (
    BY,
    FROM,
    IllegalOpinionStep,
    OpinionState,
    OpinionStep,
    Side,
    SupervisionOpinion,
)
from services.projects.domain.supervision.unit_answers import (
    Contentment,
    MoreTime,
    Rater,
    Rating,
    UnfitReply,
    UnitAnswer,
)


@dataclass(frozen=True, slots=True)
class At:
    """A clause as somebody saw it."""

    opinion_id: str
    version: int


@dataclass(frozen=True, slots=True)
class RatingSaid:
    manner: Contentment
    result: Contentment
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Opinions:
    """Each raises Unknown, Forbidden for who may not take the step, Conflict where it is elsewhere by now, Unfit."""

    book: SupervisionBook
    limits: Limits

    def hand_over(self, work: Work, at: At, unit: str, seat: Seat) -> SupervisionOpinion:
        """To a department; after it came back, to another or the same. Once it came back as often as the rules allow,
        whoever it is handed over to has to answer."""
        if unit not in departments():
            raise Unfit("unit", "is no department: take a code of the departments")
        opinion, _ = self._open(work, at, OpinionStep.HAND_OVER, seat)
        seat.not_of(frozenset({unit}))
        now = work.clock.now()
        final = self.book.returns(work, opinion.id) >= self.limits.rules.returns
        kinds = (SupervisionClockKind.ANSWER,) if final else (SupervisionClockKind.RETURN, SupervisionClockKind.ANSWER)
        clocks = tuple(self.limits.start(kind, now) for kind in kinds)
        return self._done(work, opinion, OpinionStep.HAND_OVER, seat, lambda: opinion.hand_over(unit, clocks))

    def send_back(self, work: Work, at: At, reason: str, seat: Seat) -> SupervisionOpinion:
        """It is not the unit's duty: within the days for it, with reasons."""
        opinion, _ = self._open(work, at, OpinionStep.RETURN, seat)
        now = work.clock.now()
        clocks = (self.limits.start(SupervisionClockKind.HAND_OVER, now),)
        return self._done(work, opinion, OpinionStep.RETURN, seat, lambda: opinion.send_back(now, clocks), reason)

    def ask_extension(self, work: Work, at: At, reason: str, until: date, seat: Seat) -> SupervisionOpinion:
        """Until one is granted, and no longer than the rules allow."""
        opinion, _ = self._open(work, at, OpinionStep.ASK_EXTENSION, seat)
        clock = opinion.answer_clock
        assert clock
        last = self.limits.latest_extension(clock)
        first = max(clock.due.astimezone(SHANGHAI).date(), self._today(work))
        if not first <= until <= last:
            raise Unfit(
                "until", f"is not from {first} to {last}: after the limit and today, up to the longest extension"
            )
        asked = MoreTime(reason, until)
        return self._done(work, opinion, OpinionStep.ASK_EXTENSION, seat, lambda: opinion.ask_extension(asked), reason)

    def decide_extension(self, work: Work, at: At, granted: bool, note: str | None, seat: Seat) -> SupervisionOpinion:
        step = OpinionStep.GRANT_EXTENSION if granted else OpinionStep.REFUSE_EXTENSION
        opinion, _ = self._open(work, at, step, seat)
        clock, asked = opinion.answer_clock, opinion.extension
        assert clock
        longer = self.limits.until(clock.kind, clock.since, asked.until) if granted and asked else None
        return self._done(work, opinion, step, seat, lambda: opinion.decide_extension(step, longer), note)

    def reply(self, work: Work, at: At, answer: UnitAnswer, seat: Seat) -> SupervisionOpinion:
        opinion, _ = self._open(work, at, OpinionStep.REPLY, seat)
        now = work.clock.now()
        return self._done(work, opinion, OpinionStep.REPLY, seat, lambda: opinion.reply(answer, now, self._today(work)))

    def rate(self, work: Work, at: At, said: RatingSaid, seat: Seat) -> SupervisionOpinion:
        """By the party, or the deputy whose suggestion it was; never by the unit that answered."""
        opinion, side = self._open(work, at, OpinionStep.RATE, seat)
        now = work.clock.now()
        by = Rater.PARTY if side is Side.SUPERVISOR else Rater.DEPUTY
        rating = Rating(said.manner, said.result, said.why, by, now)
        clocks = {OpinionState.REDO: (self.limits.start(SupervisionClockKind.REDO, now),)}
        if promise := self._promise(opinion, work):
            clocks[OpinionState.TRACKING] = (promise,)
        return self._done(work, opinion, OpinionStep.RATE, seat, lambda: opinion.rate(rating, clocks), said.why)

    def carry_out(self, work: Work, at: At, on: date, note: str | None, seat: Seat) -> SupervisionOpinion:
        """The supervisor found it done."""
        if on > self._today(work):
            raise Unfit("on", "is still to come: give the day on which it was done")
        opinion, _ = self._open(work, at, OpinionStep.CARRY_OUT, seat)
        if on < opinion.given_at.astimezone(SHANGHAI).date():
            raise Unfit("on", "is before the opinion was given: give the day on which it was done")
        return self._done(work, opinion, OpinionStep.CARRY_OUT, seat, lambda: opinion.carry_out(on), note)

    def miss(self, work: Work, at: At, note: str, seat: Seat) -> SupervisionOpinion:
        """The supervisor found that it was not done: the unit answers again."""
        opinion, _ = self._open(work, at, OpinionStep.MISS, seat)
        clocks = (self.limits.start(SupervisionClockKind.REDO, work.clock.now()),)
        return self._done(work, opinion, OpinionStep.MISS, seat, lambda: opinion.miss(clocks), note)

    def withdraw(self, work: Work, at: At, note: str, seat: Seat) -> SupervisionOpinion:
        opinion, _ = self._open(work, at, OpinionStep.WITHDRAW, seat)
        return self._done(work, opinion, OpinionStep.WITHDRAW, seat, opinion.withdraw, note)

    def _open(self, work: Work, at: At, step: OpinionStep, seat: Seat) -> tuple[SupervisionOpinion, Side]:
        def authorise(found: SupervisionOpinion) -> None:
            if not seat.sees(found):
                raise Unknown
            if Side.UNIT not in BY[step]:
                seat.not_of(frozenset({found.lead}))
            sides.extend(BY[step] & seat.sides(found, self._suggested(work, found, seat)))
            if not sides:
                raise Forbidden("not-yours", "Others take this step", f"This is for {_who(found, step)}.")

        sides: list[Side] = []
        opinion = admitted(self.book.opinion(work, at.opinion_id), authorise)
        must_be_at(at.version, opinion.version, opinion.state)
        if opinion.state not in FROM[step]:
            states = ", ".join(sorted(FROM[step]))
            raise Conflict(f"it is {opinion.state}; this is done while it is {states}", opinion.version, opinion.state)
        return opinion, Side.SUPERVISOR if Side.SUPERVISOR in sides else sides[0]

    def _suggested(self, work: Work, opinion: SupervisionOpinion, seat: Seat) -> bool:
        if not seat.deputy or opinion.suggestion_id is None:
            return False
        suggestion = self.book.suggestion(work, opinion.suggestion_id)
        return suggestion is not None and suggestion.deputy == seat.actor

    def _promise(self, opinion: SupervisionOpinion, work: Work) -> RunningClock | None:
        promised = opinion.replies[-1].answer.promised_on if opinion.replies else None
        if promised is None:
            return None
        return self.limits.until(SupervisionClockKind.PROMISE, work.clock.now(), promised)

    def _done(
        self,
        work: Work,
        opinion: SupervisionOpinion,
        step: OpinionStep,
        seat: Seat,
        take: Callable[[], None],
        note: str | None = None,
    ) -> SupervisionOpinion:
        came_from = opinion.state
        try:
            take()
        except IllegalOpinionStep as error:
            raise Conflict(str(error), opinion.version, opinion.state) from None
        except UnfitReply as unfit:
            raise Unfit(unfit.field, str(unfit)) from None
        event = opinion_changed(opinion, step, seat.actor, work.clock.now(), note, came_from)
        self.book.save_opinion(work, event)
        start_timers(work, opinion)
        work.publish(TOPIC, event)
        return opinion

    def _today(self, work: Work) -> date:
        return work.clock.now().astimezone(SHANGHAI).date()


def _who(opinion: SupervisionOpinion, step: OpinionStep) -> str:
    names = {
        Side.SUPERVISOR: f"supervisor:{opinion.party}",
        Side.UNIT: f"department:{opinion.lead}",
        Side.DEPUTY: "the deputy whose suggestion it was",
    }
    return " or ".join(names[side] for side in Side if side in BY[step])
