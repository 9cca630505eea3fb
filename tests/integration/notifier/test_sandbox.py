"""`POST /sandbox`: generated tickets with the schemas of real ones; nothing of them is kept in notifier's tables."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from services.chassis.database.work import Workshop
from services.contracts.department_events import TicketAssigned, TicketNotice, TicketShared
from services.contracts.topics import SANDBOX
from services.notifier.store.held_tickets_tables import held_tickets
from services.notifier.store.tables import deliveries
from tests.integration.applications import As
from tests.integration.notifier.events import sent
from tests.integration.notifier.states import state


def test_it_holds_work_that_is_given_shared_settled_and_taken_away(workshop: Workshop, as_: As) -> None:
    made = as_("admin").post("/sandbox", json={"tickets": 8})
    assert (made.status_code, made.json()) == (201, {"tickets": 8, "messages": 14})
    messages = sent(workshop)
    assert {topic for topic, _ in messages} == {"departments.sandbox"}
    kinds = [type(event) for _, event in messages]
    assert [kinds.count(kind) for kind in (TicketAssigned, TicketShared, TicketNotice)] == [6, 2, 6]
    standing = [(one.standing, one.role, one.withdrawn) for one in state(workshop, SANDBOX).values() if one]
    assert sorted(standing, key=str) == sorted(
        [("open", "lead", None)] * 4 + [("withdrawn", None, "ended"), ("withdrawn", None, "left")] * 2, key=str
    )
    with workshop.engine.connect() as connection:
        for table in (held_tickets, deliveries):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


@pytest.mark.parametrize(("role", "tickets", "status"), [("hub", 1, 403), ("admin", 0, 422), ("admin", 501, 422)])
def test_who_may_not_and_how_many_may_not(as_: As, role: str, tickets: int, status: int) -> None:
    assert as_(role).post("/sandbox", json={"tickets": tickets}).status_code == status
