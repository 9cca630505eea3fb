"""The state topic of a department says what it has to work on, whatever the order in which that became known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from services.chassis.clock import FixedClock
from services.chassis.database.tables import outbox, timers
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Reject
from services.contracts.clock_events import TicketClockBreached, TicketClockBreachTakenBack
from services.contracts.department_events import TicketAssigned
from services.contracts.department_state_events import DepartmentTicketState, HeldLimit
from services.contracts.event import Envelope
from services.contracts.text_events import ERASED
from services.contracts.ticket_events import (
    ClockLimit,
    TicketArchived,
    TicketDispatched,
    TicketMerged,
    TicketReclassified,
    TicketRedoOrdered,
    TicketSettled,
    TicketSigned,
    TicketUnmerged,
)
from services.notifier.app.keep_states import TIMER
from services.notifier.domain.held_ticket import WITHDRAWN_FOR
from services.notifier.store.held_tickets_tables import held_tickets
from services.notifier.wiring import text_retention
from tests.integration.notifier.events import START, dispatched, erased, sent, take, text_of, ticket_id
from tests.integration.notifier.events import ticket_fact as fact
from tests.integration.notifier.states import fire_due, records, state

DUE = START + timedelta(days=5)
LIMITS = (ClockLimit(clock="settle", due=DUE),)


def shown(workshop: Workshop, department: str = "housing") -> DepartmentTicketState:
    """The department's record of ticket 1."""
    record = state(workshop, department)[ticket_id(1)]
    assert record
    return record


def advance(workshop: Workshop, by: timedelta) -> None:
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(by)


def test_a_ticket_is_there_with_its_text_before_the_message_that_gives_it(workshop: Workshop) -> None:
    given = fact(TicketDispatched, 2, limits=LIMITS, caller_ref="0" * 32, number="202606200000000017")
    take(workshop, given, text_of(1))
    with workshop.engine.connect() as connection:
        topics = connection.execute(select(outbox.c.topic).order_by(outbox.c.seq)).scalars().all()
    assert topics == ["departments.housing.state", "departments.housing"]
    record = shown(workshop)
    assert (record.standing, record.role, record.state, record.ticket_version) == ("open", "lead", "dispatched", 2)
    assert (record.text, record.address, record.number) == ("屋顶漏水 1.1", "曲阳一村", "202606200000000017")
    assert record.limits == (HeldLimit(clock="settle", due=DUE),)
    assert record.reading_path == f"/tickets/{ticket_id(1)}/caller"


def test_it_waits_for_its_text_as_the_stream_does(workshop: Workshop) -> None:
    take(workshop, dispatched(1), fact(TicketSigned, 3, state="signed"))
    assert records(workshop) == []
    take(workshop, text_of(1))
    assert [one and (one.version, one.ticket_version, one.state) for one in records(workshop)] == [(1, 3, "signed")]


def test_steps_that_are_sent_to_nobody_are_in_the_state(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1))
    take(workshop, fact(TicketSigned, 3, state="signed"))
    assert shown(workshop).state == "signed"
    assert [type(event) for _, event in sent(workshop)] == [TicketAssigned]


def test_limits_stay_where_a_step_moved_none_and_say_which_was_breached(workshop: Workshop) -> None:
    take(workshop, fact(TicketDispatched, 2, limits=LIMITS), text_of(1))
    take(workshop, fact(TicketClockBreached, 3, clock="settle", owner="unit", due=DUE))
    assert shown(workshop).limits == (HeldLimit(clock="settle", due=DUE, breached=True),)
    later = DUE + timedelta(days=1)
    moved = fact(
        TicketClockBreachTakenBack, 4, clock="settle", owner="unit", was_due=DUE, due=later,
        limits=(ClockLimit(clock="settle", due=later),),
    )  # fmt: skip
    take(workshop, moved)
    assert shown(workshop).limits == (HeldLimit(clock="settle", due=later),)


def test_who_helps_sees_its_role_and_the_lead_and_no_way_to_the_caller(workshop: Workshop) -> None:
    take(workshop, fact(TicketDispatched, 2, co_handlers=("fire",), caller_ref="0" * 32), text_of(1))
    helper = shown(workshop, "fire")
    assert (helper.role, helper.lead, helper.reading_path) == ("co-handler", "housing", None)


@pytest.mark.parametrize("hidden", [{"confidential": True}, {"restricted": True}, {"caller_ref": None}])
def test_a_lead_without_the_right_has_no_way_to_the_caller(workshop: Workshop, hidden: dict[str, Any]) -> None:
    take(workshop, fact(TicketDispatched, 2, **{"caller_ref": "0" * 32, **hidden}), text_of(1))
    assert shown(workshop).reading_path is None


