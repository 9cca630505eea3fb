"""A batch does what its events would do one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from services.chassis.database.work import Workshop
from services.contracts.clock_events import TicketClockBreached
from services.contracts.department_events import HotIssueNotice, TicketAssigned
from services.contracts.event import Envelope
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueDecided
from services.contracts.reply_answer_events import ReplyOutcome, TicketReplyAnswered
from services.contracts.reply_events import ReplyRefused
from services.contracts.ticket_events import TicketDispatched, TicketRedoOrdered
from tests.harness.examples import ONE_DATABASE
from tests.integration.notifier.events import (
    START,
    dispatched,
    hot_issue,
    project,
    sent,
    take,
    text_of,
    ticket_id,
)
from tests.integration.notifier.events import ticket_fact as fact

WEBHOOKS = {
    UUID(int=1): ("housing", None),
    UUID(int=2): ("housing", [TicketAssigned.type]),
    UUID(int=3): ("fire", None),
    UUID(int=4): ("urban-operation", [HotIssueNotice.type]),
}
REFUSED = ReplyRefused(
    version=1, reply_id=uuid4(), department="fire", ticket_id=ticket_id(2), reply="reply.signed.v1", reason="settled"
)
ANSWERED = TicketReplyAnswered(
    version=1, department="housing", record=uuid4(), about={"ticket_id": ticket_id(2)}, outcome=ReplyOutcome.TAKEN
)
EVENTS = [
    dispatched(1),
    dispatched(1, version=3, lead="fire", text_version=2),
    dispatched(2),
    fact(TicketDispatched, 5, lead="fire", taken_from="housing"),
    text_of(1),
    text_of(1, version=2),
    text_of(2),
    fact(TicketClockBreached, 4, clock="settle", owner="unit", due=START),
    fact(TicketRedoOrdered, 6),
    hot_issue(HotIssueConfirmed),
    hot_issue(HotIssueDecided, 2, lead="fire"),
    hot_issue(HotIssueConfirmed, number=9),
    project("listed", 2),
    project("suspended", 3),
    Envelope(uuid4(), "/310109/intake", START, REFUSED),
    Envelope(uuid4(), "/310109/intake", START, ANSWERED),
]


@st.composite
def readings(draw: st.DrawFn) -> list[list[Envelope]]:
    """The events in any order, some of them again, cut into batches of any size."""
    again = draw(st.lists(st.sampled_from(EVENTS), max_size=5))
    order = draw(st.permutations([*EVENTS, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@ONE_DATABASE
@given(batches=readings())
def test_batches_leave_what_single_events_leave(workshop: Workshop, batches: Sequence[list[Envelope]]) -> None:
    _begin(workshop)
    for batch in batches:
        take(workshop, *batch)
    by_batches = _state(workshop)
    _begin(workshop)
    for envelope in (one for batch in batches for one in batch):
        take(workshop, envelope)
    assert by_batches == _state(workshop)
    assert len(by_batches["outbox"]) >= 5


def test_an_event_and_its_text_in_one_batch_are_one_published_assignment(workshop: Workshop) -> None:
    for number, batch in enumerate(([dispatched(1), text_of(1)], [text_of(2), dispatched(2)]), start=1):
        take(workshop, *batch)
        assert [(topic, event.ticket_id) for topic, event in sent(workshop) if isinstance(event, TicketAssigned)] == [
            ("departments.housing", ticket_id(n)) for n in range(1, number + 1)
        ]
    assert [row["status"] for row in _state(workshop)["deliveries"]] == ["published"] * 2


def test_two_dispatches_of_one_ticket_in_one_batch_are_both_sent_and_the_older_after_the_newer_is_not(
    workshop: Workshop,
) -> None:
    older, newer = dispatched(1), dispatched(1, version=3, lead="fire")
    take(workshop, older, newer, text_of(1))
    take(workshop, dispatched(2, version=3, lead="fire"), dispatched(2), text_of(2))
    assert [(topic, event.aggregate_id, event.version) for topic, event in sent(workshop)] == [
        ("departments.housing", ticket_id(1), 2),
        ("departments.fire", ticket_id(1), 3),
        ("departments.fire", ticket_id(2), 3),
    ]


def test_each_message_carries_the_trace_of_the_event_that_let_it_go(workshop: Workshop) -> None:
    traces = {number: f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)}
    batch = [dispatched(1), text_of(1), hot_issue(HotIssueConfirmed, lead="fire")]
    traced = [
        Envelope(one.id, one.source, one.time, one.event, traces[number]) for number, one in enumerate(batch, start=1)
    ]
    take(workshop, *traced)
    with workshop.engine.connect() as connection:
        rows = connection.execute(text("SELECT topic, headers FROM outbox ORDER BY seq")).all()
    carried = {row.topic: bytes(row.headers).decode() for row in rows}
    assert traces[2] in carried["departments.housing"]
    assert traces[3] in carried["departments.fire"]


@pytest.mark.parametrize("size", [10, 100])
def test_the_number_of_statements_does_not_grow_with_the_batch(workshop: Workshop, size: int) -> None:
    _begin(workshop)
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(workshop.engine, "before_cursor_execute", note)
    numbers = range(1, size + 1)
    take(
        workshop,
        *(text_of(number) for number in numbers),
        *(dispatched(number) for number in numbers),
        *(hot_issue(HotIssueConfirmed, number=number) for number in numbers),
    )
    event.remove(workshop.engine, "before_cursor_execute", note)
    assert len(sent(workshop)) == 4 * size
    assert len(statements) <= 26


def _begin(workshop: Workshop) -> None:
    tables = "known_tickets, known_matters, deliveries, webhook_sendings, webhooks, outbox, holdings, held_tickets"
    with workshop.open() as work:
        work.connection.execute(text(f"TRUNCATE {tables}"))
        for webhook, (department, events) in WEBHOOKS.items():
            work.connection.execute(
                text(
                    "INSERT INTO webhooks (webhook_id, department, url, events, secret, status, created_at, created_by)"
                    " VALUES (:id, :department, :url, :events, 's', 'active', now(), 'somebody')"
                ),
                {"id": webhook, "department": department, "url": f"https://{webhook}/", "events": events},
            )


def _state(workshop: Workshop) -> dict[str, list[dict[str, Any]]]:
    """All that is stored, in the order in which it was published; without real times.

    Of a state topic the last record of each key, and not its version: a batch writes one for several of its events.
    """
    queries = {
        "outbox": "SELECT event_id, topic, key, version, headers, value FROM outbox"
        " WHERE topic NOT LIKE '%.state' ORDER BY seq",
        "states": "SELECT DISTINCT ON (topic, key) topic, key, convert_from(value, 'UTF8')::jsonb - 'version' AS value"
        " FROM outbox WHERE topic LIKE '%.state' ORDER BY topic, key, seq DESC",
        "held_tickets": "SELECT * FROM held_tickets ORDER BY ticket_id",
        "holdings": "SELECT ticket_id, department, role, withdrawn, withdrawn_at, shown FROM holdings ORDER BY 1, 2",
        "known_tickets": "SELECT * FROM known_tickets ORDER BY ticket_id",
        "known_matters": "SELECT * FROM known_matters ORDER BY matter_id",
        "deliveries": "SELECT * FROM deliveries ORDER BY delivery_id",
        "webhook_sendings": "SELECT delivery_id, webhook_id, headers, body FROM webhook_sendings ORDER BY seq",
    }
    with workshop.engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(text(query))] for name, query in queries.items()
        }
