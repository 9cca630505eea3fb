"""Every route, asked by everybody: a route without a row here fails (ADR 27)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake, fresh_key, problem

# The ticket asked about: led by housing, helped by others, in the sub-district 310109016.
LEAD, HELPER, FOREIGN = "department:housing", "department:liangcheng", "department:market"
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "hub": ("hub",),
    "supervisor": ("supervisor",),
    "admin": ("admin",),
    "lead": (LEAD,),
    "helper": (HELPER,),
    "foreign department": (FOREIGN,),
    "own sub-district": ("subdistrict:310109016",),
    "foreign sub-district": ("subdistrict:310109010",),
    "identity reader": ("identity-reader",),
    "hub's identity reader": ("hub", "identity-reader"),
    "city": ("city",),
    "sms gateway": ("sms-gateway",),
    "unknown role": ("mayor",),
    "department without a code": ("department",),
}
REFUSED = dict.fromkeys(("identity reader", "city", "sms gateway", "unknown role", "department without a code"), 403)
READERS = dict.fromkeys(PEOPLE, 200) | REFUSED

FOLLOWERS = dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200}
MANY = dict.fromkeys(PEOPLE, 403) | dict.fromkeys(("hub", "lead", "helper", "foreign department"), 200)
"""Each ticket of many is refused for itself; each has a call list of their own."""
NOBODYS = "00000000-0000-0000-0000-000000000000"
STALE = 99
"""A version that no ticket has here: whoever may act learns it, and the ticket stays as it is for the next."""

Ask = Callable[[TestClient, str], Any]
Row = tuple[Ask, dict[str, int]]


def _step(path: str, allowed: dict[str, int], **body: Any) -> tuple[tuple[str, str], Row]:
    """A step's row: what it says beside the version, and who is not refused for their role."""
    return ("POST", f"/tickets/{{ticket_id}}/{path}"), (
        lambda client, ticket_id: client.post(f"/tickets/{ticket_id}/{path}", json={"version": STALE, **body}),
        dict.fromkeys(PEOPLE, 403) | allowed,
    )


