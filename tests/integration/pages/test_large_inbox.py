"""The inbox of a district that has archived for years: it reads what is open."""

from __future__ import annotations

import pytest

from tests.integration.intake.conftest import Intake, Stands
from tests.integration.intake.large_table import FILL, plans, statements
from tests.integration.pages.conftest import Site

OPEN = 600


@pytest.fixture
def old(stands: Stands) -> tuple[Intake, Site]:
    """50,000 tickets, all but the last 600 archived; each of those with a clock that runs."""
    stand = stands("test", FILL)
    stand.execute(
        "UPDATE tickets SET state = 'archived'"
        " WHERE received_at <= '2020-01-01'::timestamptz + 49400 * interval '1 minute'",
        "INSERT INTO ticket_texts SELECT id, 1, 'text' FROM tickets",
        "INSERT INTO clocks (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at,"
        "                    paused, stopped_at)"
        " SELECT id, 'settle', 3, 'settle', 1, true, received_at, received_at, received_at + interval '7 days',"
        " interval '0', CASE state WHEN 'archived' THEN received_at END FROM tickets",
    )
    with stand.workshop.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return stand, Site(stand.app)


def test_an_inbox_reads_what_is_open(old: tuple[Intake, Site]) -> None:
    stand, site = old
    hub, unit = site.person("hub"), site.person("department:dep-1")
    for person, tab in ((hub, "to-sign"), (hub, "review"), (hub, "redo"), (hub, "archived"), (unit, "to-sign")):
        with statements(stand) as asked:
            html = person.open(f"/pages/inbox?tab={tab}")
        assert ("/pages/tickets/" in html) == (tab != "redo")
        read = plans(stand, asked)
        assert not [node for node in read if node["Node Type"] == "Seq Scan"], tab
        rows = sum(node["Actual Rows"] * node["Actual Loops"] for node in read if "Index Name" in node)
        assert rows <= 6 * OPEN, (tab, rows)
