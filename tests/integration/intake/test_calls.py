"""The call list is worked off: each call counts once, a person is called a few times, and nobody after they said no."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, text

from services.intake.app.addressee import CallerOfTicket
from services.intake.app.check_calls import CheckCalls
from services.intake.app.sending_ports import StillTrue
from services.intake.domain.caller_access import Asker, ReadingPurpose
from services.intake.domain.scope import TicketScope
from services.intake.domain.telling import Way
from services.intake.files.caller_access import caller_access
from services.intake.store.call_book import SqlCallBook
from services.intake.store.caller_scope import callers_known_to
from services.intake.store.tables import tickets
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.following import asked, follow_ups
from tests.integration.intake.settling import ANSWER, HOUSING, take
from tests.integration.intake.telling import filed, row_of, state_of, stopped, tell, tries


def items(intake: Intake, subject: str = "desk", **query: Any) -> list[dict[str, Any]]:
    answer = intake.client("hub", subject=subject).get("/call-list", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def enter(intake: Intake, item: dict[str, Any], result: str, subject: str = "desk") -> Any:
    body = {"version": item["version"], "result": result}
    return intake.client("hub", subject=subject).post(f"/call-list/{item['id']}/result", json=body)


def to_tell(intake: Intake, **more: Any) -> str:
    return tell(intake, filed(intake), Way.CALL, **more)


def test_who_is_reached_leaves_the_list(intake: Intake) -> None:
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
    person = row_of(intake, telling)["person"]
    with intake.workshop.open() as work:
        assert stopped(work, [person]) == {person}


def test_of_two_clerks_who_called_the_same_person_one_is_refused(intake: Intake) -> None:
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
    assert (listed["ask"]["type_code"], listed["ask"]["place"]["estate"]) == ("MJ01", "liangcheng-2")
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


# --- first contacts -------------------------------------------------------------------------------------------------

FIRE = "department:fire"


def contacts(intake: Intake, *roles: str, subject: str = "li", **query: Any) -> list[dict[str, Any]]:
    answer = intake.client(*roles, subject=subject).get("/call-list", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def dispatched(intake: Intake, **body: Any) -> str:
    ticket = intake.file(**body)
    intake.classify(ticket)
    return ticket


def test_a_unit_has_the_first_contacts_of_its_own_tickets_and_no_other_call(intake: Intake) -> None:
    ticket = dispatched(intake)
    to_tell(intake)
    settled = dispatched(intake)
    assert take(intake, settled, "settlement", HOUSING, subject="plumber", **ANSWER).status_code == 200
    (item,) = contacts(intake, HOUSING)
    assert (item["kind"], item["id"], item["number"]) == ("contact", ticket, intake.show(ticket)["number"])
    (limit,) = [one["due_at"] for one in intake.show(ticket)["clocks"] if one["kind"] == "contact"]
    assert item["limit"] == limit
    assert contacts(intake, FIRE) == []
    assert contacts(intake, FIRE, HOUSING, unit="fire") == []
    problem(intake.client(FIRE).get("/call-list", params={"unit": "housing"}), 403)
    problem(intake.client(HOUSING).get("/call-list", params={"occasion": "visit"}), 403)


def test_what_the_unit_may_not_know_the_hub_calls_for(intake: Intake) -> None:
    open_, secret = dispatched(intake), dispatched(intake, confidential=True)
    assert [one["id"] for one in contacts(intake, HOUSING)] == [open_]
    assert [(one["kind"], one["id"]) for one in items(intake)] == [("contact", secret)]
    assert {one["id"] for one in items(intake, occasion="contact")} == {open_, secret}


def test_a_restricted_ticket_is_called_about_by_the_person_it_is_assigned_to(intake: Intake) -> None:
    ticket = dispatched(intake)
    intake.execute(f"UPDATE tickets SET restricted = true, assignee = 'wu' WHERE id = '{ticket}'")  # noqa: S608
    assert contacts(intake, HOUSING) == []
    assert [one["id"] for one in contacts(intake, HOUSING, subject="wu")] == [ticket]


ASKERS = [
    Asker(TicketScope(frozenset(departments), frozenset(places), whole, "wu"), hub, identity_reader)
    for departments in ((), ("housing",), ("fire",))
    for places in ((), ("310109016",))
    for whole in (False, True)
    for hub in (False, True)
    for identity_reader in (False, True)
]


def test_everybody_is_listed_the_calls_whose_callers_they_may_know(intake: Intake) -> None:
    """The condition in SQL against the table, reader by reader."""
    ticket_id, access = dispatched(intake), caller_access()
    marks = product((False, True), (False, True), (None, "fire"), (None, "wu"), ("dispatched", "settled"))
    for confidential, restricted, about, assignee, state in marks:
        with intake.workshop.open() as work:
            values = {"c": confidential, "r": restricted, "a": about, "p": assignee, "s": state}
            work.connection.execute(
                text("UPDATE tickets SET confidential=:c, restricted=:r, about_unit=:a, assignee=:p, state=:s"), values
            )
            ticket = intake.wiring.caller_data.read.tickets.find(work, ticket_id)
            assert ticket
            for asker, purpose in product(ASKERS, ReadingPurpose):
                query = select(tickets.c.id).where(callers_known_to(access, asker, purpose))
                found = work.connection.execute(query).all()
                assert bool(found) is bool(access.reader_for(asker, ticket, purpose)), (asker, purpose, ticket)


def miss(intake: Intake, item: dict[str, Any], result: str = "not reached", subject: str = "li") -> Any:
    body = {"version": item["version"], "result": result}
    return intake.client(HOUSING, subject=subject).post(f"/tickets/{item['id']}/missed-contact", json=body)


def test_a_first_contact_in_vain_is_listed_again_later_and_not_for_ever(intake: Intake) -> None:
    ticket = dispatched(intake)
    for number in range(3):
        (item,) = contacts(intake, HOUSING)
        assert item["tries"] == number
        assert miss(intake, item).status_code == 200
        assert contacts(intake, HOUSING) == []
        intake.clock.advance(timedelta(hours=2))
    assert contacts(intake, HOUSING) == []
    shown = intake.show(ticket)
    assert (shown["state"], shown["unreached"]) == ("dispatched", 3)
    assert [one["detail"] for one in shown["history"] if one["step"] == "miss contact"] == ["not reached"] * 3


def test_a_wrong_number_leaves_the_units_list_at_once(intake: Intake) -> None:
    dispatched(intake)
    (item,) = contacts(intake, HOUSING)
    assert miss(intake, item, "wrong number").status_code == 200
    intake.clock.advance(timedelta(days=1))
    assert contacts(intake, HOUSING) == []


def test_of_two_handlers_who_called_one_is_refused(intake: Intake) -> None:
    dispatched(intake)
    (item,) = contacts(intake, HOUSING)
    assert miss(intake, item).status_code == 200
    problem(miss(intake, item, subject="wu"), 409)


def test_another_unit_begins_its_tries_anew(intake: Intake) -> None:
    ticket = dispatched(intake)
    (item,) = contacts(intake, HOUSING)
    assert miss(intake, item).status_code == 200
    assert take(intake, ticket, "redispatch", "hub", lead="fire", reason="消防通道").status_code == 200
    assert [one["tries"] for one in contacts(intake, FIRE)] == [0]


def test_a_caller_who_was_reached_in_the_end_counts_as_reached(intake: Intake) -> None:
    ticket = dispatched(intake)
    assert miss(intake, contacts(intake, HOUSING)[0]).status_code == 200
    assert take(intake, ticket, "contact", HOUSING, note="已约定周三").status_code == 200
    assert intake.show(ticket)["unreached"] == 0


# --- asked after the works ------------------------------------------------------------------------------------------


def clerk(intake: Intake, subject: str = "desk") -> Any:
    return intake.client("hub", subject=subject, hours=24 * 365)


def questions(intake: Intake) -> list[dict[str, Any]]:
    return list(clerk(intake).get("/call-list", params={"occasion": "ask"}).json()["items"])


def ask_in_vain(intake: Intake, item: dict[str, Any], result: str = "not reached", subject: str = "desk") -> Any:
    body = {"version": item["version"], "result": result}
    return clerk(intake, subject).post(f"/follow-ups/{item['id']}/missed-call", json=body)


def test_who_is_not_reached_after_the_works_is_called_again_and_then_let_be(intake: Intake) -> None:
    asked(intake, 1)
    for number in range(3):
        (item,) = questions(intake)
        assert item["tries"] == number
        assert ask_in_vain(intake, item).status_code == 200
        assert questions(intake) == []
        intake.clock.advance(timedelta(hours=24))
    (one,) = follow_ups(intake)
    assert (one["stage"], one["missed"]) == ("not reached", 3)
    shown = clerk(intake).get(f"/follow-ups/{one['follow_up_id']}").json()
    assert [(call["actor"], call["result"]) for call in shown["calls"]] == [("desk", "not reached")] * 3


@pytest.mark.parametrize("result", ["wrong number", "refused"])
def test_what_cannot_be_asked_by_telephone_ends_at_once(intake: Intake, result: str) -> None:
    _, (ticket_id,) = asked(intake, 1)
    (item,) = questions(intake)
    assert ask_in_vain(intake, item, result).json()["stage"] == "not reached"
    with intake.workshop.open() as work:
        ticket = intake.wiring.caller_data.read.tickets.find(work, ticket_id)
        assert ticket
        assert bool(stopped(work, [ticket.caller_ref or ""])) is (result == "refused")


def test_of_two_clerks_who_asked_in_vain_one_is_refused(intake: Intake) -> None:
    asked(intake, 1)
    (item,) = questions(intake)
    assert ask_in_vain(intake, item).status_code == 200
    problem(ask_in_vain(intake, item, subject="another"), 409)


def test_an_answer_that_comes_after_the_last_call_still_counts(intake: Intake) -> None:
    asked(intake, 1)
    (item,) = questions(intake)
    version = ask_in_vain(intake, item, "wrong number").json()["version"]
    said = clerk(intake).post(f"/follow-ups/{item['id']}/answer", json={"version": version, "solved": True})
    assert said.json()["stage"] == "solved"


def test_a_visit_in_vain_is_listed_again_later(intake: Intake) -> None:
    settled = dispatched(intake)
    assert take(intake, settled, "settlement", HOUSING, subject="plumber", **ANSWER).status_code == 200
    assert take(intake, settled, "missed-visit", "hub", reason="未接通").status_code == 200
    assert items(intake, occasion="visit") == []
    intake.clock.advance(timedelta(hours=3))
    assert [(one["id"], one["tries"]) for one in items(intake, occasion="visit")] == [(settled, 1)]
