"""A consumer whose every effect can be counted, and whose handler does what a test tells it for a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import Engine, text

from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.processing import Processor
from services.chassis.messaging.reject_limit import RejectLimit
from services.chassis.messaging.subscription import Many, Subscription, one_by_one
from services.contracts.event import Envelope
from services.contracts.ticket_events import TicketReceived
from tests.integration.chassis.events import ticket_id

EFFECTS = "CREATE TABLE effects (consumer text NOT NULL, ticket text NOT NULL)"  # no key: what is done twice shows

Deed = Callable[[Envelope, Work], None]


class Killed(BaseException):
    """The process dies here: nothing of ours may catch it, the transaction is lost."""


def raises(error: BaseException) -> Deed:
    def deed(_envelope: Envelope, _work: Work) -> None:
        raise error

    return deed


@dataclass
class Counting:
    """One consumer of the service `projects`. Its handler writes a row per event, then does the ticket's `deeds`.

    A new `life()` is the process started again: it knows what the database knows, and nothing else.
    """

    workshop: Workshop
    consumer: str = "counting"
    deeds: dict[int, Deed] = field(default_factory=dict)
    lock_cells: Many | None = None
    limit: Callable[[], RejectLimit] = RejectLimit
    max_attempts: int = 3

    @property
    def engine(self) -> Engine:
        return self.workshop.engine

    @property
    def subscription(self) -> Subscription:
        many = one_by_one({TicketReceived: self._handle}, self.lock_cells)
        return Subscription(self.consumer, ("t", "u"), frozenset({TicketReceived}), many)

    def life(self) -> Processor:
        return Processor("projects", self.subscription, self.workshop, self.limit(), self.max_attempts)

    def _handle(self, envelope: Envelope, work: Work) -> None:
        assert isinstance(envelope.event, TicketReceived)
        ticket = envelope.event.ticket_id
        work.connection.execute(
            text("INSERT INTO effects VALUES (:consumer, :ticket)"), {"consumer": self.consumer, "ticket": ticket}
        )
        for number, deed in self.deeds.items():
            if ticket == ticket_id(number):
                deed(envelope, work)

    def until_settled(self, records: Sequence[ConsumerRecord], lives: int = 20) -> int:
        """Starts the process again until it settles `records`; returns how many lives it took."""
        for life in range(1, lives + 1):
            try:
                self.life().process(records)
            except (Killed, AssertionError, KeyError):
                continue
            return life
        raise AssertionError(f"not settled in {lives} lives")

    def effects(self) -> Counter[int]:
        """How often each ticket had its effect."""
        return Counter(
            int(ticket.replace("-", ""), 16)
            for (ticket,) in self._all("SELECT ticket FROM effects WHERE consumer = :consumer")
        )

    def causes(self) -> dict[tuple[str, int, int], str]:
        """The dead letters' causes by place."""
        rows = self._all('SELECT topic, partition, "offset", cause FROM dead_letters WHERE consumer = :consumer')
        return {(topic, partition, offset): cause for topic, partition, offset, cause in rows}

    def statuses(self) -> Counter[str]:
        return Counter(status for (status,) in self._all("SELECT status FROM inbox WHERE consumer = :consumer"))

    def _all(self, query: str) -> Sequence[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"consumer": self.consumer})]
