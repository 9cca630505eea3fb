"""What officers were told goes when its time is over: never what waits, what is being sent, or what a chain holds."""

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
def told(workshop: Workshop) -> Workshop:
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


def test_all_of_a_class_goes_when_its_time_is_over_and_no_sooner(told: Workshop) -> None:
    every = left(told)
    assert set(every) == set(TABLES)
    end_retention(told, KEPT["ticket"] - timedelta(days=30))
    assert left(told) == every
    end_retention(told, KEPT["ticket"] + timedelta(days=30))
    assert left(told) == {}


def test_another_class_is_kept_for_its_own_time(told: Workshop) -> None:
    run(told, "UPDATE officer_notices SET subject_kind = 'topic'")
    run(told, "UPDATE escalations SET subject_kind = 'topic'")
    every = left(told)
    end_retention(told, KEPT["ticket"] + timedelta(days=30))
    assert left(told) == every


def test_a_message_stays_as_long_as_one_of_its_notices(told: Workshop) -> None:
    one = noticed(told)[0].notice_id
    run(told, "UPDATE officer_notices SET subject_kind = 'topic' WHERE notice_id = :one", one=one)
    end_retention(told, KEPT["ticket"] + timedelta(days=30))
    kept = left(told)
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
def test_what_has_not_ended_stays(told: Workshop, waits: str) -> None:
    run(told, waits)
    every = left(told)
    end_retention(told, ALL_OVER)
    assert left(told) == every


def test_many_rows_go_in_several_batches(told: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officer_log_retention, "AT_ONCE", 1)
    ends = [end_retention(told, ALL_OVER) for _ in range(4)]
    assert ends == ["more", "more", None, None]
    assert left(told) == {}


def test_one_process_at_a_time_deletes(told: Workshop) -> None:
    with told.engine.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(hashtext('officer-log'))"))
        every = left(told)
        assert end_retention(told, ALL_OVER) is None
        assert left(told) == every


def test_events_read_again_after_that_tell_nobody_and_begin_no_chain(told: Workshop) -> None:
    end_retention(told, ALL_OVER)
    take(told, dispatched(1), dispatched(2))
    assert left(told) == {}