_UNIT = {"hub": 409, "lead": 409, "foreign department": 404}
_UNIT_STEPS = dict(
    (
        _step("signature", _UNIT),
        _step("assignee", _UNIT, person="li"),
        _step("missed-contact", _UNIT, result="not reached"),
        *(_step(path, _UNIT, note="已联系") for path in ("contact", "report", "return", "extension")),
        _step("assistance", {"helper": 409, "foreign department": 404}, note="已清理"),
    )
)
_HUB_REASONS = (
    *("return/refusal", "extension/grant", "extension/refusal", "pause", "resumption", "supervision", "rejection"),
    *("missed-visit", "reclassification", "reconsideration", "unmerge"),
)
_HUB_STEPS = dict(
    (
        *(_step(path, {"hub": 409}, reason="看过了") for path in _HUB_REASONS),
        _step("redispatch", {"hub": 409}, reason="看过了", lead="fire"),
        _step("return/upholding", {"hub": 409}, reason="看过了", lead="fire"),
        _step("co-handlers", {"hub": 409}, reason="看过了", unit="fire"),
        _step("transfer", {"hub": 409}, reason="着火", line="119"),
        _step("merge", {"hub": 409}, reason="同一件事", into=NOBODYS),
        _step("archive", {"hub": 409}),
    )
)
ROUTES: Mapping[tuple[str, str], Row] = {
    ("POST", "/tickets"): (
        lambda client, _: client.post("/tickets", json={"text": "漏水"}, headers=fresh_key()),
        dict.fromkeys(PEOPLE, 403) | {"hub": 202},
    ),
    ("POST", "/tickets/batch"): (
        lambda client, _: client.post(
            "/tickets/batch",
            json={"source": "roles", "mode": "live", "tickets": [{"source_id": "1", "text": "漏水"}]},
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200},
    ),
    ("GET", "/tickets"): (lambda client, _: client.get("/tickets"), READERS),
    ("GET", "/tickets/summary"): (
        lambda client, _: client.get("/tickets/summary"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200, "admin": 200},
    ),
    ("GET", "/tickets/{ticket_id}"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}"),
        READERS | {"foreign department": 404, "foreign sub-district": 404},
    ),
    ("POST", "/tickets/{ticket_id}/dispatch"): (
        lambda client, ticket_id: client.post(
            f"/tickets/{ticket_id}/dispatch", json={"version": STALE, "type_code": "MJ01", "reason": "看过了"}
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 409},
    ),
    ("POST", "/tickets/{ticket_id}/settlement"): (
        lambda client, ticket_id: client.post(
            f"/tickets/{ticket_id}/settlement",
            json={"version": STALE, "public_answer": "已修好", "unit_solved": True},
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 409, "lead": 409, "foreign department": 404},
    ),
    ("POST", "/tickets/{ticket_id}/visit"): (
        lambda client, ticket_id: client.post(
            f"/tickets/{ticket_id}/visit", json={"version": STALE, "caller_solved": True}
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 409},
    ),
    **_UNIT_STEPS,
    **_HUB_STEPS,
    **{
        ("GET", path): (
            lambda client, _, path=path: client.get(path),  # type: ignore[misc]
            READERS | {"own sub-district": 403, "foreign sub-district": 403},
        )
        for path in ("/indicators", "/indicators.csv", "/handover")
    },
    **{
        ("GET", path): (
            lambda client, _, path=path: client.get(path),  # type: ignore[misc]
            dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200, "admin": 200},
        )
        for path in ("/bulletin", "/bulletin.csv")
    },
    ("POST", "/tickets/answers"): (
        lambda client, _: client.post(
            "/tickets/answers", json={"ticket_ids": [NOBODYS], "public_answer": "已修好", "unit_solved": True}
        ),
        MANY,
    ),
    ("POST", "/tickets/signatures"): (
        lambda client, _: client.post("/tickets/signatures", json={"ticket_ids": [NOBODYS]}),
        MANY,
    ),
    ("GET", "/tickets/{ticket_id}/related"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/related"),
        READERS | {"foreign department": 404, "foreign sub-district": 404},
    ),
    ("POST", "/tickets/{ticket_id}/followers"): (
        lambda client, _: client.post(f"/tickets/{NOBODYS}/followers", json={"caller": {}}, headers=fresh_key()),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
    ("GET", "/search"): (lambda client, _: client.get("/search?q=0001"), READERS),
    ("GET", "/known-matters"): (
        lambda client, _: client.get("/known-matters?text=漏水"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200},
    ),
    ("POST", "/known-matters/{hot_issue_id}/followers"): (
        lambda client, _: client.post(f"/known-matters/{NOBODYS}/followers", json={"caller": {}}, headers=fresh_key()),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
    ("POST", "/tickets/{ticket_id}/attachments"): (
        lambda client, ticket_id: client.post(
            f"/tickets/{ticket_id}/attachments", data={"purpose": "evidence", "recording": "records/260701/7"}
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 201, "lead": 201, "foreign department": 404},
    ),
    ("GET", "/tickets/{ticket_id}/caller"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/caller?purpose=first%20contact"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "lead": 200, "foreign department": 404, "foreign sub-district": 404},
    ),
    ("POST", "/tickets/{ticket_id}/status-code"): (
        lambda client, ticket_id: client.post(f"/tickets/{ticket_id}/status-code"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "lead": 200, "foreign department": 404, "foreign sub-district": 404},
    ),
    ("POST", "/callers/search"): (
        lambda client, _: client.post("/callers/search", json={"phone": "13812345678", "purpose": "own request"}),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "identity reader": 200},
    ),
    **{
        ("GET", path): (
            lambda client, _, path=path: client.get(path),  # type: ignore[misc]
            dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200},
        )
        for path in ("/caller-readings", "/caller-readings.csv")
    },
    **{
        ("POST", f"/privacy/{path}"): (
            lambda client, _, path=path, more=more: client.post(  # type: ignore[misc]
                f"/privacy/{path}", json={"ticket_id": NOBODYS, **more}
            ),
            dict.fromkeys(PEOPLE, 403) | {"hub's identity reader": 404},
        )
        for path, more in (("report", {}), ("export", {}), ("erasures", {"reason": "本人要求"}))
    },
    ("GET", "/privacy/erasures"): (
        lambda client, _: client.get("/privacy/erasures"),
        dict.fromkeys(PEOPLE, 403) | {"hub's identity reader": 200},
    ),
    ("POST", "/privacy/erasures/applied"): (
        lambda client, _: client.post("/privacy/erasures/applied", json=[]),
        dict.fromkeys(PEOPLE, 403) | {"hub's identity reader": 200},
    ),
    **{
        ("GET", f"/privacy/{path}"): (
            lambda client, _, path=path: client.get(f"/privacy/{path}"),  # type: ignore[misc]
            dict.fromkeys(PEOPLE, 403) | {"hub's identity reader": 200},
        )
        for path in ("retention", "records")
    },
    ("GET", "/tickets/{ticket_id}/attachments"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/attachments"),
        READERS | {"foreign department": 404, "foreign sub-district": 404},
    ),
    ("GET", "/tickets/{ticket_id}/attachments/{attachment_id}"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/attachments/{NOBODYS}"),
        dict.fromkeys(PEOPLE, 404) | REFUSED,
    ),
    ("POST", "/city/tickets"): (
        lambda client, _: client.post("/city/tickets", json={"number": "260701-1", "text": "漏水"}),
        dict.fromkeys(PEOPLE, 403) | {"city": 202},
    ),
    ("GET", "/city/tickets/{number}"): (
        lambda client, _: client.get("/city/tickets/260701-0"),
        dict.fromkeys(PEOPLE, 403) | {"city": 404, "hub": 404},
    ),
    ("POST", "/city/tickets/{number}/visit"): (
        lambda client, _: client.post(
            "/city/tickets/260701-0/visit", json={"caller_solved": True}, headers=fresh_key()
        ),
        dict.fromkeys(PEOPLE, 403) | {"city": 404},
    ),
    ("GET", "/city/messages"): (
        lambda client, _: client.get("/city/messages"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200, "admin": 200},
    ),
    ("POST", "/city/messages/{message_id}/resend"): (
        lambda client, _: client.post(f"/city/messages/{NOBODYS}/resend"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
    ("POST", "/city/reconciliation"): (
        lambda client, _: client.post("/city/reconciliation", json={"tickets": []}),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200, "admin": 200},
    ),
    ("POST", "/sms/receipts"): (
        lambda client, _: client.post("/sms/receipts", json={"id": NOBODYS, "state": "delivered"}),
        dict.fromkeys(PEOPLE, 403) | {"sms gateway": 404},
    ),
    ("GET", "/call-list"): (
        lambda client, _: client.get("/call-list"),
        MANY,
    ),
    ("POST", "/call-list/{telling_id}/result"): (
        lambda client, _: client.post(f"/call-list/{NOBODYS}/result", json={"version": 0, "result": "reached"}),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
    ("GET", "/catalogue"): (lambda client, _: client.get("/catalogue"), READERS),
    ("GET", "/catalogue/versions"): (
        lambda client, _: client.get("/catalogue/versions"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200, "supervisor": 200, "admin": 200},
    ),
    **{
        ("POST", f"/catalogue/{path}"): (
            lambda client, _, path=path: client.post(  # type: ignore[misc]
                f"/catalogue/{path}",
                json={"base_version": STALE, "reason": "看过了", "changes": [{"type_code": "MJ01", "lead": "fire"}]},
            ),
            dict.fromkeys(PEOPLE, 403) | {"hub": 409},
        )
        for path in ("versions", "dry-run")
    },
    ("GET", "/tickets/{ticket_id}/tellings"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/tellings"),
        READERS | {"foreign department": 404, "foreign sub-district": 404},
    ),
    ("GET", "/tickets/{ticket_id}/tellings/dry-run"): (
        lambda client, ticket_id: client.get(f"/tickets/{ticket_id}/tellings/dry-run?occasion=answered"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200},
    ),
    ("POST", "/tickets/{ticket_id}/tellings/stop"): (
        lambda client, ticket_id: client.post(f"/tickets/{ticket_id}/tellings/stop", json={"stopped": False}),
        dict.fromkeys(PEOPLE, 403) | {"hub": 200},
    ),
    ("GET", "/follow-ups"): (lambda client, _: client.get("/follow-ups"), FOLLOWERS),
    ("GET", "/follow-ups/messages"): (lambda client, _: client.get("/follow-ups/messages"), FOLLOWERS),
    ("GET", "/follow-ups/{follow_up_id}"): (
        lambda client, _: client.get(f"/follow-ups/{NOBODYS}"),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404, "supervisor": 404},
    ),
    ("POST", "/follow-ups/{follow_up_id}/answer"): (
        lambda client, _: client.post(f"/follow-ups/{NOBODYS}/answer", json={"version": 1, "solved": True}),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
    ("POST", "/follow-ups/{follow_up_id}/missed-call"): (
        lambda client, _: client.post(
            f"/follow-ups/{NOBODYS}/missed-call", json={"version": 1, "result": "not reached"}
        ),
        dict.fromkeys(PEOPLE, 403) | {"hub": 404},
    ),
}


@pytest.fixture(scope="module")
def ticket_id(lasting: Intake) -> str:
    return dispatched_ticket(lasting)


def dispatched_ticket(intake: Intake) -> str:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="MJ01", place=Place(sub_district="310109016"))
    ticket = intake.show(ticket_id)
    assert ticket["lead"] == LEAD.partition(":")[2]
    assert HELPER.partition(":")[2] in ticket["co_handlers"]
    assert FOREIGN.partition(":")[2] not in ticket["co_handlers"]
    return ticket_id


