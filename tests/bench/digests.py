"""Messages to officers: how long 10,000 notices of 500 officers take into messages, out of their windows, and out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from tests.bench.figures import figure
from tests.bench.system import new_database, postgres
from tests.integration.notifier.officers import SMS, Office, Outside, engage, notices_by_end, notify

NOTICES, OFFICERS = 10_000, 500
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


def digests_of_many_officers() -> None:
    """Bundling, closing and sending one after the other, by a channel that answers at once. No broker."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with postgres() as server:
        clock, url = FixedClock(NOON), new_database(server, "notifier", "digests")
        workshop = Workshop(engine_for(url, name="bench", idle_in_transaction_s=30), clock, "/310109/notifier")
        sms = Outside(knows_repeats=True)
        office = Office(workshop, {SMS: sms})
        for one in range(OFFICERS):
            engage(workshop, one)
            notify(workshop, range(one, NOTICES, OFFICERS), officer=one)
        known = {"notices": NOTICES, "officers": OFFICERS, "broker": None}
        figure("digests bundled", _timed(lambda: office.desk.step(workshop)), "s", **known)
        clock.advance(timedelta(minutes=2))
        figure("digests closed", _timed(lambda: office.desk.step(workshop)), "s", **known)
        (sender,) = office.senders()
        figure("digests sent", _timed(lambda: sender.send_next(workshop)), "s", **known)
        assert len(sms.messages) == OFFICERS, len(sms.messages)
        assert notices_by_end(workshop) == {("sent", None): NOTICES}


def _timed(step: Callable[[], bool]) -> float:
    """Seconds until there is nothing left to do."""
    started = time.monotonic()
    while step():
        pass
    return time.monotonic() - started
