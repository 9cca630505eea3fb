"""The clocks of supervision: they warn and run out, and are recalculated when holidays are announced."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.projects.app.cure import CLOCK
from services.projects.app.supervision.facts import TOPIC, opinion_changed
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.ports import SupervisionBook
from services.projects.domain.supervision.clocks import LAPSES, RunningClock
from services.projects.domain.supervision.opinions import OpinionStep, SupervisionOpinion

SUPERVISION = "supervision"
HOLIDAYS_ANNOUNCED = "holidays_announced"
BATCH = 50
"""Opinions that share a transaction."""


def start_timers(work: Work, opinion: SupervisionOpinion) -> None:
    """Of whatever its clocks have still to say."""
    moments = {one.due for one in opinion.clocks if not one.overdue and one.kind not in LAPSES}
    moments |= {one.warn_at for one in opinion.clocks if one.warn_at and not one.warned}
    timers.start_all(work, SUPERVISION, [(opinion.id, at) for at in sorted(moments)])


@dataclass(frozen=True, slots=True)
class WatchClocks:
    book: SupervisionBook
    limits: Limits

    def on_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer SUPERVISION: publishes once what the opinion's clocks have reached by now."""
        opinion = self.book.opinion(work, timer.subject)
        if opinion and (step := opinion.tick(work.clock.now())):
            self._keep(work, opinion, step)

    def recount(self, work: Work, after: str | None) -> str | None:
        """Takes the opinions that follow the id `after`; returns the last one's, None when there are none left.

        What the clocks are counted from stays, so a batch that runs again changes nothing more.
        """
        found = self.book.running(work, after or "", BATCH)
        for seen in found:
            if self._moved(work, seen) is not None:
                self._recount(work, seen.id)
        return found[-1].id if found else None

    def _recount(self, work: Work, opinion_id: str) -> None:
        opinion = self.book.opinion(work, opinion_id)
        moved = opinion and self._moved(work, opinion)
        if opinion and moved:
            opinion.move(moved)
            start_timers(work, opinion)
            self._keep(work, opinion, OpinionStep.MOVE, HOLIDAYS_ANNOUNCED)

    def _moved(self, work: Work, opinion: SupervisionOpinion) -> tuple[RunningClock, ...] | None:
        now = work.clock.now()
        after = tuple(one.recounted(self.limits.recounted(one), now) or one for one in opinion.clocks)
        return after if after != opinion.clocks else None

    def _keep(self, work: Work, opinion: SupervisionOpinion, step: OpinionStep, note: str | None = None) -> None:
        event = opinion_changed(opinion, step, CLOCK, work.clock.now(), note, opinion.state)
        self.book.save_opinion(work, event)
        work.publish(TOPIC, event)
