"""The one place that counts deliveries."""

from __future__ import annotations

from typing import Literal

from services.chassis.database.work import Work
from services.chassis.metrics import DELIVERIES
from services.notifier.domain.delivery import DeliveryChannel


def count_deliveries(work: Work, channel: DeliveryChannel, outcome: Literal["sent", "failed"], number: int = 1) -> None:
    """Counts after the commit."""
    if number:
        work.after_commit(lambda: DELIVERIES.labels(channel, outcome).inc(number))
