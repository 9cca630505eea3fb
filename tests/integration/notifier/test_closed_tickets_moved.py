"""What was known of closed tickets before they stood with the other facts of a ticket is kept, and comes back."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.harness.fixtures import NewDatabase
from tests.harness.revisions import at_revision

HELD = """
    INSERT INTO held_tickets VALUES ('open', 1, '{"state": "dispatched", "lead": "housing"}', '{}'),
        ('over', 3, '{}', '{}'), ('reported', 2, '{"state": "signed", "lead": "fire"}', '{}')
    """
GUARDED = """
    INSERT INTO guarded_tickets VALUES ('over', 3, true, 'housing', NULL), ('reported', 2, false, 'fire', 'health')
    """


def test_who_may_hear_of_a_ticket_is_kept(new_database: NewDatabase) -> None:
    engine = create_engine(new_database())
    with engine.begin() as connection:
        at_revision(connection, "0009", "notifier")
        connection.execute(text(HELD))
        connection.execute(text(GUARDED))
        at_revision(connection, "0010", "notifier")
        facts = dict(connection.execute(text("SELECT ticket_id, facts FROM held_tickets")).tuples().all())
    engine.dispose()
    assert facts == {
        "open": {"state": "dispatched", "lead": "housing"},
        "over": {"restricted": True, "lead": "housing"},
        "reported": {"state": "signed", "lead": "fire", "about_unit": "health"},
    }
