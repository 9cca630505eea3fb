"""The desk and the SMS sender as processes on a database, each killed at another of its statements and commits.

Prints how many processes were killed. Business time advances with each process; notices come before each.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from services.chassis.channels.sms import Sms
from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.officer import OfficerChannel
from services.notifier.files.sending_rules import sending_rules
from services.notifier.outbound.officer_desk import OfficerDesk
from services.notifier.outbound.officer_sender import OfficerSender
from services.notifier.outbound.officer_wording import OfficerWording
from tests.integration.notifier.officers import SMS, expire_claims, notify, sentence

RULES = sending_rules().model_copy(update={"lines": dict.fromkeys(OfficerChannel, 10_000)})
EACH = 10
LONGEST = 45


def settle(workshop: Workshop, url: str, token: str) -> None:
    desk = OfficerDesk(Leaving(RULES, {SMS}, ()))
    sender = OfficerSender(SMS, Sms(url, token, RULES.passing_statuses), RULES, OfficerWording(RULES, sentence))
    while any([desk.step(workshop), sender.send_next(workshop)]):
        pass


def killed_at(workshop: Workshop, place: int, url: str, token: str) -> bool:
    """Settles in a process that is killed before its n-th statement or commit; False if it had fewer."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            os.kill(os.getpid(), signal.SIGKILL)

    for what in ("before_cursor_execute", "commit"):
        event.listen(workshop.engine, what, count)
    settle(workshop, url, token)
    os._exit(0)


def main(database: str, url: str, token: str, now: str, kills: int, officers: int) -> None:
    clock, killed, number = FixedClock(datetime.fromisoformat(now)), 0, 0
    workshop = Workshop(create_engine(database, poolclass=NullPool), clock, "/310109/notifier")
    places = random.Random(19)
    while killed < kills:
        for officer in range(officers):
            notify(workshop, range(number, number + EACH), officer=officer, key=f"issue:{officer % 2}")
            number += EACH
        killed += killed_at(workshop, places.randint(1, LONGEST), url, token)
        expire_claims(workshop)
        clock.advance(timedelta(minutes=7))
    for _ in range(8):
        settle(workshop, url, token)
        expire_claims(workshop)
        clock.advance(timedelta(hours=6))
    print(killed, number)


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
