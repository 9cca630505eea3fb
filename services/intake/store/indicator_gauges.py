"""The indicators of the last 30 days, by unit, as metrics."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.metrics import INDICATOR
from services.intake.store.indicators import Grouping, IndicatorQuery, Period, figures

SPAN = timedelta(days=30)
ANEW_AFTER_S = 300.0
"""Reading them costs a month of tickets: too much for every round of the gauges."""


def indicator_gauges(clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> Gauging:
    """A gauge of figures that are at most ANEW_AFTER_S of real time old."""
    read_at: float | None = None

    def gauge(connection: Connection) -> None:
        nonlocal read_at
        if read_at is not None and monotonic() - read_at < ANEW_AFTER_S:
            return
        now = clock.now()
        found = figures(IndicatorQuery(connection, Period(now - SPAN, now), None, now, Grouping.UNIT))
        INDICATOR.clear()
        for name, units in found.items():
            for unit, one in units.items():
                if unit is not None and one["rate"] is not None:
                    INDICATOR.labels(name, unit).set(one["rate"])
        read_at = monotonic()

    return gauge
