"""How long the service takes to judge many cured estates from its database."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.chassis.web.health import Health
from services.projects.domain.estates import Facts
from tests.bench.figures import figure
from tests.bench.system import new_database, postgres
from tests.integration.projects.wired import wired

ESTATES, REPAIRED, TYPES, TICKETS = 1_400, 400, 10, 300_000
LOOK = datetime(2028, 3, 31, 16, tzinfo=UTC)
"""12 whole months after works that were accepted in March 2027."""

_FILL = (
    """
    INSERT INTO ticket_sightings (ticket_id, caller_ref, occurred_at, decided_type, decided_estate, by_person)
    SELECT gen_random_uuid()::text, md5((n % 60000)::text), timestamptz '2025-01-01' + n * interval '6 minutes',
           'MJ' || lpad((1 + n % :types)::text, 2, '0'), 'estate-' || 1 + (n::bigint * 7919) % :estates, true
      FROM generate_series(1, :tickets) AS n
    """,
    """
    INSERT INTO hot_issues (id, number, estate, type_code, ordinal, lead, version, state, level, rules_version,
                            window_days, window_callers, callers, calls, confirmed_at, first_at, last_at, decide_by,
                            overdue, decision, decided_at, project_id, holds_others, cure_started_at, accepted_at,
                            observe_until)
    SELECT gen_random_uuid()::text, 'R00-' || lpad(n::text, 5, '0') || '-0', 'estate-' || n,
           'MJ' || lpad((1 + n % :types)::text, 2, '0'), 0,
           'housing', 5, 'observing', 'short window', 1, 30, 5, 9, 12, day, day, day, day, false, 'project', day,
           gen_random_uuid()::text, false, timestamptz '2026-11-10', timestamptz '2027-03-10', :look
      FROM generate_series(1, :repaired) AS n, (SELECT timestamptz '2025-12-10' AS day)
    """,
    """
    INSERT INTO timers (id, kind, subject, due_at)
    SELECT gen_random_uuid(), 'observe', id, observe_until FROM hot_issues
    """,
)
_JUDGED = text("SELECT count(*) FROM hot_issues WHERE judged IS NOT NULL")


def estates_judged() -> None:
    """400 estates are judged at their first look: counts, controls, verdicts, placebos, events, all in the database."""
    with postgres() as server:
        engine = engine_for(new_database(server, "projects", "effects"), name="bench", idle_in_transaction_s=60)
        try:
            workshop = Workshop(engine, FixedClock(datetime(2028, 4, 1, tzinfo=UTC)), "/310109/projects")
            _register(workshop)
            with engine.begin() as connection:
                _fill(connection)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            timers = TimerLoop(workshop, wired(workshop).timers, [], Health(), threading.Event())
            began = time.perf_counter()
            while timers.fire_next(workshop.clock.now()):
                pass
            seconds = time.perf_counter() - began
            with engine.begin() as connection:
                judged = connection.execute(
                    text("SELECT count(*) FROM hot_issues WHERE judged IS NOT NULL")
                ).scalar_one()
        finally:
            engine.dispose()
    figure("estates_judged", seconds, "s", judged=judged, estates=ESTATES, types=TYPES, tickets=TICKETS, broker=None)


def _register(workshop: Workshop) -> None:
    kinds = ("sold-public", "commodity")
    listed = [
        Facts(f"estate-{n}", f"小区{n}", None, kinds[n % 2], 1960 + n % 50, 2_000_000) for n in range(1, ESTATES + 1)
    ]
    with workshop.open() as work:
        wired(workshop).register.estates(work, listed)


def _fill(connection: Connection) -> None:
    values = {"estates": ESTATES, "repaired": REPAIRED, "types": TYPES, "tickets": TICKETS, "look": LOOK}
    for statement in _FILL:
        connection.execute(text(statement), values)
