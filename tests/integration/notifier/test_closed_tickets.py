"""Of which tickets not every unit may hear: the newest fact counts, in any order, for notices, chains and links."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.contracts.ticket_events import TicketArchived, TicketReclassified
from services.notifier.app.recipients import hub
from services.notifier.domain.confidence import Guard, may_hear
from services.notifier.domain.held_ticket import WITHDRAWN_FOR
from services.notifier.store.closed_tickets import SqlClosedTickets, open_to_its_unit
from services.notifier.store.officer_tables import officer_notices
from tests.integration.applications import As
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take, text_of, ticket_id
from tests.integration.notifier.linking import in_a_message
from tests.integration.notifier.states import fire_due

UNITS = ("housing", "health", "urban-operation")


def fact(version: int, **fields: Any) -> Envelope:
    envelope = dispatched(1, version=version)
    return replace(envelope, event=envelope.event.model_copy(update=fields))


def guard(workshop: Workshop) -> Guard | None:
    with workshop.open() as work:
        return SqlClosedTickets().guards(work, [ticket_id(1)]).get(ticket_id(1))


RESTRICTED = fact(2, restricted=True)
REPORTED = fact(3, about_unit="health")
BOTH = fact(4, restricted=True, about_unit="health", lead="fire")
OPEN = fact(5)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_the_newest_fact_counts(workshop: Workshop, order: tuple[int, ...]) -> None:
    facts = (RESTRICTED, REPORTED)
    take(workshop, text_of(1))
    for number in order:
        take(workshop, facts[number])
    assert guard(workshop) == Guard(None, "housing", "health")


def test_a_ticket_that_all_may_hear_of_again_is_closed_no_more(workshop: Workshop) -> None:
    take(workshop, text_of(1), RESTRICTED, REPORTED)
    take(workshop, OPEN)
    assert guard(workshop) is None


@pytest.mark.parametrize("closed", [RESTRICTED, REPORTED, BOTH, OPEN], ids=["restricted", "reported", "both", "open"])
def test_the_rule_in_sql_is_the_rule(workshop: Workshop, closed: Envelope) -> None:
    sits(workshop, *((unit, "duty") for unit in UNITS))
    take(workshop, dispatched(1, version=1, co_handlers=("health",)))
    with workshop.open() as work:
        work.connection.execute(text("DELETE FROM officer_notices"))
        add = (
            "INSERT INTO officer_notices (notice_id, officer_id, event_id, unit, subject_kind, subject_id, template,"
            " values, pressure, digest_key, rule, rule_version, caused_at, status) SELECT officer_id, officer_id,"
            " officer_id, unit, 'ticket', :ticket, 't', '{}', 'normal', 'k', 'r', 1, now(), 'waiting' FROM officers"
        )
        work.connection.execute(text(add), {"ticket": ticket_id(1)})
    take(workshop, closed)
    with workshop.open() as work:
        rows = work.connection.execute(
            select(officer_notices.c.unit, open_to_its_unit()).where(officer_notices.c.template == "t")
        )
        found = {row[0]: row[1] for row in rows}
    guarded = guard(workshop) or Guard(None, None, None)
    assert found == {unit: may_hear(unit, guarded, hub()) for unit in UNITS}


def test_a_closed_ticket_that_is_over_stays_closed(workshop: Workshop) -> None:
    archived = dispatched(1, version=3)
    over = TicketArchived.model_validate(
        archived.event.model_dump() | {"version": 3, "state": "archived", "restricted": True, "unit_solved": True}
    )
    take(workshop, text_of(1), RESTRICTED, replace(archived, event=over))
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(WITHDRAWN_FOR + timedelta(days=1))
    fire_due(workshop)
    with workshop.engine.connect() as connection:
        (facts,) = connection.execute(text("SELECT facts FROM held_tickets")).scalars()
    assert facts == {"restricted": True, "lead": "housing"}
    assert guard(workshop) == Guard(True, "housing", None)


def test_a_chain_tells_and_shows_nothing_to_a_unit_that_may_no_longer_hear(workshop: Workshop, as_: As) -> None:
    sits(workshop, ("housing", "duty"), ("housing", "leader"), ("urban-operation", "duty"))
    take(workshop, first_fact := dispatched(1))
    (first,) = noticed(workshop)
    code = in_a_message(workshop, first.notice_id)
    own = as_("department:housing")
    paths = ("/officer-notices", "/escalations", "/deliveries")
    assert [len(own.get(path).json()["items"]) for path in paths[:2]] == [1, 1]
    changed = TicketReclassified.model_validate(
        first_fact.event.model_dump() | {"version": 3, "confirmed": True, "restricted": True, "lead": "fire"}
    )
    take(workshop, replace(first_fact, id=uuid4(), event=changed))
    for _ in ("leader", "hub"):
        workshop.clock.advance(timedelta(hours=1, minutes=1))  # type: ignore[attr-defined]
        fire_due(workshop)
    assert "housing leader" not in {row.name for row in noticed(workshop)}
    assert {row.unit for row in noticed(workshop) if row.step > 0} == {"urban-operation"}
    for path in paths:
        seen = own.get(path).json()["items"]
        assert [one for one in seen if "steps" in one or "post" in one or one.get("person")] == [], path
    assert as_().get(f"/n/{code}").status_code == 404
    assert len(as_("hub").get("/officer-notices").json()["items"]) >= 2
