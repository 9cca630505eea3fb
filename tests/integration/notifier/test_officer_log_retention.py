"""What officers were sent goes when its time is over: never what waits, what is being sent, or what a chain holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.notifier.app.mark_read import MarkRead, ReadBy
from services.notifier.files.log_retention import load_officer_log_retention
from services.notifier.store import officer_log_retention
from services.notifier.store.escalations import SqlEscalations
from services.notifier.store.notice_reading import SqlReadNotices
from services.notifier.store.officer_log_retention import EndOfficerLogRetention
from tests.integration.notifier.conftest import NOW
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take
from tests.integration.notifier.linking import in_a_message
from tests.integration.notifier.officers import run

KEPT = load_officer_log_retention()
ALL_OVER = timedelta(days=4000)
TABLES = ("officer_notices", "officer_messages", "officer_tries", "officer_links", "escalations", "escalation_steps")


def end_retention(workshop: Workshop, after: timedelta) -> str | None:
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(NOW + after - workshop.clock.now())
    with workshop.open() as work:
        return EndOfficerLogRetention(KEPT)(work, None)


def left(workshop: Workshop) -> dict[str, int]:
    with workshop.engine.connect() as connection:
        counted = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}  # noqa: S608
    return {table: number for table, number in counted.items() if number}


@pytest.fixture
def notified(workshop: Workshop) -> Workshop:
    """Two tickets of housing: their notices in one message that was sent, with its link and one try; chains read."""
    sits(workshop, ("housing", "duty"))
    take(workshop, dispatched(1), dispatched(2))
    ids = [row.notice_id for row in noticed(workshop)]
    in_a_message(workshop, *ids)
    run(workshop, "UPDATE officer_notices SET status = 'sent'")
    run(
        workshop,
        "INSERT INTO officer_tries (message_id, rank, officer_id, channel, urgent, at, outcome)"
        " SELECT message_id, 0, officer_id, 'email', true, sent_at, 'sent' FROM officer_messages",
    )
    with workshop.open() as work:
        MarkRead(SqlReadNotices(), SqlEscalations())(work, ids, ReadBy.API, None)
    return workshop


def test_all_of_a_class_goes_when_its_time_is_over_and_no_sooner(notified: Workshop) -> None:
    every = left(notified)
    assert set(every) == set(TABLES)
    end_retention(notified, KEPT["ticket"] - timedelta(days=30))
    assert left(notified) == every
    end_retention(notified, KEPT["ticket"] + timedelta(days=30))
    assert left(notified) == {}


def test_another_class_is_kept_for_its_own_time(notified: Workshop) -> None:
    run(notified, "UPDATE officer_notices SET subject_kind = 'topic'")
    run(notified, "UPDATE escalations SET subject_kind = 'topic'")
    every = left(notified)
    end_retention(notified, KEPT["ticket"] + timedelta(days=30))
    assert left(notified) == every


def test_a_message_stays_as_long_as_one_of_its_notices(notified: Workshop) -> None:
    one = noticed(notified)[0].notice_id
    run(notified, "UPDATE officer_notices SET subject_kind = 'topic' WHERE notice_id = :one", one=one)
    end_retention(notified, KEPT["ticket"] + timedelta(days=30))
    kept = left(notified)
    assert [kept[table] for table in TABLES[:4]] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "waits",
    [
        "UPDATE officer_notices SET status = 'waiting', message_id = NULL",
        "UPDATE officer_notices SET status = 'bundled'",
        "UPDATE officer_messages SET status = 'sending', sent_at = NULL",
        "UPDATE officer_messages SET status = 'open', sent_at = NULL",
        "UPDATE escalations SET state = 'running', due_at = started_at, ended_at = NULL",
    ],
    ids=["waiting", "bundled", "sending", "open", "running chain"],
)
def test_what_has_not_ended_stays(notified: Workshop, waits: str) -> None:
    run(notified, waits)
    every = left(notified)
    end_retention(notified, ALL_OVER)
    assert left(notified) == every


def test_many_rows_go_in_several_batches(notified: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officer_log_retention, "AT_ONCE", 1)
    ends = [end_retention(notified, ALL_OVER) for _ in range(4)]
    assert ends == ["more", "more", None, None]
    assert left(notified) == {}


def test_one_process_at_a_time_deletes(notified: Workshop) -> None:
    with notified.engine.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(hashtext('officer-log'))"))
        every = left(notified)
        assert end_retention(notified, ALL_OVER) is None
        assert left(notified) == every


def test_events_read_again_after_that_tell_nobody_and_begin_no_chain(notified: Workshop) -> None:
    end_retention(notified, ALL_OVER)
    take(notified, dispatched(1), dispatched(2))
    assert left(notified) == {}
