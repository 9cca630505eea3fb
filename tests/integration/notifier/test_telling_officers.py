"""Officers are notified of what the rules say, once, and nobody who may not hear of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event as sql_event

from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.contracts.hot_issue_events import HotIssueConfirmed
from services.contracts.ticket_events import Urgency
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, hot_issue, take, text_of, ticket_id

LEADERS_TOO = (("housing", "duty"), ("housing", "leader"), ("urban-operation", "duty"), ("fire", "duty"))


def changed(envelope: Envelope, **fields: Any) -> Envelope:
    return replace(envelope, event=envelope.event.model_copy(update=fields))


def notified(workshop: Workshop) -> list[tuple[str, str]]:
    return [(row.name, row.rule) for row in noticed(workshop)]


def test_the_duty_officer_of_the_lead_is_notified_of_an_urgent_ticket(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    take(workshop, text_of(1), dispatched(1))
    (row,) = noticed(workshop)
    assert (row.name, row.rule, row.rule_version, row.template) == ("housing duty", "urgent-ticket", 1, "ticket-given")
    assert (row.subject_kind, row.subject_id, row.unit) == ("ticket", ticket_id(1), "housing")
    assert (row.pressure, row.read_within, row.status, row.step) == ("urgent", timedelta(hours=1), "waiting", 0)
    assert row.digest_key == "urgent-ticket|MJ01|quyang-1"
    assert row.values == {
        "number": None,
        "type": "MJ01",
        "sub_district": "310109010",
        "estate": "曲阳一村",
        "urgency": "urgent",
        "lead": "housing",
    }


def test_the_same_events_again_tell_nobody_twice(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    take(workshop, dispatched(1), dispatched(1), hot_issue(HotIssueConfirmed))
    take(workshop, dispatched(1), hot_issue(HotIssueConfirmed))
    assert notified(workshop) == [
        ("housing duty", "urgent-ticket"),
        ("housing duty", "hot-issue"),
        ("housing leader", "hot-issue"),
        ("urban-operation duty", "hot-issue"),
    ]


def test_a_batch_tells_as_its_events_one_by_one(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    events = [dispatched(number) for number in range(1, 6)]
    for one in events[:2]:
        take(workshop, one)
    take(workshop, *events)
    assert [row.subject_id for row in noticed(workshop)] == [ticket_id(number) for number in range(1, 6)]


def test_a_representative_hears_of_the_issue_at_the_place_and_not_of_a_ticket(workshop: Workshop) -> None:
    sits(workshop, ("quyanglu", "representative"), ("beiwaitan", "representative"))
    take(workshop, dispatched(1), hot_issue(HotIssueConfirmed))
    assert notified(workshop) == [("quyanglu representative", "hot-issue")]


def test_nobody_at_the_department_that_a_ticket_is_about_hears_of_it(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    take(workshop, changed(dispatched(1), about_unit="housing"))
    assert notified(workshop) == []


def test_who_is_no_officer_any_more_is_not_notified(workshop: Workshop) -> None:
    from services.notifier.store import officers

    ids = sits(workshop, ("housing", "duty"))
    with workshop.open() as work:
        assert officers.remove(work, ids["housing duty"], None, "test")
    take(workshop, dispatched(1))
    assert noticed(workshop) == []


def test_a_ticket_from_the_past_and_an_event_before_the_first_edition_tell_nobody(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    take(workshop, changed(dispatched(1), history=True))
    early = dispatched(2)
    take(workshop, replace(early, time=early.time - timedelta(days=5 * 365)))
    assert notified(workshop) == []


def test_the_rule_that_presses_most_is_the_one_that_tells(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    take(
        workshop,
        changed(dispatched(1), urgency=Urgency.NORMAL),
        changed(dispatched(2), urgency=Urgency.CRITICAL),
        changed(dispatched(3), lead="fire", urgency=None),
    )
    assert notified(workshop) == [
        ("housing duty", "new-ticket"),
        ("housing duty", "critical-ticket"),
        ("fire duty", "new-ticket"),
    ]


def test_a_batch_writes_its_notices_in_one_statement(workshop: Workshop) -> None:
    sits(workshop, *LEADERS_TOO)
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    sql_event.listen(workshop.engine, "before_cursor_execute", note)
    take(workshop, *(dispatched(number) for number in range(1, 50)), hot_issue(HotIssueConfirmed))
    sql_event.remove(workshop.engine, "before_cursor_execute", note)
    assert sum("INSERT INTO officer_notices" in one for one in statements) == 1
    assert sum("FROM officers" in one for one in statements) == 1
