"""What came back from receivers, until it is saved: all at once, or each by itself when one of them cannot be."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, kind_of
from services.notifier.app.ports import DeliveryLog
from services.notifier.app.tell_trouble import tell_trouble
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.store.webhook_outcomes import Settled, settle

FAULT_SHOWN_S = 600.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class WebhookOutcomes:
    """While the database is down they stay, to be saved later; if a lease ends meanwhile, the message is sent again.

    An outcome that a bug of ours keeps from being saved is dropped, so that it does not hold up the others: its lease
    ends, and the message is sent again. `fault` says so meanwhile.
    """

    workshop: Workshop
    policy: RetryPolicy
    log: DeliveryLog
    _unsaved: list[Settled] = field(default_factory=list)
    _fault: str | None = None
    _fault_at: float = 0

    def add(self, outcome: Settled) -> None:
        self._unsaved.append(outcome)

    def save(self) -> None:
        """Raises what says that the database is down."""
        if not self._unsaved:
            return
        try:
            self._settle(self._unsaved)
        except Exception as error:
            if kind_of(error) is Kind.RETRY:
                raise
            self._save_each()
        self._unsaved.clear()

    def fault(self) -> str | None:
        """Why an outcome could not be saved, for ten minutes; while it lasts it is met again within one."""
        return self._fault if time.monotonic() < self._fault_at + FAULT_SHOWN_S else None

    def _save_each(self) -> None:
        while self._unsaved:
            one = self._unsaved[0]
            try:
                self._settle([one])
            except Exception as error:
                if kind_of(error) is Kind.RETRY:
                    raise
                log.exception("webhook outcome not saved: a bug", webhook=str(one.claim.webhook_id))
                self._fault = f"webhook {one.claim.webhook_id}: what came of it is not saved ({type(error).__name__})"
                self._fault_at = time.monotonic()
            self._unsaved.pop(0)

    def _settle(self, outcomes: Sequence[Settled]) -> None:
        with self.workshop.open() as work:
            tell_trouble(work, settle(work, outcomes, self.policy), self.log)
