"""The worker that sends messages to officers on one channel: each is sent once, whenever its process stops."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.chassis.activity import Activity
from services.chassis.channels.message import Channel, MaybeSent, Message, NotSent
from services.chassis.database.work import Work, Workshop
from services.chassis.web.health import Health
from services.chassis.worker_loop import step_until
from services.notifier.app.tell_unreached import tell_unreached
from services.notifier.domain.leaving import Cause
from services.notifier.domain.officer import OfficerChannel
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.outbound.officer_wording import OfficerWording
from services.notifier.store import outgoing_outcomes as outcomes
from services.notifier.store.outgoing import Claimed, claim, interrupted

MOST = 5
TICK_S = 0.5

log = structlog.get_logger(__name__)

Prepared = list[tuple[Claimed, Message]]


@dataclass(slots=True)
class OfficerSender:
    """Claims due messages, makes their words in the same transaction, and sends them outside any.

    What is found in `sending` after its claim has ended is asked for again under the same id, where the channel knows
    repetitions. By any other it is not sent again by this way: an urgent one goes the next way, another has failed.
    """

    name: OfficerChannel
    channel: Channel
    rules: SendingRules
    wording: OfficerWording
    news: Activity = field(default_factory=Activity)
    _rests_until: float = field(default=0.0, init=False)

    @property
    def worker(self) -> str:
        return f"officers-{self.name}"

    @property
    def most(self) -> int:
        return min(self.channel.batch, MOST)

    @property
    def lease(self) -> timedelta:
        """Longer than the whole batch can take."""
        return timedelta(seconds=self.channel.longest_s * (self.most + 1))

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        def step() -> bool:
            return time.monotonic() >= self._rests_until and self.send_next(workshop, stop, health)

        step_until(stop, health, self.worker, step, lambda: self.news.pause(TICK_S))

    def send_next(self, workshop: Workshop, stop: threading.Event | None = None, health: Health | None = None) -> bool:
        """Sends a batch of what is due; returns whether there was any and the channel takes messages."""
        with workshop.open() as work:
            if not self.channel.knows_repeats:
                for lost in interrupted(work, self.name):
                    self._unsure(work, lost, Cause.INTERRUPTED)
            claimed = claim(work, self.name, self.lease, self.most)
            prepared = [(one, message) for one in claimed if (message := self.wording(work, one))]
        for number, (one, message) in enumerate(prepared):
            if stop and stop.is_set():
                self._give_back(workshop, prepared[number:], 0.0)
                return False
            if (rests := self._send(workshop, one, message)) is not None:
                self._give_back(workshop, prepared[number + 1 :], rests)
                return False
            if health:
                health.beat(self.worker)
        return bool(claimed)

    def _send(self, workshop: Workshop, one: Claimed, message: Message) -> float | None:
        """Sends one and records what came of it; returns how long the channel wants to rest, None if not at all."""
        try:
            self.channel.send(message)
        except MaybeSent as why:
            log.warning("nobody knows whether a message was sent", message=message.id, cause=str(why))
            with workshop.open() as work:
                self._unsure(work, one, str(why))
        except NotSent as why:
            log.warning("a message was not sent", message=message.id, channel=self.name, cause=why.cause)
            return self._not_sent(workshop, one, why)
        else:
            with workshop.open() as work:
                outcomes.sent(work, one)
        return None

    def _not_sent(self, workshop: Workshop, one: Claimed, why: NotSent) -> float | None:
        wait = self.rules.retry.wait_s(one.attempts, random.random(), why.wait_s) if why.passes else None
        with workshop.open() as work:
            if wait is not None:
                outcomes.try_again(work, one, why.cause, wait)
            else:
                self._way_fails(work, one, why.cause)
        if why.wait_s is not None:
            self._rests_until = time.monotonic() + min(why.wait_s, self.rules.retry.longest_retry_after_s)
        return wait

    def _way_fails(self, work: Work, message: Claimed, cause: str) -> None:
        """It rests, and people at the unit and the hub are notified by their topics."""
        if not outcomes.next_way(work, message, cause):
            return
        if way := outcomes.rest(work, message, cause, timedelta(hours=self.rules.way_rests_h)):
            tell_unreached(work, way)

    def _unsure(self, work: Work, message: Claimed, cause: str) -> None:
        if message.urgent:
            outcomes.next_way(work, message, cause)
        else:
            outcomes.fail(work, message, cause)

    def _give_back(self, workshop: Workshop, prepared: Prepared, wait_s: float) -> None:
        """Leaves the rest of a batch to be sent later: the channel was not asked."""
        with workshop.open() as work:
            for one, _ in prepared:
                outcomes.try_again(work, one, None, wait_s, asked=False)