def test_every_route_has_its_row(lasting: Intake) -> None:
    every = [route for router in lasting.routers for route in router.routes]
    routes = [route for route in every if isinstance(route, APIRoute)]
    assert len(routes) == len(every)
    described = [route for route in routes if route.include_in_schema]  # pages have rows of their own
    assert {(method, route.path) for route in described for method in route.methods or ()} == ROUTES.keys()


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_who_may_ask_what(lasting: Intake, ticket_id: str, route: tuple[str, str], who: str) -> None:
    ask, of_row = ROUTES[route]
    expected = of_row if route[1].startswith("/privacy") else of_row | {"hub's identity reader": of_row["hub"]}
    answer = ask(lasting.client(*PEOPLE[who]), ticket_id)
    assert answer.status_code == expected[who], answer.text
    if answer.status_code >= 400:
        problem(answer, expected[who])


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_asks_without_a_valid_token(lasting: Intake, ticket_id: str, route: tuple[str, str]) -> None:
    ask, _ = ROUTES[route]
    before = lasting.rows()
    missing = problem(ask(lasting.client(), ticket_id), 401, remedy="Authorization: Bearer TOKEN")
    expired = problem(ask(lasting.client("hub", hours=-1), ticket_id), 401, remedy="get a new one")
    assert [missing["type"], expired["type"]] == [
        "urn:closedloop:problem:token-missing",
        "urn:closedloop:problem:token-expired",
    ]
    assert lasting.rows() == before


