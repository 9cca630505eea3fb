"""Messages to officers: gathered, put off, sent by a way that works; whatever is not sent says why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.chassis.channels.message import MaybeSent, NotSent
from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.contracts.department_events import OfficerUnreached
from services.notifier.domain.officer import Post
from services.notifier.domain.officer_notice import Pressure
from tests.integration.applications import As
from tests.integration.notifier.events import sent
from tests.integration.notifier.officers import (
    EMAIL,
    RULES,
    SMS,
    Office,
    Outside,
    address,
    engage,
    expire_claims,
    messages_of,
    not_before,
    notices_by_end,
    notify,
    run,
)

URGENT = Pressure.URGENT
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
NIGHT = datetime(2026, 7, 1, 15, tzinfo=UTC)  # 23:00 in Shanghai
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock(workshop: Workshop) -> FixedClock:
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(NOON - workshop.clock.now())
    return workshop.clock


@pytest.fixture
def sms() -> Outside:
    return Outside(knows_repeats=True)


@pytest.fixture
def mail() -> Outside:
    return Outside(batch=1)


@pytest.fixture
def office(workshop: Workshop, clock: FixedClock, sms: Outside, mail: Outside) -> Office:
    return Office(workshop, {SMS: sms, EMAIL: mail})


def refuse(**facts: bool) -> None:
    raise NotSent("answered 550", **{"passes": False, **facts})


def test_who_is_entered_in_the_directory_is_notified_by_the_first_way_of_theirs(
    office: Office, as_: As, sms: Outside
) -> None:
    ways = [{"channel": "sms", "address": "13900000001"}, {"channel": "email", "address": "duty@example.org"}]
    entered = {"unit": "housing", "post": "duty", "name": "值班室", "ways": ways}
    me = UUID(as_("hub").post("/officers", json=entered).json()["officer_id"])
    notify(office.workshop, officer=me)
    office.settle()
    office.workshop.clock.advance(2 * MINUTE)  # type: ignore[attr-defined]
    office.settle()
    assert [one.to for one in sms.messages] == ["13900000001"]


def test_five_hundred_tickets_of_a_day_are_three_messages_at_most(
    office: Office, clock: FixedClock, sms: Outside
) -> None:
    engage(office.workshop)
    for minute in range(0, 500, 10):
        notify(office.workshop, range(minute, minute + 10))
        office.settle()
        clock.advance(2 * MINUTE)
    office.settle()
    assert len(sms.messages) == 2
    clock.advance(timedelta(days=1))
    office.settle()
    assert len(sms.messages) == 3
    assert sms.messages[-1].text.startswith("【12345】320条提醒")
    assert notices_by_end(office.workshop) == {("sent", None): 500}


def test_a_series_begins_anew_after_a_time_without_messages(office: Office, clock: FixedClock, sms: Outside) -> None:
    engage(office.workshop)
    for number in range(3):
        notify(office.workshop, [number])
        office.settle()
        clock.advance(timedelta(hours=RULES.bundling.anew_after_h + 1))
        office.settle()
        assert len(sms.messages) == number + 1
    with office.workshop.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT number FROM officer_messages").scalars().all() == [0]


def test_an_urgent_notice_leaves_at_once_and_alone_at_any_hour_and_beyond_any_limit(
    office: Office, clock: FixedClock, sms: Outside
) -> None:
    clock.advance(NIGHT - NOON)
    engage(office.workshop, post=Post.LEADER)
    notify(office.workshop, [1])
    notify(office.workshop, range(2, 9), pressure=URGENT)
    office.settle()
    assert {one.text for one in sms.messages} == {f"【12345】#{number}#" for number in range(2, 9)}


def test_what_would_leave_in_quiet_hours_grows_until_they_are_over(
    office: Office, clock: FixedClock, sms: Outside
) -> None:
    clock.advance(NIGHT - NOON)
    engage(office.workshop)
    for number in range(3):
        notify(office.workshop, [number])
        office.settle()
        clock.advance(timedelta(hours=2))
    office.settle()
    assert sms.messages == []
    assert messages_of(office.workshop) == [("open", "quiet hours", None)]
    assert not_before(office.workshop) == datetime(2026, 7, 1, 23, tzinfo=UTC)
    clock.advance(timedelta(hours=2))
    office.settle()
    (message,) = sms.messages
    assert message.text == "【12345】3条提醒：\n· #0#\n· #1#\n· #2#"


def test_what_exceeds_a_limit_waits_with_its_cause_and_end(office: Office, clock: FixedClock, sms: Outside) -> None:
    engage(office.workshop)
    notify(office.workshop, [1], key="a")
    notify(office.workshop, [2], key="b")
    office.settle()
    clock.advance(MINUTE)
    office.settle()
    assert len(sms.messages) == 1
    assert {(status, cause) for status, cause, _ in messages_of(office.workshop)} == {
        ("sent", None),
        ("open", "limit reached"),
    }
    clock.advance(MINUTE)
    office.settle()
    assert len(sms.messages) == 2


def test_a_way_that_fails_rests_and_the_next_one_is_taken(
    office: Office, clock: FixedClock, sms: Outside, mail: Outside
) -> None:
    sms.says = lambda _: refuse()
    engage(office.workshop)
    notify(office.workshop, [1], pressure=URGENT)
    office.settle()
    assert [one.to for one in mail.messages] == [address(EMAIL)]
    asked = []
    sms.says = asked.append
    notify(office.workshop, [2], pressure=URGENT)
    office.settle()
    assert (len(mail.messages), asked) == (2, [])
    clock.advance(timedelta(hours=RULES.way_rests_h))
    notify(office.workshop, [3], pressure=URGENT)
    office.settle()
    assert len(asked) == 1


def test_a_way_that_fails_is_reported_on_the_topics_of_the_unit_and_of_the_hub(office: Office, sms: Outside) -> None:
    sms.says = lambda _: refuse()
    engage(office.workshop, post=Post.LEADER)
    notify(office.workshop, [1, 2, 3], pressure=URGENT)
    office.settle()
    unreached = [(topic, event) for topic, event in sent(office.workshop) if isinstance(event, OfficerUnreached)]
    assert [topic for topic, _ in unreached] == ["departments.housing", "departments.urban-operation"]
    for _, event in unreached:
        assert (event.unit, event.post, event.channel, event.cause) == ("housing", "leader", "sms", "answered 550")
        assert event.until == NOON + timedelta(hours=RULES.way_rests_h)
        assert address(SMS) not in event.model_dump_json()


def test_what_no_way_takes_has_failed_with_its_cause(office: Office, sms: Outside, mail: Outside) -> None:
    sms.says = mail.says = lambda _: refuse()
    engage(office.workshop)
    notify(office.workshop, [1], pressure=URGENT)
    engage(office.workshop, 2, ways=())
    notify(office.workshop, [2], officer=2, pressure=URGENT)
    office.settle()
    assert messages_of(office.workshop) == [("failed", "no way", None)]
    assert messages_of(office.workshop, 2) == [("failed", "no way", None)]
    assert notices_by_end(office.workshop) == {("failed", "no way"): 2}


def test_a_channel_that_is_not_configured_is_passed_over(workshop: Workshop, clock: FixedClock, mail: Outside) -> None:
    office = Office(workshop, {EMAIL: mail})
    engage(workshop)
    notify(workshop, [1], pressure=URGENT)
    engage(workshop, 2, ways=(SMS,))
    notify(workshop, [2], officer=2, pressure=URGENT)
    office.settle()
    assert len(mail.messages) == 1
    assert messages_of(workshop, 2) == [("failed", "channel not configured", None)]


def test_a_notice_uses_the_ways_alone_that_its_rule_allows(office: Office, clock: FixedClock, mail: Outside) -> None:
    engage(office.workshop)
    engage(office.workshop, 2, ways=(SMS,))
    notify(office.workshop, [1], channels=[EMAIL])
    notify(office.workshop, [2])
    notify(office.workshop, [3], officer=2, channels=[EMAIL])
    office.settle()
    clock.advance(MINUTE)
    office.settle()
    assert [one.text for one in mail.messages] == ["【12345】#1#"]
    assert sorted(messages_of(office.workshop)) == [("sent", None, "email"), ("sent", None, "sms")]
    assert messages_of(office.workshop, 2) == [("failed", "no way", None)]


@pytest.mark.parametrize("own", ["hotline@hongkou.example", "MAILER-DAEMON@example.org"])
def test_a_mail_that_would_come_back_is_not_sent(
    workshop: Workshop, clock: FixedClock, mail: Outside, own: str
) -> None:
    office = Office(workshop, {EMAIL: mail}, frozenset({"hotline@hongkou.example"}))
    engage(workshop, ways=(EMAIL,), addresses={EMAIL: own})
    notify(workshop, [1], pressure=URGENT)
    office.settle()
    assert mail.messages == []
    assert messages_of(workshop) == [("failed", "would loop", None)]


def test_who_left_meanwhile_is_sent_nothing(office: Office, clock: FixedClock, sms: Outside) -> None:
    engage(office.workshop)
    notify(office.workshop, [1])
    office.settle()
    run(office.workshop, "UPDATE officers SET active = false")
    clock.advance(MINUTE)
    office.settle()
    assert sms.messages == []
    assert notices_by_end(office.workshop) == {("withheld", "officer left"): 1}


def test_what_was_read_meanwhile_and_what_became_confidential_is_left_out(
    office: Office, clock: FixedClock, sms: Outside
) -> None:
    engage(office.workshop)
    notify(office.workshop, [1, 2, 3, 4])
    office.settle()
    run(office.workshop, "UPDATE officer_notices SET read_at = now() WHERE subject_id = 'ticket 1'")
    for ticket, lead in (("ticket 2", "water"), ("ticket 3", "housing")):
        facts = json.dumps({"restricted": True, "lead": lead})
        run(
            office.workshop,
            "INSERT INTO held_tickets VALUES (:id, 2, CAST(:facts AS jsonb), '{}')",
            id=ticket,
            facts=facts,
        )
    clock.advance(MINUTE)
    office.settle()
    (message,) = sms.messages
    assert message.text == "【12345】2条提醒：\n· #3#\n· #4#"
    assert notices_by_end(office.workshop) == {
        ("sent", None): 2,
        ("withheld", "read already"): 1,
        ("withheld", "confidential"): 1,
    }


def test_a_later_step_is_left_out_when_somebody_has_read_an_earlier_one(
    office: Office, clock: FixedClock, sms: Outside
) -> None:
    engage(office.workshop)
    notify(office.workshop, [1, 2])
    office.settle()
    run(office.workshop, "UPDATE officer_notices SET step = 1")
    chain = (
        "INSERT INTO escalations (escalation_id, event_id, rule, rule_version, subject_kind, subject_id, telling,"
        " chain, done_by, state, step, started_at, due_at) SELECT notice_id, event_id, rule, 1, subject_kind,"
        " subject_id, '{}', '{}', '', :state, 1, caused_at, :due FROM officer_notices WHERE subject_id = :ticket"
    )
    run(office.workshop, chain, state="read", due=None, ticket="ticket 1")
    run(office.workshop, chain, state="running", due=NOON, ticket="ticket 2")
    clock.advance(MINUTE)
    office.settle()
    assert [one.text for one in sms.messages] == ["【12345】#2#"]
    assert notices_by_end(office.workshop) == {("sent", None): 1, ("withheld", "read earlier"): 1}


def test_a_message_that_must_be_read_has_the_same_link_each_time(office: Office, sms: Outside) -> None:
    site = Office(office.workshop, {SMS: sms}, site="https://notifier.example/")
    sms.says = lambda message: sms.messages.append(message) or refuse(passes=True)  # type: ignore[func-returns-value]
    engage(office.workshop)
    notify(office.workshop, [1], pressure=URGENT, read_within=MINUTE)
    site.settle()
    sms.says = lambda _: None
    run(office.workshop, "UPDATE officer_messages SET due_at = now()")
    site.settle()
    first, again = sms.messages
    assert first == again
    assert first.text.startswith("【12345】#1#\n阅后请点：https://notifier.example/n/")
    notify(office.workshop, [2], pressure=URGENT)
    site.settle()
    assert sms.messages[-1].text == "【12345】#2#"


def test_a_notice_without_words_does_not_keep_the_others(office: Office, clock: FixedClock, sms: Outside) -> None:
    engage(office.workshop)
    notify(office.workshop, [1, 2])
    run(office.workshop, "UPDATE officer_notices SET template = 'unknown' WHERE subject_id = 'ticket 1'")
    office.settle()
    clock.advance(MINUTE)
    office.settle()
    (message,) = sms.messages
    assert message.text == "【12345】#2#"
    assert notices_by_end(office.workshop) == {("sent", None): 1, ("withheld", "no words"): 1}


def test_a_passing_failure_is_tried_again_by_the_same_way(office: Office, sms: Outside, mail: Outside) -> None:
    sms.says = lambda _: refuse(passes=True)
    engage(office.workshop)
    notify(office.workshop, [1], pressure=URGENT)
    office.settle()
    assert messages_of(office.workshop) == [("closed", "answered 550", "sms")]
    for _ in range(RULES.retry.attempts):
        run(office.workshop, "UPDATE officer_messages SET due_at = now()")
        office.settle()
    assert len(mail.messages) == 1


@pytest.mark.parametrize(("pressure", "by_mail"), [(Pressure.NORMAL, 0), (Pressure.URGENT, 1)])
def test_what_may_have_been_sent_goes_another_way_only_if_it_is_urgent(
    office: Office, clock: FixedClock, sms: Outside, mail: Outside, pressure: Pressure, by_mail: int
) -> None:
    def cut(_: object) -> None:
        raise MaybeSent("no answer to the content")

    sms.says = cut
    engage(office.workshop)
    notify(office.workshop, [1], pressure=pressure)
    office.settle()
    clock.advance(MINUTE)
    office.settle()
    assert len(mail.messages) == by_mail
    assert sum(notices_by_end(office.workshop).values()) == 1
    assert ("bundled", None) not in notices_by_end(office.workshop)


@pytest.mark.parametrize(("channel", "again"), [(SMS, True), (EMAIL, False)])
def test_what_was_being_sent_when_its_process_ended_is_asked_for_again_where_repetitions_are_known(
    office: Office, sms: Outside, mail: Outside, clock: FixedClock, channel: object, again: bool
) -> None:
    class Killed(BaseException):
        pass

    def kill(_: object) -> None:
        raise Killed

    engage(office.workshop, ways=(SMS,) if channel is SMS else (EMAIL,))
    outside = sms if channel is SMS else mail
    outside.says = kill
    notify(office.workshop, [1])
    office.settle()
    clock.advance(MINUTE)
    with pytest.raises(Killed):
        office.settle()
    expire_claims(office.workshop)
    outside.says = lambda _: None
    office.settle()
    assert len(outside.messages) == (1 if again else 0)
    ((status, cause, _),) = messages_of(office.workshop)
    assert (status, cause) == (("sent", None) if again else ("failed", "interrupted"))


def test_what_could_not_leave_for_days_has_failed(office: Office, clock: FixedClock, sms: Outside) -> None:
    engage(office.workshop)
    notify(office.workshop, [1])
    office.settle()
    clock.advance(timedelta(hours=RULES.given_up_after_h) + 2 * MINUTE)
    office.settle()
    assert sms.messages == []
    assert notices_by_end(office.workshop) == {("failed", "too late"): 1}
