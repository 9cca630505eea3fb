"""The worker that gathers notices in messages and decides when, and on which channel, each message is sent."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from services.chassis.activity import Activity
from services.chassis.database.work import Workshop
from services.chassis.web.health import Health
from services.chassis.worker_loop import step_until
from services.notifier.domain.leaving import Go, Leaving
from services.notifier.store.bundles import bundle_waiting
from services.notifier.store.due_messages import due_messages, known_of, lock_desk, record

NAME = "officer-desk"
AT_ONCE = 500
TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class OfficerDesk:
    """What is due is read from the rows alone, so that whatever ends the process loses and doubles nothing.

    `news` is stirred when something is to be sent.
    """

    leaving: Leaving
    news: Activity = field(default_factory=Activity)

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        step_until(stop, health, NAME, lambda: self.step(workshop), lambda: stop.wait(TICK_S))

    def step(self, workshop: Workshop) -> bool:
        """Returns whether there was anything to do. Messages are bundled and decided on in one transaction each."""
        return self._bundle(workshop) | self._decide(workshop)

    def _bundle(self, workshop: Workshop) -> bool:
        with workshop.open() as work:
            return lock_desk(work) and bundle_waiting(work, self.leaving.rules, AT_ONCE) > 0

    def _decide(self, workshop: Workshop) -> bool:
        with workshop.open() as work:
            if not lock_desk(work) or not (due := due_messages(work, AT_ONCE)):
                return False
            known = known_of(work, {one.officer_id for one in due}, self.leaving.rules.longest_span)
            now = work.clock.now()
            decided = []
            for one in due:
                officer = one.officer_id
                sent_at, resting = known.sent_at[officer], known.resting[officer]
                decision = self.leaving.decide(one.due, known.officers[officer], sent_at, resting, now)
                if isinstance(decision, Go):
                    sent_at[decision.channel].append(now)
                decided.append((one, decision))
            record(work, decided)
            work.after_commit(self.news.stir)
        return True
