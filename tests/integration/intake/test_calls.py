"""The call list is worked off: each call counts once, a person is called a few times, and nobody after they said no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.intake.app.addressee import CallerOfTicket
from services.intake.app.check_calls import CheckCalls
from services.intake.app.sending_ports import StillTrue
from services.intake.domain.telling import Way
from services.intake.store.call_list import SqlCallBook
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.following import asked, follow_ups
from tests.integration.intake.settling import ANSWER, HOUSING, take
from tests.integration.intake.telling import filed, state_of, stopped, tell, told, tries


def items(intake: Intake, subject: str = "desk", **query: Any) -> list[dict[str, Any]]:
    answer = intake.client("hub", subject=subject).get("/call-list", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def enter(intake: Intake, item: dict[str, Any], result: str, subject: str = "desk") -> Any:
    body = {"version": item["version"], "result": result}
    return intake.client("hub", subject=subject).post(f"/call-list/{item['id']}/result", json=body)


def to_tell(intake: Intake, **more: Any) -> str:
    return tell(intake, filed(intake), Way.CALL, **more)


def test_who_is_reached_is_told_and_leaves_the_list(intake: Intake) -> None:
    telling = to_tell(intake)
    (item,) = items(intake)
    assert (item["kind"], item["id"], item["occasion"], item["tries"]) == ("tell", telling, "answered", 0)
    assert enter(intake, item, "reached").status_code == 200
    assert state_of(intake, telling) == ("call", "delivered", None)
    assert tries(intake, telling) == [("call", "reached", None)]
    assert items(intake) == []


def test_who_is_not_reached_is_called_again_later_and_not_for_ever(intake: Intake) -> None:
    telling = to_tell(intake)
    for attempt in range(3):
        (item,) = items(intake)
        assert item["tries"] == attempt
        assert enter(intake, item, "not reached").status_code == 200
        assert items(intake) == []
        intake.clock.advance(timedelta(hours=3))
    assert items(intake) == []
    assert state_of(intake, telling) == ("call", "failed", "not reached")
    assert len(tries(intake, telling)) == 3


def test_a_wrong_number_ends_it(intake: Intake) -> None:
    telling = to_tell(intake)
    assert enter(intake, items(intake)[0], "wrong number").status_code == 200
    assert state_of(intake, telling) == ("call", "failed", "wrong number")


def test_who_wants_no_calls_gets_no_messages_either(intake: Intake) -> None:
    telling = to_tell(intake)
    assert enter(intake, items(intake)[0], "refused").status_code == 200
    assert state_of(intake, telling) == ("call", "failed", "refused")
    person = told(intake, telling)["person"]
    with intake.workshop.open() as work:
        assert stopped(work, [person]) == {person}


def test_of_two_clerks_who_called_the_same_person_one_is_told_so(intake: Intake) -> None:
    telling = to_tell(intake)
    (one,) = items(intake, "wang")
    (other,) = items(intake, "li")
    assert enter(intake, one, "not reached", "wang").status_code == 200
    refused = problem(enter(intake, other, "reached", "li"), 409)
    assert (refused["current_version"], refused["current_state"]) == (1, "waiting")
    assert tries(intake, telling) == [("call", "not reached", "not reached")]


def test_a_call_that_is_entered_twice_counts_once(intake: Intake) -> None:
    telling = to_tell(intake)
    (item,) = items(intake)
    assert enter(intake, item, "reached").status_code == 200
    problem(enter(intake, item, "reached"), 409)
    assert len(tries(intake, telling)) == 1


def test_what_may_have_been_sent_is_called_too(intake: Intake) -> None:
    telling = tell(intake, filed(intake), Way.EMAIL, state="unsure", cause="interrupted")
    (item,) = items(intake)
    assert item["id"] == telling
    assert enter(intake, item, "reached").status_code == 200
    assert state_of(intake, telling) == ("email", "delivered", None)


@pytest.mark.parametrize(("way", "state"), [(Way.SMS, "waiting"), (Way.SMS, "sent"), (Way.CALL, "withheld")])
def test_what_nobody_need_tell_is_not_listed_and_takes_no_result(intake: Intake, way: Way, state: str) -> None:
    telling = tell(intake, filed(intake), way, state=state)
    assert items(intake) == []
    problem(enter(intake, {"id": telling, "version": 0}, "reached"), 409)


def test_what_is_not_due_yet_is_not_listed(intake: Intake) -> None:
    to_tell(intake, not_before=intake.clock.now() + timedelta(hours=1))
    assert items(intake) == []


def test_visits_and_questions_after_works_stand_on_the_same_list(intake: Intake) -> None:
    _, (asked_about,) = asked(intake, 1)
    settled = intake.file()
    intake.classify(settled)
    assert take(intake, settled, "settlement", HOUSING, subject="plumber", **ANSWER).status_code == 200
    fresh = intake.file()
    intake.classify(fresh)
    listed = {one["kind"]: one for one in items(intake)}
    assert listed.keys() == {"visit", "ask"}
    assert (listed["visit"]["id"], listed["visit"]["answer"]) == (settled, "已修好。")
    assert (listed["ask"]["id"], listed["ask"]["ticket_id"]) == (follow_ups(intake)[0]["follow_up_id"], asked_about)
    assert {one["id"] for one in items(intake, occasion="contact")} == {fresh}
    assert {one["id"] for one in items(intake, occasion="visit", unit="housing")} == {settled}
    assert items(intake, occasion="visit", unit="fire") == []
    said = intake.client("hub", subject="desk").post(
        f"/follow-ups/{listed['ask']['id']}/answer", json={"version": listed["ask"]["version"], "solved": True}
    )
    assert said.status_code == 200, said.text
    assert {one["kind"] for one in items(intake)} == {"visit"}


def test_whoever_settled_a_ticket_is_not_asked_to_call_about_it(intake: Intake) -> None:
    settled = intake.file()
    intake.classify(settled)
    assert take(intake, settled, "settlement", "hub", subject="desk", **ANSWER).status_code == 200
    assert items(intake, "desk") == []
    assert [one["id"] for one in items(intake, "another")] == [settled]


def check(intake: Intake, still_true: StillTrue = lambda *_: None) -> None:
    calls = CheckCalls(SqlCallBook(), still_true, CallerOfTicket(intake.vault))
    with intake.workshop.open() as work:
        assert calls(work, None) is None


def test_what_is_no_longer_so_is_taken_off_the_list_with_its_cause(intake: Intake) -> None:
    telling = to_tell(intake)
    check(intake)
    assert [one["id"] for one in items(intake)] == [telling]
    check(intake, lambda *_: "superseded")
    assert items(intake) == []
    assert state_of(intake, telling) == ("call", "withheld", "superseded")


def test_of_what_may_have_been_sent_nobody_says_that_it_was_withheld(intake: Intake) -> None:
    telling = tell(intake, filed(intake), Way.EMAIL, state="unsure", cause="interrupted")
    check(intake, lambda *_: "superseded")
    assert state_of(intake, telling) == ("email", "failed", "superseded")


def test_nobody_calls_a_person_who_was_erased(intake: Intake) -> None:
    telling = to_tell(intake)
    intake.execute("DELETE FROM vault_keys")
    check(intake)
    assert items(intake) == []
    assert state_of(intake, telling) == ("call", "withheld", "erased")