@pytest.mark.parametrize(
    ("step", "why", "state"),
    [
        (fact(TicketDispatched, 3, lead="fire", taken_from="housing"), "left", None),
        (fact(TicketDispatched, 3, lead="fire", taken_from="housing", about_unit="housing"), "left", None),
        (fact(TicketArchived, 3, state="archived", unit_solved=True), "ended", "archived"),
        (fact(TicketSettled, 3, state="settled", settled_at=START, unit_solved=True), "ended", "settled"),
        (fact(TicketMerged, 3, state="merged", merged_into=ticket_id(2)), "merged", "merged"),
    ],
    ids=["given to another", "about the unit", "archived", "settled", "merged"],
)
def test_what_is_not_its_work_any_more_is_withdrawn_and_says_why(
    workshop: Workshop, step: Envelope, why: str, state: str | None
) -> None:
    take(workshop, dispatched(1), text_of(1))
    take(workshop, step)
    record = shown(workshop)
    assert (record.standing, record.withdrawn, record.withdrawn_at, record.state) == ("withdrawn", why, START, state)
    assert (record.text, record.place, record.lead, record.limits) == (None, None, None, ())


def test_a_helper_of_a_ticket_that_becomes_restricted_loses_it_and_the_lead_does_not(workshop: Workshop) -> None:
    take(workshop, fact(TicketDispatched, 2, co_handlers=("fire",)), text_of(1))
    take(workshop, fact(TicketReclassified, 3, confirmed=True, restricted=True, co_handlers=("fire",)))
    assert shown(workshop, "fire").withdrawn == "restricted"
    assert (shown(workshop).standing, shown(workshop).restricted) == ("open", True)


def test_work_that_comes_back_is_open_again(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1))
    take(workshop, fact(TicketSettled, 3, state="settled", settled_at=START, unit_solved=True))
    take(workshop, fact(TicketRedoOrdered, 4, state="redo", redos=1))
    record = shown(workshop)
    assert (record.standing, record.state, record.redos, record.text) == ("open", "redo", 1, "屋顶漏水 1.1")
    take(workshop, fact(TicketMerged, 5, state="merged", merged_into=ticket_id(2)))
    take(workshop, fact(TicketUnmerged, 6, state="redo"))
    assert shown(workshop).standing == "open"


def test_what_is_withdrawn_stays_for_30_days_and_is_then_a_tombstone_once(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1))
    advance(workshop, START - workshop.clock.now())
    take(workshop, fact(TicketArchived, 3, state="archived", unit_solved=True))
    advance(workshop, WITHDRAWN_FOR)
    fire_due(workshop)
    assert shown(workshop).withdrawn == "ended"
    advance(workshop, timedelta(seconds=1))
    fire_due(workshop)
    fire_due(workshop)
    assert [one and one.standing for one in records(workshop)] == ["open", "withdrawn", None]
    with workshop.engine.connect() as connection:
        assert connection.execute(select(held_tickets.c.version, held_tickets.c.facts)).all() == [(3, {})]


def test_a_ticket_that_comes_back_after_its_tombstone_is_shown_again(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1), fact(TicketArchived, 3, state="archived", unit_solved=True))
    advance(workshop, WITHDRAWN_FOR)
    fire_due(workshop)
    assert state(workshop) == {ticket_id(1): None}
    take(workshop, text_of(1, version=2, days=40), fact(TicketDispatched, 4, text_version=2))
    assert (shown(workshop).version, shown(workshop).text) == (3, "屋顶漏水 1.2")


def test_a_text_leaves_the_state_when_its_topic_drops_it(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1))
    assert shown(workshop).text
    advance(workshop, START + text_retention() + timedelta(minutes=2) - workshop.clock.now())
    fire_due(workshop)
    assert (shown(workshop).standing, shown(workshop).text, shown(workshop).address) == ("open", None, None)


def test_an_erased_text_is_erased_in_the_state_of_each_department(workshop: Workshop) -> None:
    take(workshop, dispatched(1, co_handlers=("fire",)), text_of(1))
    take(workshop, erased(1))
    for department in ("housing", "fire"):
        assert (shown(workshop, department).standing, shown(workshop, department).text) == ("open", ERASED)


def test_a_step_of_a_unit_that_no_table_names_is_rejected_with_the_remedy(workshop: Workshop) -> None:
    take(workshop, text_of(1))
    with pytest.raises(Reject, match=r"'water'.*departments\.yaml.*topics apply.*dlq replay notifier"):
        take(workshop, fact(TicketSigned, 3, state="signed", lead="water"))


def test_everything_again_writes_no_record(workshop: Workshop) -> None:
    log = [
        dispatched(1, co_handlers=("fire",)),
        text_of(1),
        fact(TicketSigned, 3, state="signed"),
        fact(TicketDispatched, 4, lead="market", taken_from="housing"),
        fact(TicketArchived, 5, state="archived", lead="market", unit_solved=True),
        text_of(1, version=2),
        dispatched(2),
        text_of(2),
        erased(2),
    ]
    for one in log:
        take(workshop, one)
    advance(workshop, WITHDRAWN_FOR * 3)
    while fire_due(workshop):
        pass
    with workshop.engine.begin() as connection:
        assert connection.execute(text("DELETE FROM outbox")).rowcount > len(log)
    for one in log:
        take(workshop, one)
    take(workshop, *log)
    with workshop.engine.connect() as connection:
        assert connection.execute(select(outbox.c.topic)).scalars().all() == []
        waiting = timers.c.fired_at.is_(None) & (timers.c.kind == TIMER)
        assert connection.execute(select(timers.c.due_at).where(waiting)).scalars().all() == []
