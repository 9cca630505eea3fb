"""The worker that reports waiting calls to duty desks by their group robots: each desk at most once in a period."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.chassis.channels.message import MaybeSent, Message
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health
from services.intake.domain.caller_access import Asker
from services.intake.domain.duty import HUB, DutyRules, NoticeState
from services.intake.domain.scope import TicketScope
from services.intake.store import duty_notices
from services.intake.store.call_list import CallList

NAME: Final = "duty-desks"
REST_S: Final = 30.0

log = structlog.get_logger(__name__)


class Sends(Protocol):
    def send(self, message: Message) -> None:
        """Raises MaybeSent."""


@dataclass(frozen=True, slots=True)
class DutySender:
    """`robots` by the desk: `hub`, or a department's code.

    The row is committed before the robot is asked: whatever ends the process, nothing is sent twice. What was lost is
    said again by the next notice, as long as calls wait.
    """

    robots: Mapping[str, Sends]
    rules: DutyRules
    calls: CallList

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        while not stop.is_set():
            for desk in self.robots:
                try:
                    self.tell(workshop, desk)
                except Exception as error:
                    if kind_of(error) is not Kind.RETRY:
                        raise
                    log.warning("duty desks wait: dependency down", cause=cause_of(error))
                health.beat(NAME)
            stop.wait(REST_S)

    def tell(self, workshop: Workshop, desk: str) -> bool:
        """Reports waiting calls to the desk, once in this period; returns whether its robot was asked."""
        slot = self.rules.slot(workshop.clock.now())
        message = self._begun(workshop, desk, slot) if slot else None
        if slot is None or message is None:
            return False
        state = NoticeState.SENT
        try:
            self.robots[desk].send(message)
        except MaybeSent as why:
            log.warning("a duty desk was not notified", desk=desk, cause=str(why))
            state = NoticeState.FAILED
        with workshop.open() as work:
            duty_notices.end(work, desk, slot, state)
        return True

    def _begun(self, workshop: Workshop, desk: str, slot: datetime) -> Message | None:
        asker = Asker(TicketScope(frozenset() if desk == HUB else frozenset({desk})), desk == HUB, False)
        with workshop.open() as work:
            if duty_notices.notified(work, desk, slot):
                return None
            waiting = self.calls.waiting(work.connection, asker, work.clock.now())
            if waiting.oldest is None or not duty_notices.begin(work, desk, slot, waiting.number):
                return None
        text = self.rules.text(desk, waiting.number, waiting.oldest)
        return Message(f"{desk} {slot.isoformat()}", desk, text, "zh")
