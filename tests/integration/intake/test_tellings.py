"""What callers are sent: planned with the step, once, by a way that reaches them, or withheld for a cause."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from services.chassis.working_days import SHANGHAI
from services.contracts.event import Envelope
from services.intake.domain.telling_plan import Cause
from services.intake.store.telling_tables import tellings
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import NOW, Intake, classified, fresh_key, problem
from tests.integration.intake.following import Issue, advanced, take, take_one_by_one
from tests.integration.intake.settling import ANSWER, HOUSING, dispatched
from tests.integration.intake.settling import take as step
from tests.integration.intake.statements import counted

MOBILE = {"caller": {"phone": "13812345678"}}
LANDLINE = {"caller": {"phone": "65431234"}}


def rows(intake: Intake) -> Sequence[Any]:
    with intake.workshop.engine.connect() as connection:
        return connection.execute(select(tellings).order_by(tellings.c.planned_at, tellings.c.id)).all()


def outcomes(intake: Intake, ticket_id: str | None = None) -> list[tuple[str, str]]:
    """(occasion, way or cause) of a ticket or of all, sorted."""
    return sorted((row.occasion, row.way or row.cause) for row in rows(intake) if ticket_id in (None, row.ticket_id))


def phones(number: int) -> dict[str, Any]:
    return {"caller": {"phone": f"138{number:08}"}}


def settled(intake: Intake, **body: Any) -> str:
    ticket_id = dispatched(intake, **body)
    assert step(intake, ticket_id, "settlement", HOUSING, subject="li", **ANSWER).status_code == 200
    return ticket_id


def still_true(intake: Intake) -> dict[str, Cause | None]:
    """By occasion, what is asked before a message leaves."""
    with intake.workshop.open() as work:
        return {row.occasion: intake.wiring.telling.still_true(work, row) for row in rows(intake)}


def test_a_caller_gets_number_and_limit_when_their_ticket_has_a_unit(intake: Intake) -> None:
    ticket_id = intake.file(**MOBILE)
    assert outcomes(intake) == []
    intake.classify(ticket_id, times=2)
    (one,) = intake.client("hub").get(f"/tickets/{ticket_id}/tellings").json()["items"]
    assert (one["occasion"], one["way"], one["state"], one["cause"]) == ("received", "sms", "waiting", None)
    number = intake.show(ticket_id)["number"]
    assert one["words"]["zh"] == f"您反映的“屋面渗漏水”已受理，编号{number}，最迟7月8日答复您。"
    assert one["not_before"] == "2026-07-01T00:00:00Z"  # eight in the morning
    shown = intake.show(ticket_id)
    assert shown["reach"] == ["mobile"]
    assert [line["occasion"] for line in shown["tellings"]] == ["received"]


def test_the_steps_of_a_ticket_up_to_the_redo_are_sent_each_once(intake: Intake) -> None:
    ticket_id = settled(intake, **MOBILE)
    visit = {"caller_solved": False, "redo": "还在漏"}
    assert step(intake, ticket_id, "visit", **visit).status_code == 200
    assert outcomes(intake) == [("answered", "sms"), ("done again", "sms"), ("received", "sms")]
    intake.clock.advance(timedelta(days=1))
    assert step(intake, ticket_id, "settlement", HOUSING, subject="li", **ANSWER).status_code == 200
    assert Counter(one for one, _ in outcomes(intake))["answered"] == 2  # each redo is asked about anew
    redo = next(row for row in rows(intake) if row.occasion == "done again")
    assert datetime.fromisoformat(redo.facts["limit"]) == datetime(2026, 7, 7, tzinfo=SHANGHAI)  # its own limit


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (MOBILE, [("answered", "sms"), ("received", "sms")]),
        (LANDLINE, [("answered", "call"), ("received", "no way to reach them")]),
        ({"caller": {"email": "wang@example.cn"}}, [("answered", "email"), ("received", "email")]),
        ({}, [("answered", "anonymous"), ("received", "anonymous")]),
        ({"caller": {"id": "A17"}}, [("answered", "no way to reach them"), ("received", "no way to reach them")]),
        ({"caller": {"phone": "00000000"}}, [("answered", "anonymous"), ("received", "anonymous")]),
    ],
)
def test_whoever_cannot_be_notified_has_a_row_that_says_why(
    intake: Intake, caller: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    settled(intake, **caller)
    assert outcomes(intake) == expected
    assert {row.state for row in rows(intake) if row.cause} <= {"withheld"}


def test_the_past_the_city_and_the_confidential_are_not_answered_in_writing(intake: Intake) -> None:
    past = {"source_id": "1", "text": "楼顶漏雨", "channel": "file", "caller": {"phone": "13812345671"}}
    answer = intake.client("hub").post("/tickets/batch", json={"source": "2024", "mode": "history", "tickets": [past]})
    of_past = answer.json()["results"][0]["ticket_id"]
    of_city = {"number": "260701083000000123", "text": "楼顶漏雨", **phones(1)}
    filed = intake.client("city", subject="city").post("/city/tickets", json=of_city, headers=fresh_key()).json()
    restricted = intake.file(**MOBILE)
    intake.classify(of_past)
    intake.classify(filed["ticket_id"])
    intake.classify(restricted, sensitive="minor")
    assert outcomes(intake, of_past) == [("followed", "imported history")]
    assert outcomes(intake, filed["ticket_id"]) == [("received", "the city tells them")]
    assert outcomes(intake, restricted) == [("received", "confidential")]
    lead = f"department:{intake.show(restricted)['lead']}"
    assert step(intake, restricted, "settlement", lead, subject="li", **ANSWER).status_code == 200
    assert ("answered", "call") in outcomes(intake, restricted)  # a person speaks with them


def test_a_person_gets_no_more_messages_than_the_limit_and_the_rest_is_withheld(intake: Intake) -> None:
    batch = [classified(intake.file(**MOBILE), type_code="XQ01") for _ in range(5)]
    with intake.workshop.open() as work:
        intake.wiring.dispatch(batch, work)
    assert Counter(outcomes(intake)) == {("received", "sms"): 3, ("received", "limit reached"): 2}
    later = intake.file(**MOBILE)
    intake.classify(later)
    assert outcomes(intake, later) == [("received", "limit reached")]
    intake.clock.advance(timedelta(days=1))
    intake.classify(tomorrow := intake.file(**MOBILE))
    assert outcomes(intake, tomorrow) == [("received", "sms")]


def test_two_steps_at_the_same_moment_do_not_exceed_the_limit_together(intake: Intake) -> None:
    for _ in range(2):
        intake.classify(intake.file(**MOBILE), type_code="XQ01")
    batches = [[classified(intake.file(**MOBILE), type_code="XQ01")] for _ in range(2)]
    planned, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with intake.workshop.open() as work:
            intake.wiring.dispatch(batches[0], work)
            planned.set()
            assert go_on.wait(60)

    def second() -> None:
        assert planned.wait(60)
        with intake.workshop.open() as work:
            intake.wiring.dispatch(batches[1], work)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(first), pool.submit(second)]
        assert planned.wait(60)
        eventually(lambda: waiting_for_a_person(intake), within=60, what="the second waits for the first")
        go_on.set()
        for one in running:
            one.result(60)
    assert Counter(outcomes(intake)) == {("received", "sms"): 3, ("received", "limit reached"): 1}


def test_batches_that_tell_the_same_persons_in_another_order_both_end(intake: Intake) -> None:
    batches = [[classified(intake.file(**phones(number))) for number in order] for order in ((1, 2, 3), (3, 2, 1))]
    start = threading.Barrier(2)

    def tell_them(batch: Sequence[Envelope]) -> None:
        with intake.workshop.open() as work:
            start.wait(60)
            intake.wiring.dispatch(batch, work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tell_them, batches))
    assert Counter(outcomes(intake)) == {("received", "sms"): 6}


def waiting_for_a_person(intake: Intake) -> bool:
    with intake.workshop.engine.connect() as connection:
        asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 12345 AND NOT granted")
        return bool(connection.execute(asked).scalar_one())


def test_two_hundred_steps_are_planned_with_one_statement_to_read_and_one_to_write(intake: Intake) -> None:
    batch = [classified(intake.file(**phones(number))) for number in range(200)]
    with counted(intake) as statements, intake.workshop.open() as work:
        intake.wiring.dispatch(batch, work)
    about = [one.split()[0] for one in statements if "tellings" in one]
    assert sorted(about) == ["INSERT", "SELECT"]
    assert len(rows(intake)) == 200


def test_a_transaction_that_dies_after_any_statement_tells_nobody_and_the_next_tells_once(intake: Intake) -> None:
    batch = [classified(intake.file(**phones(number))) for number in range(3)]
    died = 0
    while True:
        left = died

        def die(*_: Any) -> None:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1

        event.listen(intake.workshop.engine, "after_cursor_execute", die)
        try:
            with intake.workshop.open() as work:
                intake.wiring.dispatch(batch, work)
        except Killed:
            died += 1
        else:
            break
        finally:
            event.remove(intake.workshop.engine, "after_cursor_execute", die)
        if not any(intake.show(one.event.aggregate_id)["state"] == "dispatched" for one in batch):
            assert outcomes(intake) == []
    assert died > 5
    assert outcomes(intake) == [("received", "sms")] * 3


class Killed(BaseException):
    """The process dies here: the transaction is lost."""


def story(intake: Intake) -> list[Envelope]:
    """All that is read of a hot issue, from the early warning to the acceptance."""
    issue = Issue(state="suspected")
    callers = [intake.file(**phones(number)) for number in (1, 2)]
    nobody = intake.file()
    run = [issue.joined(callers[0]), issue.becomes("confirmed"), issue.joined(callers[1]), issue.joined(nobody)]
    run += [issue.becomes("decided"), advanced(issue, "suspended", 2), advanced(issue, "listed", 3)]
    return [*run, issue.becomes("in cure"), issue.becomes("observing")]


def test_the_callers_of_a_hot_issue_are_notified_from_the_finding_to_the_question(intake: Intake) -> None:
    events = story(intake)
    for one in events:
        take(intake, one)
    callers = [row for row in rows(intake) if row.hot_issue_id and len(row.person) == 32]
    by_caller = Counter(row.occasion for row in callers)
    assert by_caller == dict.fromkeys(
        ("problem found", "works decided", "works suspended", "works resumed", "works start", "works accepted"), 2
    )
    assert [(row.occasion, row.cause) for row in rows(intake) if len(row.person) != 32] == [
        ("problem found", "anonymous")
    ]
    intake.clock.advance(timedelta(days=90, seconds=1))
    assert intake.fire_timers() == 2
    asked = [row for row in rows(intake) if row.occasion == "asked"]
    assert [row.way for row in asked] == ["sms", "sms"]
    assert {row.facts["count"] for row in asked} == {5}


def test_all_topics_read_again_plan_nothing_new(intake: Intake) -> None:
    events = story(intake)
    tickets = [intake.file(**phones(number)) for number in (7, 8)]
    readings = [classified(one) for one in tickets]
    for _ in range(2):
        for one in events:
            take(intake, one)
        with intake.workshop.open() as work:
            intake.wiring.dispatch(readings, work)
    before = rows(intake)
    assert len(before) > 10
    for one in [*events, *reversed(events)]:
        take(intake, one)
    for _ in range(2):
        with intake.workshop.open() as work:
            intake.wiring.dispatch(readings, work)
    assert rows(intake) == before


@pytest.mark.parametrize("decision", ["service", "rule"])
def test_of_a_service_or_a_rule_nobody_is_notified_of_works(intake: Intake, decision: str) -> None:
    issue, ticket_id = Issue(), intake.file(**MOBILE)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    for state in ("decided", "in cure", "observing"):
        take(intake, issue.becomes(state, decision=decision, project_id=None))
    items = intake.client("hub").get(f"/tickets/{ticket_id}/tellings").json()["items"]
    said = [words for one in items for words in one["words"].values()]
    assert len(said) == 8
    assert not any(word in one for one in said for word in ("works", "repair", "工程", "修缮"))


def test_an_explanation_is_sent_with_its_reason(intake: Intake) -> None:
    issue, ticket_id = Issue(), intake.file(**LANDLINE)
    reason = {"decision": "explain", "project_id": None, "decision_reason": "属于正常养护"}
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("explained", **reason))
    items = intake.client("hub").get(f"/tickets/{ticket_id}/tellings").json()["items"]
    (last,) = [one for one in items if one["occasion"] == "explained"]
    assert last["way"] == "call"
    assert "原因：属于正常养护" in last["words"]["zh"]


def test_whoever_joins_what_is_known_is_notified_once_that_they_follow_it(intake: Intake) -> None:
    issue, first = Issue(), intake.file(**phones(1))
    take(intake, issue.becomes("confirmed"), issue.joined(first))
    body = phones(2)
    hub = intake.client("hub")
    answer = hub.post(f"/known-matters/{issue.id}/followers", json=body, headers=fresh_key())
    assert answer.status_code == 202, answer.text
    assert outcomes(intake, answer.json()["ticket_id"]) == [("followed", "sms")]


def test_what_is_no_longer_true_when_it_would_leave_is_superseded(intake: Intake) -> None:
    ticket_id = intake.file(**MOBILE)
    intake.classify(ticket_id, confidence=0.2)
    assert still_true(intake) == {"in review": None}
    assert step(intake, ticket_id, "dispatch", type_code="MJ01", lead="housing", reason="漏雨").status_code == 200
    assert still_true(intake) == {"in review": Cause.SUPERSEDED, "received": None}
    assert step(intake, ticket_id, "settlement", HOUSING, subject="li", **ANSWER).status_code == 200
    assert still_true(intake)["received"] is Cause.SUPERSEDED
    assert still_true(intake)["answered"] is None
    intake.clock.advance(timedelta(days=1))
    assert step(intake, ticket_id, "visit", caller_solved=False, redo="还在漏").status_code == 200
    assert still_true(intake)["answered"] is Cause.SUPERSEDED
    intake.execute("UPDATE tickets SET restricted = true")
    assert still_true(intake)["done again"] is Cause.CONFIDENTIAL
    intake.execute(
        "UPDATE tickets SET restricted = false", "UPDATE tellings SET occasion = 'gone' WHERE occasion = 'done again'"
    )
    assert still_true(intake)["gone"] is Cause.SUPERSEDED


def test_what_waits_and_is_overtaken_uses_up_no_limit(intake: Intake) -> None:
    ticket_id = intake.file(**MOBILE)
    intake.classify(ticket_id, confidence=0.2)
    assert step(intake, ticket_id, "dispatch", type_code="MJ01", lead="housing", reason="漏雨").status_code == 200
    assert step(intake, ticket_id, "settlement", HOUSING, subject="li", **ANSWER).status_code == 200
    assert step(intake, ticket_id, "visit", caller_solved=False, redo="还在漏").status_code == 200
    assert outcomes(intake) == [(one, "sms") for one in ("answered", "done again", "in review", "received")]
    issue, other = Issue(), intake.file(**phones(1))
    run = [issue.becomes(state) for state in ("decided", "in cure", "observing", "reopened", "decided")]
    take(intake, issue.becomes("confirmed"), issue.joined(other), *run)
    assert {way for _, way in outcomes(intake, other)} == {"sms"}  # six, of which the last leaves


def test_what_was_sent_counts(intake: Intake) -> None:
    issue, ticket_id = Issue(), intake.file(**MOBILE)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    for state in ("decided", "in cure", "observing"):
        intake.execute("UPDATE tellings SET state = 'sent' WHERE state = 'waiting'")
        take(intake, issue.becomes(state))
    assert ("works accepted", "limit reached") in outcomes(intake)


def test_a_stage_that_has_passed_is_superseded(intake: Intake) -> None:
    issue, ticket_id = Issue(), intake.file(**MOBILE)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    assert still_true(intake) == {"problem found": Cause.SUPERSEDED, "works decided": None}
    take(intake, issue.becomes("in cure"))
    assert still_true(intake)["works decided"] is Cause.SUPERSEDED
    assert still_true(intake)["works start"] is None


def test_whoever_wants_no_messages_gets_none_until_they_want_them_again(intake: Intake) -> None:
    ticket_id = dispatched(intake, **MOBILE)
    hub = intake.client("hub")
    assert hub.post(f"/tickets/{ticket_id}/tellings/stop", json={"stopped": True}).json() == {"stopped": True}
    assert still_true(intake) == {"received": Cause.STOPPED}
    other = dispatched(intake, **MOBILE)
    assert outcomes(intake, other) == [("received", "stopped by the person")]
    assert outcomes(intake, dispatched(intake, **phones(5))) == [("received", "sms")]
    assert hub.post(f"/tickets/{ticket_id}/tellings/stop", json={"stopped": False}).status_code == 200
    assert outcomes(intake, dispatched(intake, **MOBILE)) == [("received", "sms")]


def test_a_dry_run_says_who_would_hear_what_and_leaves_nothing(intake: Intake) -> None:
    ticket_id = dispatched(intake, **LANDLINE)
    before, hub = intake.rows(), intake.client("hub")

    def tried(occasion: str) -> Any:
        return hub.get(f"/tickets/{ticket_id}/tellings/dry-run", params={"occasion": occasion})

    answer = tried("answered").json()
    assert (answer["way"], answer["cause"], answer["not_before"]) == ("call", None, "2026-07-01T00:00:00Z")
    assert answer["words"]["zh"].endswith("已答复。请问问题解决了吗？您对办理满意吗？")
    assert (tried("received").json()["way"], tried("received").json()["cause"]) == (None, "no way to reach them")
    problem(tried("sneezed"), 422, field="occasion", remedy="is none of the table's: received, ")
    problem(tried("asked"), 422, field="occasion", remedy="the caller of this ticket follows none")
    assert intake.rows() == before
    take(intake, (issue := Issue()).becomes("confirmed"), issue.joined(ticket_id))
    assert tried("asked").json()["way"] == "call"


def test_the_call_list_says_what_became_of_each_message(intake: Intake) -> None:
    issue, mobile, landline = Issue(), intake.file(**MOBILE), intake.file(**LANDLINE)
    take(intake, issue.becomes("confirmed"), issue.joined(mobile), issue.joined(landline), issue.becomes("decided"))
    items = intake.client("hub").get("/follow-ups/messages").json()["items"]
    assert {one["ticket_id"]: (one["told"]["way"], one["told"]["state"]) for one in items} == {
        mobile: ("sms", "waiting"),
        landline: ("call", "waiting"),
    }
    (one,) = [one for one in intake.client("hub").get("/follow-ups").json()["items"] if one["ticket_id"] == mobile]
    shown = intake.client("hub").get(f"/follow-ups/{one['follow_up_id']}").json()
    assert [line["told"]["way"] for line in shown["messages"]] == ["sms"]
    intake.execute("DELETE FROM tellings")  # messages that are older than tellings
    assert [one["told"] for one in intake.client("hub").get("/follow-ups/messages").json()["items"]] == [None, None]


def test_the_page_of_a_ticket_shows_what_its_caller_was_sent_and_why_not(intake: Intake) -> None:
    ticket_id = settled(intake, **LANDLINE)
    page = intake.client("hub").get(f"/pages/tickets/{ticket_id}").text
    assert "已告知诉求人" in page
    assert "没有可用的联系方式" in page
    assert f"您的诉求{intake.show(ticket_id)['number']}已答复。" in page
    english = intake.client("hub").get(f"/pages/tickets/{ticket_id}?lang=en").text
    assert "no way to reach them" in english
    assert "65431234" not in page


def test_a_ticket_from_before_its_reach_was_kept_is_called(intake: Intake) -> None:
    ticket_id = intake.file(**MOBILE)
    intake.execute("UPDATE tickets SET reach = '{unknown}'")
    intake.classify(ticket_id)
    assert step(intake, ticket_id, "settlement", HOUSING, subject="li", **ANSWER).status_code == 200
    assert outcomes(intake) == [("answered", "call"), ("received", "no way to reach them")]


@pytest.mark.parametrize("email", ["wang", "wang@", "@example.cn", "wang@example", "王@example.cn", "a b@example.cn"])
def test_what_is_no_address_is_refused(intake: Intake, email: str) -> None:
    body = {"text": "漏水", "caller": {"email": email}}
    problem(intake.client("hub").post("/tickets", json=body, headers=fresh_key()), 422, field="caller.email")
    assert intake.rows()["tickets"] == 0


def test_an_address_is_kept_in_the_vault_alone(intake: Intake) -> None:
    ticket_id = dispatched(intake, caller={"email": "wang.xiaoming@example.cn"})
    with intake.workshop.open() as work:
        caller = intake.vault.reveal(work, ticket_id)
    assert caller
    assert caller.email == "wang.xiaoming@example.cn"
    assert "wang" not in intake.client("hub").get(f"/tickets/{ticket_id}").text


def test_a_message_planned_in_the_night_waits_for_the_morning(intake: Intake) -> None:
    intake.clock.advance(timedelta(hours=15))
    ticket_id = dispatched(intake, **MOBILE)
    (row,) = rows(intake)
    assert (row.ticket_id, row.not_before) == (ticket_id, NOW + timedelta(days=1))


def test_callers_get_the_date_on_which_the_works_are_to_start_and_again_if_that_changes(intake: Intake) -> None:
    issue, ticket_id = Issue(), intake.file(**MOBILE)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    for version, start in enumerate((date(2027, 3, 1), date(2027, 3, 1), date(2027, 4, 1)), start=2):
        intake.clock.advance(timedelta(days=1))
        take(intake, advanced(issue, "listed", version, planned_start=start))
    scheduled = [row for row in rows(intake) if row.occasion == "works scheduled"]
    assert [row.facts["start"] for row in scheduled] == ["2027-03-01", "2027-04-01"]
    with intake.workshop.open() as work:
        assert [intake.wiring.telling.still_true(work, row) for row in scheduled] == [Cause.SUPERSEDED, None]
    said = intake.client("hub", hours=200).get(f"/tickets/{ticket_id}/tellings").json()["items"][-1]["words"]
    assert "计划2027年4月1日开工" in said["zh"]
    assert "start on 1 April 2027" in said["en"]


@pytest.mark.parametrize("project_first", [True, False])
def test_a_decision_and_its_project_are_sent_once_in_whatever_order_they_come(
    intake: Intake, project_first: bool
) -> None:
    issue, ticket_id, start = Issue(), intake.file(**MOBILE), date(2027, 3, 1)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    both = [issue.becomes("decided", planned_start=start), advanced(issue, "need", 1, planned_start=start)]
    take_one_by_one(intake, both[::-1] if project_first else both)
    (planned,) = [row for row in rows(intake) if row.occasion.startswith("works")]
    assert (planned.occasion, planned.facts["start"]) == ("works scheduled", "2027-03-01")


def test_who_joins_when_the_time_to_ask_is_over_is_asked_and_not_notified_of_the_acceptance(intake: Intake) -> None:
    issue, first, late = Issue(), intake.file(**phones(1)), intake.file(**phones(2))
    take(intake, issue.becomes("confirmed"), issue.joined(first), issue.becomes("decided"), issue.becomes("observing"))
    intake.clock.advance(timedelta(days=91))
    take(intake, issue.joined(late))
    assert intake.fire_timers() == 2
    assert [occasion for occasion, _ in outcomes(intake, late)] == ["asked"]


def test_a_pause_that_is_over_is_not_sent_any_more(intake: Intake) -> None:
    ticket_id = dispatched(intake, **MOBILE)
    assert step(intake, ticket_id, "pause", reason="鉴定").status_code == 200
    assert still_true(intake)["paused"] is None
    assert step(intake, ticket_id, "resumption", reason="鉴定完").status_code == 200
    assert still_true(intake)["paused"] is Cause.SUPERSEDED
    assert still_true(intake)["limit resumed"] is None


def test_the_callers_of_many_issues_are_asked_with_one_statement_to_write(intake: Intake) -> None:
    issues = [Issue() for _ in range(4)]
    for number, issue in enumerate(issues):
        callers = [intake.file(**phones(10 * number + one)) for one in range(5)]
        take(intake, issue.becomes("confirmed"), *(issue.joined(one) for one in callers), issue.becomes("observing"))
    intake.clock.advance(timedelta(days=90, seconds=1))
    with counted(intake) as statements:
        assert intake.fire_timers() == 20
    assert [one.split()[0] for one in statements if "INTO tellings" in one] == ["INSERT"]
    assert Counter(outcomes(intake))["asked", "sms"] == 20