def test_the_actor_of_a_ticket_is_the_tokens_subject(lasting: Intake) -> None:
    answer = lasting.client("hub", subject="desk-7").post("/tickets", json={"text": "漏水"}, headers=fresh_key())
    assert lasting.show(answer.json()["ticket_id"])["history"][0]["actor"] == "desk-7"


def listed(client: TestClient, **asked: Any) -> set[str]:
    answer = client.get("/tickets", params=asked)
    assert answer.status_code == 200, answer.text
    return {ticket["ticket_id"] for ticket in answer.json()["items"]}


def test_a_list_holds_what_its_reader_may_see_and_no_more(intake: Intake) -> None:
    ticket_id, waiting = dispatched_ticket(intake), intake.file()
    elsewhere = intake.file()
    intake.classify(elsewhere, type_code="XQ01", place=Place(sub_district="310109010"))
    office = f"department:{intake.show(elsewhere)['lead']}"

    for role in ("hub", "supervisor", "admin"):
        assert listed(intake.client(role)) == {ticket_id, waiting, elsewhere}
        assert listed(intake.client(role), state="dispatched") == {ticket_id, elsewhere}
    assert listed(intake.client(LEAD)) == {ticket_id}
    assert listed(intake.client(LEAD), state="received") == set()
    assert listed(intake.client(FOREIGN)) == set()
    assert listed(intake.client("subdistrict:310109016")) == {ticket_id}
    assert listed(intake.client("subdistrict:310109010")) == {elsewhere}
    assert listed(intake.client("subdistrict:310109999")) == set()
    assert listed(intake.client(office)) == {elsewhere}
    assert listed(intake.client(LEAD, office)) == {ticket_id, elsewhere}
    assert listed(intake.client(LEAD, "subdistrict:310109016")) == {ticket_id}
    assert listed(intake.client(LEAD, "hub")) == {ticket_id, waiting, elsewhere}
    assert listed(intake.client(LEAD, "identity-reader")) == {ticket_id}


@pytest.mark.parametrize("who", ["lead", "own sub-district"])
def test_a_ticket_that_went_nowhere_yet_is_the_hubs_alone(intake: Intake, who: str) -> None:
    waiting = intake.file()
    client = intake.client(*PEOPLE[who])
    problem(client.get(f"/tickets/{waiting}"), 404)
    assert client.get("/tickets").json() == {"items": [], "next": None}
