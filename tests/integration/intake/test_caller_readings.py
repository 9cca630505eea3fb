"""Reading who a caller is: everybody against every ticket, each reading with its row, and no other way to the name."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from services.chassis.web.identity import Actor, parse_role
from services.intake.domain.caller_access import ReadingOutcome, ReadingPurpose
from services.intake.domain.steps import TicketState
from services.intake.files.caller_access import caller_access
from services.intake.http.callers import asker_of
from tests.harness.planted import traces
from tests.integration.intake.callers import EMAIL, FLAT, NAME, PHONE, SAID, filed
from tests.integration.intake.conftest import Intake, problem

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "hub": ("hub",),
    "hub's identity reader": ("hub", "identity-reader"),
    "identity reader": ("identity-reader",),
    "supervisor": ("supervisor",),
    "admin": ("admin",),
    "lead": ("department:housing",),
    "lead and identity reader": ("department:housing", "identity-reader"),
    "helper": ("department:liangcheng",),
    "foreign department": ("department:market",),
    "reported unit": ("department:fire",),
    "reported unit and hub": ("department:fire", "hub", "identity-reader"),
    "sub-district": ("subdistrict:310109016",),
}
SUBJECT = "li"


def ask(
    intake: Intake, roles: tuple[str, ...], ticket_id: str, purpose: str = "first contact", who: str = SUBJECT
) -> Any:
    return intake.client(*roles, subject=who).get(f"/tickets/{ticket_id}/caller", params={"purpose": purpose})


def readings(intake: Intake) -> list[dict[str, Any]]:
    with intake.workshop.engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM caller_readings ORDER BY at, id")).mappings()
        return [dict(row) for row in found]


def test_the_lead_reads_who_called_as_it_was_said(intake: Intake) -> None:
    ticket_id = filed(intake)
    answer = ask(intake, PEOPLE["lead"], ticket_id)
    assert answer.json() == {
        "ticket_id": ticket_id, "name": NAME, "phone": PHONE, "email": EMAIL, "address": f"凉城路1201弄12号{FLAT}室",
        "text": SAID,
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    (row,) = readings(intake)
    assert (row["reader"], row["role"], row["unit"], row["purpose"], row["outcome"]) == (
        SUBJECT, "lead", "housing", "first contact", "read",
    )  # fmt: skip
    (shown,) = intake.show(ticket_id)["caller_readings"]
    assert shown["reader"] == SUBJECT


def actor(*roles: str) -> Actor:
    held = [parsed for one in roles if (parsed := parse_role(one))]
    codes = {role: frozenset(code for other, code in held if other == role and code) for role, _ in held}
    kinds = frozenset(role for role, _ in held)
    return Actor(SUBJECT, SUBJECT, kinds, codes.get("department", frozenset()), codes.get("subdistrict", frozenset()))  # type: ignore[call-overload]


def test_everybody_is_answered_as_the_table_says_and_each_reading_has_its_row(intake: Intake) -> None:
    """All roles × states × confidential, restricted, about a unit, assigned; each asked for two purposes."""
    ticket_id = filed(intake)
    access, compared, answered = caller_access(), 0, 0
    for state, confidential, restricted, about, assignee in product(
        (TicketState.DISPATCHED, TicketState.REDO, TicketState.SETTLED, TicketState.IN_REVIEW),
        *[(False, True)] * 2,
        (None, "fire"),
        (None, SUBJECT),
    ):
        with intake.workshop.engine.begin() as connection:
            connection.execute(text("DELETE FROM caller_readings"))
            connection.execute(
                text(
                    "UPDATE tickets SET state = :state, confidential = :confidential, restricted = :restricted,"
                    " about_unit = :about, assignee = :assignee"
                ),
                {"state": state, "confidential": confidential, "restricted": restricted, "about": about,
                 "assignee": assignee},
            )  # fmt: skip
        with intake.workshop.open() as work:
            ticket = intake.wiring.caller_data.read.tickets.find(work, ticket_id)
        assert ticket
        for roles, purpose in product(PEOPLE.values(), (ReadingPurpose.FIRST_CONTACT, ReadingPurpose.REQUEST)):
            who = asker_of(actor(*roles))
            allowed = access.reader_for(who, ticket, purpose)
            expected = 200 if allowed else 403 if who.sees(ticket) else 404
            answer = ask(intake, roles, ticket_id, purpose)
            assert answer.status_code == expected, (roles, purpose, state, confidential, restricted, about, assignee)
            assert (NAME in answer.text) is bool(allowed)
            compared, answered = compared + 1, answered + bool(allowed)
        rows = readings(intake)
        assert len(rows) == len(PEOPLE) * 2
        assert all(row["ticket_id"] is not None and row["outcome"] in ("read", "refused") for row in rows)
    assert compared == 4 * 16 * len(PEOPLE) * 2
    assert 0 < answered < compared


@pytest.mark.parametrize("who", PEOPLE)
def test_no_other_route_names_the_caller(intake: Intake, who: str) -> None:
    ticket_id, asked = filed(intake), 0
    client = intake.client(*PEOPLE[who], subject=SUBJECT)
    for router in intake.routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in route.methods and not route.path.endswith("/caller"):
                answer = client.get(route.path.replace("{ticket_id}", ticket_id))
                asked += 1
                assert traces(answer.text) == set(), route.path
                assert EMAIL not in answer.text, route.path
    assert asked > 20
    assert readings(intake) == []


def test_a_refusal_is_kept_and_an_unknown_ticket_is_not(intake: Intake) -> None:
    ticket_id = filed(intake)
    problem(ask(intake, PEOPLE["supervisor"], ticket_id), 403)
    problem(ask(intake, PEOPLE["foreign department"], ticket_id), 404)
    problem(ask(intake, PEOPLE["hub"], "00000000-0000-0000-0000-000000000000"), 404)
    assert [(row["role"], row["outcome"]) for row in readings(intake)] == [(None, "refused"), (None, "refused")]


def test_without_its_row_nothing_is_shown(intake: Intake) -> None:
    ticket_id = filed(intake)
    intake.execute("ALTER TABLE caller_readings ADD CHECK (outcome <> 'read') NOT VALID")
    answer = ask(intake, PEOPLE["hub"], ticket_id)
    assert answer.status_code == 500
    assert NAME not in answer.text


def test_an_erased_caller_is_said_to_be_gone(intake: Intake) -> None:
    ticket_id = filed(intake)
    intake.execute("DELETE FROM vault_keys")
    problem(ask(intake, PEOPLE["hub"], ticket_id), 410)
    assert [row["outcome"] for row in readings(intake)] == ["gone"]


@pytest.mark.parametrize("purpose", ["", "curiosity", None])
def test_a_purpose_of_the_list_must_be_named(intake: Intake, purpose: str | None) -> None:
    ticket_id = filed(intake)
    params = {} if purpose is None else {"purpose": purpose}
    problem(intake.client("hub").get(f"/tickets/{ticket_id}/caller", params=params), 422, field="query.purpose")


def code_for(intake: Intake, roles: tuple[str, ...], ticket_id: str, who: str = SUBJECT) -> Any:
    return intake.client(*roles, subject=who).post(f"/tickets/{ticket_id}/status-code")


def test_who_speaks_with_the_caller_reads_out_a_code_that_opens_their_ticket(intake: Intake) -> None:
    ticket_id = filed(intake)
    answer = code_for(intake, PEOPLE["lead"], ticket_id)
    given = answer.json()
    assert given.keys() == {"ticket_id", "number", "code"}
    assert given["number"] == intake.show(ticket_id)["number"]
    assert answer.headers["cache-control"] == "no-store"
    (row,) = readings(intake)
    assert (row["reader"], row["role"], row["purpose"], row["outcome"]) == (SUBJECT, "lead", "status code", "read")
    looked = intake.client().post("/status", data={"number": given["number"], "code": given["code"]})
    assert looked.status_code == 200


def test_of_the_code_the_table_of_readers_decides(intake: Intake) -> None:
    ticket_id, access = filed(intake), caller_access()
    for state, confidential, restricted in product((TicketState.DISPATCHED, TicketState.SETTLED), *[(False, True)] * 2):
        intake.execute(
            "DELETE FROM caller_readings",
            f"UPDATE tickets SET state = '{state}', confidential = {confidential}, restricted = {restricted}",  # noqa: S608
        )
        with intake.workshop.open() as work:
            ticket = intake.wiring.caller_data.read.tickets.find(work, ticket_id)
        assert ticket
        for roles in PEOPLE.values():
            who = asker_of(actor(*roles))
            allowed = access.reader_for(who, ticket, ReadingPurpose.STATUS_CODE)
            expected = 200 if allowed else 403 if who.sees(ticket) else 404
            assert code_for(intake, roles, ticket_id).status_code == expected, (roles, state, confidential, restricted)


def test_the_purpose_of_the_code_gives_nothing_of_the_caller(intake: Intake) -> None:
    ticket_id = filed(intake)
    problem(ask(intake, PEOPLE["hub"], ticket_id, "status code"), 422, field="query.purpose")
    answer = code_for(intake, PEOPLE["hub"], ticket_id)
    assert traces(answer.text) == set()
    assert EMAIL not in answer.text


def test_of_an_erased_caller_no_code_is_given(intake: Intake) -> None:
    ticket_id = filed(intake)
    intake.execute("DELETE FROM vault_keys")
    problem(code_for(intake, PEOPLE["hub"], ticket_id), 410)


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_person_reads_sixty_callers_an_hour_and_is_shown_when_to_go_on(intake: Intake) -> None:
    ticket_id = filed(intake)
    most = caller_access().limits[0].times
    for _ in range(most):
        assert ask(intake, PEOPLE["hub"], ticket_id).status_code == 200
    intake.clock.advance(timedelta(minutes=20))
    refused = ask(intake, PEOPLE["hub"], ticket_id)
    problem(refused, 429)
    assert refused.headers["retry-after"] == str(40 * 60)
    assert ask(intake, PEOPLE["hub"], ticket_id, who="zhao").status_code == 200
    found = intake.client("hub", subject=SUBJECT).post(
        "/callers/search", json={"phone": PHONE, "purpose": "own request"}
    )
    problem(found, 429)
    assert [row["outcome"] for row in readings(intake)].count(ReadingOutcome.TOO_OFTEN) == 2
    intake.clock.advance(timedelta(minutes=40))
    assert ask(intake, PEOPLE["hub"], ticket_id).status_code == 200


def test_a_person_who_asks_many_times_at_once_is_still_counted(intake: Intake) -> None:
    ticket_id = filed(intake)
    limit = caller_access().limits[0].times
    for _ in range(limit - 2):
        ask(intake, PEOPLE["hub"], ticket_id)
    start = threading.Barrier(6)

    def one(_: int) -> int:
        start.wait()
        return int(ask(intake, PEOPLE["hub"], ticket_id).status_code)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [200, 200, 429, 429, 429, 429]


# --- by the telephone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [PHONE, "139 1234 5678", "+86 139-1234-5678", "１３９１２３４５６７８"])
def test_a_telephone_is_found_however_it_is_written(intake: Intake, written: str) -> None:
    ours, other = filed(intake), intake.file(caller={"phone": "13800000000"})
    body = {"phone": written, "purpose": "own request"}
    answer = intake.client("hub").post("/callers/search", json=body)
    assert [one["ticket_id"] for one in answer.json()["items"]] == [ours]
    assert other not in answer.text
    assert PHONE not in answer.text
    (row,) = readings(intake)
    assert row["ticket_id"] is None
    assert row["caller_ref"]
    assert PHONE not in str(row)


def test_a_telephone_leads_only_to_tickets_whose_caller_may_be_known(intake: Intake) -> None:
    plain, confidential, restricted = filed(intake), filed(intake, confidential=True), filed(intake)
    intake.execute(f"UPDATE tickets SET restricted = true WHERE id = '{restricted}'")  # noqa: S608
    body = {"phone": PHONE, "purpose": "own request"}

    def found(who: str) -> set[str]:
        answer = intake.client(*PEOPLE[who]).post("/callers/search", json=body)
        return {one["ticket_id"] for one in answer.json()["items"]}

    assert found("identity reader") == {plain}
    assert found("hub") == {plain, confidential}
    assert found("hub's identity reader") == {plain, confidential, restricted}


@pytest.mark.parametrize("who", ["supervisor", "admin", "lead", "sub-district"])
def test_a_unit_does_not_look_up_telephones(intake: Intake, who: str) -> None:
    filed(intake)
    body = {"phone": PHONE, "purpose": "first contact"}
    problem(intake.client(*PEOPLE[who]).post("/callers/search", json=body), 403)
    assert [row["outcome"] for row in readings(intake)] == ["refused"]


def test_what_is_no_telephone_is_refused(intake: Intake) -> None:
    body = {"phone": "无", "purpose": "first contact"}
    problem(intake.client("hub").post("/callers/search", json=body), 422, field="body.phone")


# --- the log --------------------------------------------------------------------------------------------------------


def test_the_log_is_read_with_filters_and_page_by_page(intake: Intake) -> None:
    ticket_id, other = filed(intake), filed(intake)
    for number, one in enumerate([ticket_id, other, ticket_id]):
        ask(intake, PEOPLE["hub"], one, who=f"desk-{number}")
        intake.clock.advance(timedelta(minutes=1))
    ask(intake, PEOPLE["supervisor"], ticket_id, who="nosy")
    client = intake.client("supervisor")
    first = client.get("/caller-readings", params={"limit": 3}).json()
    rest = client.get("/caller-readings", params={"limit": 3, "cursor": first["next"]}).json()
    assert [one["reader"] for one in first["items"] + rest["items"]] == ["nosy", "desk-2", "desk-1", "desk-0"]
    assert rest["next"] is None

    def readers(**asked: str) -> list[str]:
        return [one["reader"] for one in client.get("/caller-readings", params=asked).json()["items"]]

    assert readers(outcome="refused") == ["nosy"]
    assert readers(ticket_id=other) == ["desk-1"]
    assert readers(reader="desk-2", purpose="first contact") == ["desk-2"]
    assert readers(role="lead") == []
    assert readers(since="2026-07-01T00:01:00Z", until="2026-07-01T00:02:00Z") == ["desk-1"]


def test_the_log_is_exported_and_runs_no_formula(intake: Intake) -> None:
    ask(intake, PEOPLE["hub"], filed(intake), who="=cmd")
    answer = intake.client("supervisor").get("/caller-readings.csv")
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert dict(zip(head, line, strict=True))["reader"] == "'=cmd"


def test_the_log_does_not_lead_to_a_ticket_that_is_hidden(intake: Intake) -> None:
    ticket_id = filed(intake)
    intake.execute(f"UPDATE tickets SET restricted = true WHERE id = '{ticket_id}'")  # noqa: S608
    ask(intake, PEOPLE["hub's identity reader"], ticket_id)
    assert intake.client("hub").get("/caller-readings").json()["items"][0]["ticket_id"] == ticket_id
    for path in ("/caller-readings", "/caller-readings.csv", "/pages/caller-readings"):
        answer = intake.client("supervisor").get(path)
        assert ticket_id not in answer.text
    assert intake.client("supervisor").get("/caller-readings").json()["items"][0]["reader"] == SUBJECT
    assert intake.client("supervisor").get("/caller-readings", params={"ticket_id": ticket_id}).json()["items"] == []
