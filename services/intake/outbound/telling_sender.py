"""The worker that sends messages to callers on one channel: each has one effect, whenever its process stops."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.chassis.activity import Activity
from services.chassis.channels.message import MaybeSent, Message, NotSent
from services.chassis.database.work import Work, Workshop
from services.chassis.database.work_parts import part_of
from services.chassis.messaging.errors import Kind, kind_of
from services.chassis.web.health import Health
from services.chassis.worker_loop import step_until
from services.intake.app.prepare_telling import NotThisWay, PrepareTelling, Withheld
from services.intake.app.sending_ports import Gateway, Telling
from services.intake.domain.sending import NextWay, NotSentCause, Retrying
from services.intake.domain.telling_plan import Cause
from services.intake.store import sending_queue

TICK_S = 0.5
BREATH_S = 0.05
"""So much later than the first of several plans, so that they leave together."""

log = structlog.get_logger(__name__)

Prepared = list[tuple[Telling, Message]]


@dataclass(slots=True)
class TellingSender:
    """Claims due rows, makes their messages in the same transaction, and sends them outside any.

    A row that is found in `sending` after its claim has ended: a gateway that knows repetitions is asked again, under
    the same id; by another way it becomes `unsure`, and a person calls. `news` is hurried when messages are planned.
    """

    gateway: Gateway
    prepare: PrepareTelling
    retry: Retrying
    next_way: NextWay
    news: Activity = field(default_factory=Activity)
    _rests_until: float = field(default=0.0, init=False)

    @property
    def name(self) -> str:
        return f"tell-{self.gateway.way}"

    @property
    def lease(self) -> timedelta:
        """Longer than the whole batch can take."""
        return timedelta(seconds=self.gateway.longest_s * (self.gateway.batch + 1))

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        def step() -> bool:
            return time.monotonic() >= self._rests_until and self.send_next(workshop, stop, health)

        def rest() -> None:
            self.news.pause(TICK_S)
            stop.wait(BREATH_S)

        step_until(stop, health, self.name, step, rest)

    def send_next(self, workshop: Workshop, stop: threading.Event | None = None, health: Health | None = None) -> bool:
        """Sends a batch of what is due; returns whether there was any and the gateway takes messages."""
        with workshop.open() as work:
            if not self.gateway.knows_repeats:
                sending_queue.give_up_interrupted(work, self.gateway.way)
            claimed = sending_queue.claim(work, self.gateway.way, self.lease, self.gateway.batch)
            prepared = self._prepared(work, claimed)
        taken: list[Telling] = []
        rests, left = None, list(prepared)
        while left and rests is None and not (stop and stop.is_set()):
            telling, message = left.pop(0)
            rests = self._send(workshop, telling, message, taken)
            if not self.gateway.knows_repeats:
                self._record(workshop, taken)
            if health:
                health.beat(self.name)
        self._record(workshop, taken)
        if left:
            self._give_back(workshop, left, rests or 0.0, None if rests is None else NotSentCause.GATEWAY_DOWN)
        return bool(claimed) and rests is None and not left

    def _record(self, workshop: Workshop, taken: list[Telling]) -> None:
        """That the gateway has these. A whole batch at once where it may be asked again about any of them."""
        if taken:
            with workshop.open() as work:
                sending_queue.sent(work, self.gateway.way, taken)
            taken.clear()

    def _prepared(self, work: Work, claimed: Sequence[Telling]) -> Prepared:
        """Makes all in one savepoint; if one cannot be put into words, each in its own."""
        try:
            with part_of(work):
                return [made for telling in claimed if (made := self._prepare(work, telling))]
        except Exception as error:
            if kind_of(error) is Kind.RETRY:
                raise
        prepared: Prepared = []
        for telling in claimed:
            try:
                with part_of(work):
                    made = self._prepare(work, telling)
            except Exception as error:
                if kind_of(error) is Kind.RETRY:
                    raise
                log.exception("a message to a caller cannot be put into words", telling=telling.id)
                sending_queue.fail(work, telling, NotSentCause.NO_WORDS, None)
            else:
                prepared += [made] if made else []
        return prepared

    def _prepare(self, work: Work, telling: Telling) -> tuple[Telling, Message] | None:
        """None, and recorded, if it is not sent, or not by this way."""
        try:
            return telling, self.prepare(work, telling)
        except Withheld as why:
            self._withhold(work, telling, why.cause)
        except NotThisWay as why:
            self._fail(work, telling, why.cause)
        return None

    def _send(self, workshop: Workshop, telling: Telling, message: Message, taken: list[Telling]) -> float | None:
        """Sends one; adds it to what is `taken`, or records why not. Returns how long the gateway wants to rest."""
        rests: float | None = None
        try:
            self.gateway.send(message)
        except MaybeSent as why:
            log.warning("nobody knows whether a message was sent", telling=telling.id, cause=str(why))
            with workshop.open() as work:
                sending_queue.unsure(work, telling, str(why))
        except NotSent as why:
            log.warning("a message was not sent", telling=telling.id, way=telling.way, cause=why.cause)
            rests = self.retry.wait_s(telling.attempts, random.random(), why.wait_s) if why.passes else None
            with workshop.open() as work:
                if rests is not None:
                    sending_queue.put_off(work, telling, why.cause, rests)
                elif why.maybe:
                    sending_queue.unsure(work, telling, why.cause)
                else:
                    self._fail(work, telling, why.cause)
            if why.wait_s is not None:
                self._rests_until = time.monotonic() + min(why.wait_s, self.retry.longest_retry_after_s)
        else:
            taken.append(telling)
        return rests

    def _withhold(self, work: Work, telling: Telling, cause: str) -> None:
        """What may not be written may still be said: whether a matter is confidential may be known after the plan."""
        following = self.next_way(telling.way, telling.occasion) if cause == Cause.CONFIDENTIAL else None
        if following:
            sending_queue.fail(work, telling, cause, following)
        else:
            sending_queue.withhold(work, telling, cause)

    def _fail(self, work: Work, telling: Telling, cause: str) -> None:
        sending_queue.fail(work, telling, cause, self.next_way(telling.way, telling.occasion))

    def _give_back(self, workshop: Workshop, prepared: Prepared, wait_s: float, cause: str | None) -> None:
        """Leaves the rest of a batch to be sent later: the gateway was not asked."""
        with workshop.open() as work:
            for telling, _ in prepared:
                sending_queue.put_off(work, telling, cause, wait_s, asked=False)
