"""A caller's phone, flat and name, planted into every field of every route of intake, are read nowhere afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.messaging.processing import Processor
from services.chassis.web.dead_letter_routes import dead_letter_routes
from services.contracts.event import Envelope
from services.contracts.reply_events import TicketContactReplied, TicketSettlementReplied
from services.contracts.ticket_events import Place
from services.intake.domain.callers import caller_ref
from services.intake.domain.links import token_of
from services.intake.domain.telling import Way
from services.intake.store.links import SqlLinks
from services.intake.store.sending_queue import claim
from tests.contract.strings import of_routes
from tests.harness.planted import FLAT, NAME, PHONE, SAID, Planting, found_in_tables, traces
from tests.integration.applications import application, clients_of
from tests.integration.intake.conftest import CALLER_KEY, NOW, Intake
from tests.integration.intake.following import Issue, follow_ups, take
from tests.integration.intake.telling import RULES, tell

HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")
CALLER = {"name": NAME, "phone": PHONE, "id": SAID, "email": f"{PHONE}@example.cn"}
PROTECTED = ("dead_letters.key", "dead_letters.headers", "dead_letters.value")
"""The record as it came, for the replay."""
ABOUT_MESSAGES = ("tellings", "telling_tries", "telling_stops", "links", "link_answers")


def key() -> dict[str, str]:
    return {"Idempotency-Key": f"{PHONE}-{FLAT}-{uuid4()}"}


class Desk(Planting):
    """Takes steps with the hub's rights, each with what a person writes."""

    def __init__(self, intake: Intake) -> None:
        super().__init__()
        self.intake = intake

    def file(self, **more: Any) -> str:
        answer = self.send(
            self.intake.client("hub"), "POST", "/tickets", 202,
            *("TicketBody.text", "TicketBody.address", "CallerBody.name", "CallerBody.phone", "CallerBody.id"),
            "POST /tickets Idempotency-Key",
            json={"text": f"楼顶漏雨。{SAID}", "address": f"凉城路1201弄12号{FLAT}室", "caller": CALLER, **more},
            headers=key(),
        )  # fmt: skip
        return str(answer.json()["ticket_id"])

    def dispatched(self) -> str:
        ticket_id = self.file()
        self.intake.classify(ticket_id, place=HERE)
        return ticket_id

    def step(self, ticket_id: str, path: str, *fields: str, status: int = 200, who: str = "hub", **body: Any) -> None:
        sent = {"version": self.intake.show(ticket_id)["version"], **body}
        client = self.intake.client(who, subject=f"{who}-{path.replace('/', '-')}")
        self.send(client, "POST", f"/tickets/{ticket_id}/{path}", status, *fields, json=sent)


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake)


def test_the_search_finds_what_is_planted() -> None:
    assert traces(SAID) == {NAME, PHONE, FLAT}


def test_what_is_planted_in_every_field_is_read_nowhere(desk: Desk, intake: Intake) -> None:
    _life(desk)
    _reviews(desk)
    _many(desk)
    _known(desk, intake)
    _attachments(desk)
    _city(desk, intake)
    _followed(desk, intake)
    _catalogue(desk, intake)
    _replies(desk, intake)
    _letters(desk, intake)
    _callers(desk, intake)
    _messages(desk, intake)
    assert found_in_tables(intake.workshop.engine, PROTECTED) == {}
    _privacy(desk, intake)
    for path in ("/tickets", "/handover", "/city/messages", "/follow-ups", "/catalogue/versions", "/pages/inbox"):
        desk.send(intake.client("hub"), "GET", path, 200)
    intakes = {name for name in of_routes("intake") if " cursor" not in name}
    assert sorted(intakes - desk.fields) == []
    assert desk.found_in_answers() == {}
    assert found_in_tables(intake.workshop.engine, PROTECTED) == {}


def _life(desk: Desk) -> None:
    """Of one ticket, from its signature to its archive."""
    ticket_id, other = desk.dispatched(), desk.dispatched()
    desk.step(ticket_id, "signature")
    desk.step(ticket_id, "missed-contact", result="not reached")
    desk.step(ticket_id, "contact", "NoteBody.note", note=SAID)
    desk.step(ticket_id, "report", note=SAID)
    desk.step(ticket_id, "assignee", "AssigneeBody.person", status=422, person=NAME)
    desk.step(ticket_id, "assignee", status=422, person=PHONE)
    desk.step(ticket_id, "assignee", person="li")
    desk.step(ticket_id, "extension", note=SAID)
    desk.step(ticket_id, "extension/grant", "ReasonBody.reason", reason=SAID)
    for path in ("pause", "resumption", "supervision"):
        desk.step(ticket_id, path, reason=SAID)
    desk.step(ticket_id, "co-handlers", "UnitBody.reason", unit="fire", reason=SAID)
    desk.step(ticket_id, "assistance", "AssistBody.note", who="department:fire", note=SAID)
    desk.step(ticket_id, "reclassification", "ReclassificationBody.reason", "PlaceBody.estate_name", reason=SAID,
              place={"sub_district": "310109016", "estate_name": SAID})  # fmt: skip
    desk.step(ticket_id, "reclassification", "PlaceBody.estate", status=422, reason=SAID, place={"estate": SAID})
    desk.step(ticket_id, "reclassification", status=422, reason=SAID, place={"building": f"{FLAT}室"})
    desk.step(other, "return", note=SAID)
    desk.step(other, "return/refusal", reason=SAID)
    desk.step(other, "return", note=SAID)
    desk.step(other, "return/upholding", "LeadBody.reason", lead="fire", reason=SAID)
    desk.step(other, "redispatch", lead="market", reason=SAID)
    desk.step(other, "merge", "MergeBody.reason", into=ticket_id, reason=SAID)
    desk.step(other, "unmerge", reason=SAID)
    fields = ("SettlementBody.public_answer", "SettlementBody.reason", "SettlementBody.handling")
    settled = {"public_answer": SAID, "unit_solved": False, "reason": SAID, "handling": SAID}
    desk.step(ticket_id, "settlement", *fields, who="department:housing", **settled)
    desk.step(ticket_id, "missed-visit", reason=SAID)
    desk.step(ticket_id, "visit", "VisitBody.note", "VisitBody.redo", caller_solved=False, note=SAID, redo=SAID)
    desk.send(desk.intake.client("hub"), "GET", f"/tickets/{ticket_id}", 200)
    desk.send(desk.intake.client("hub"), "GET", f"/pages/tickets/{ticket_id}", 200)
    desk.send(desk.intake.client("hub"), "GET", f"/tickets/{ticket_id}/tellings", 200)
    asked = {"occasion": SAID}
    desk.send(desk.intake.client("hub"), "GET", f"/tickets/{ticket_id}/tellings/dry-run", 422,
              "GET /tickets/{ticket_id}/tellings/dry-run occasion", params=asked)  # fmt: skip


def _reviews(desk: Desk) -> None:
    ticket_id, rejected = desk.file(), desk.file()
    desk.step(ticket_id, "transfer", "LineBody.reason", line="119", reason=SAID)
    desk.step(ticket_id, "reconsideration", reason=SAID)
    desk.step(ticket_id, "dispatch", "DispatchBody.reason", type_code="MJ01", lead="fire", reason=SAID)
    desk.step(rejected, "rejection", reason=SAID)


def _many(desk: Desk) -> None:
    hub, tickets = desk.intake.client("hub"), [desk.dispatched() for _ in range(2)]
    answers = {"public_answer": SAID, "unit_solved": False, "reason": SAID}
    desk.send(hub, "POST", "/tickets/answers", 200, "AnswersBody.public_answer", "AnswersBody.reason",
              json={"ticket_ids": tickets, **answers})  # fmt: skip
    matter = {"type_code": "MJ01", "estate": SAID}
    desk.send(hub, "POST", "/tickets/answers", 422, "MatterBody.estate", json={"matter": matter, **answers})
    row = {"source_id": SAID, "text": SAID, "address": SAID, "caller": CALLER}
    batch = {"mode": "live", "tickets": [row, {**row, "source_id": SAID + "2", SAID: SAID}]}
    desk.send(hub, "POST", "/tickets/batch", 422, "BatchBody.source", json={"source": PHONE, **batch})
    answer = desk.send(hub, "POST", "/tickets/batch", 200, "BatchBody.tickets", json={"source": "2026", **batch})
    good, bad = answer.json()["results"]
    assert good["repeated"] is False
    assert "problem" in bad
    # The ids of the sender's own rows are given back to the sender; nothing else is.
    path, text = desk.answers.pop()
    desk.answers.append((path, text.replace(f'"source_id":"{SAID}2"', "").replace(f'"source_id":"{SAID}"', "")))
    again = desk.send(hub, "POST", "/tickets/batch", 200, json={"source": "2026", "mode": "live", "tickets": [row]})
    desk.answers.pop()
    assert again.json()["results"][0]["repeated"] is True


def _known(desk: Desk, intake: Intake) -> None:
    hub, ticket_id = intake.client("hub"), desk.dispatched()
    asked = {"text": SAID, "address": SAID}
    desk.send(hub, "GET", "/known-matters", 200, "GET /known-matters text", "GET /known-matters address", params=asked)
    desk.send(hub, "GET", "/known-matters", 422, "GET /known-matters estate", params={"estate": SAID})
    desk.send(hub, "GET", "/search", 200, "GET /search q", params={"q": SAID[:100]})
    body = {"caller": CALLER, "note": SAID}
    desk.send(hub, "POST", f"/tickets/{ticket_id}/followers", 202, "FollowerBody.note",
              "POST /tickets/{ticket_id}/followers Idempotency-Key", json=body, headers=key())  # fmt: skip
    issue = Issue()
    take(intake, issue.becomes("confirmed"))
    desk.send(hub, "POST", f"/known-matters/{issue.id}/followers", 202,
              "POST /known-matters/{hot_issue_id}/followers Idempotency-Key", json=body, headers=key())  # fmt: skip


def _attachments(desk: Desk) -> None:
    hub, ticket_id = desk.intake.client("hub"), desk.dispatched()
    path, form = f"/tickets/{ticket_id}/attachments", "Body_add_tickets__ticket_id__attachments_post"
    kept = desk.send(hub, "POST", path, 201, f"{form}.file", data={"purpose": "evidence"},
                     files={"file": (f"{NAME}.txt", SAID.encode(), "text/plain")})  # fmt: skip
    desk.send(hub, "GET", f"{path}/{kept.json()['attachment_id']}", 200)
    named_after_the_caller = {"purpose": "evidence", "recording": f"rec/{PHONE}.wav"}
    desk.send(hub, "POST", path, 422, f"{form}.recording", data=named_after_the_caller)


def _city(desk: Desk, intake: Intake) -> None:
    city = intake.client("city")
    body = {"number": "260701-0001", "text": SAID, "address": SAID, "caller": CALLER}
    filed = desk.send(city, "POST", "/city/tickets", 202, "CityTicketBody.text", "CityTicketBody.address", json=body)
    ticket_id = filed.json()["ticket_id"]
    intake.classify(ticket_id, place=HERE)
    desk.step(ticket_id, "report", note=SAID)
    settled = {"public_answer": SAID, "unit_solved": True, "handling": SAID}
    desk.step(ticket_id, "settlement", who="department:housing", **settled)
    desk.send(city, "POST", "/city/tickets/260701-0001/visit", 200, "CityVisitBody.note", "CityVisitBody.redo",
              "POST /city/tickets/{number}/visit Idempotency-Key", headers=key(),
              json={"caller_solved": False, "note": SAID, "redo": SAID})  # fmt: skip
    desk.send(city, "GET", f"/city/tickets/{PHONE}", 404, "GET /city/tickets/{number} number")
    desk.send(city, "POST", f"/city/tickets/{PHONE}/visit", 404, "POST /city/tickets/{number}/visit number",
              json={"caller_solved": True}, headers=key())  # fmt: skip
    # The city numbers its own tickets: what it numbers so is its own to answer for.
    desk.fields |= {"CityTicketBody.number", "ListedTicket.number"}


def _followed(desk: Desk, intake: Intake) -> None:
    ticket_id, issue = desk.dispatched(), Issue()
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    accepted = NOW + timedelta(days=1)
    take(intake, issue.becomes("in cure"), issue.becomes("observing", accepted_at=accepted))
    intake.clock.advance(timedelta(days=120))
    intake.fire_timers()
    (asked,) = [one for one in follow_ups(intake, hot_issue=issue.id) if one["stage"] == "asked"]
    hub, path = intake.client("hub", hours=24 * 365), f"/follow-ups/{asked['follow_up_id']}"
    missed = desk.send(hub, "POST", f"{path}/missed-call", 200,
                       json={"version": asked["version"], "result": "not reached"})  # fmt: skip
    body = {"version": missed.json()["version"], "solved": False, "note": SAID}
    desk.send(hub, "POST", f"{path}/answer", 200, "AnswerBody.note", json=body)


def _catalogue(desk: Desk, intake: Intake) -> None:
    edit = {"base_version": 0, "reason": SAID, "changes": [{"type_code": "MJ01", "lead": "fire"}]}
    desk.send(intake.client("hub"), "POST", "/catalogue/dry-run", 200, "VersionBody.reason", json=edit)
    desk.send(intake.client("hub"), "POST", "/catalogue/versions", 201, json=edit)


def _replies(desk: Desk, intake: Intake) -> None:
    """What departments answer on their topics, with a name for an actor."""
    ticket_id = desk.file()
    intake.classify(ticket_id, type_code="MJ02", place=HERE)
    known: dict[str, Any] = {"version": 1, "ticket_id": ticket_id, "actor": NAME, "text": SAID}
    lead = intake.show(ticket_id)["lead"]
    for reply in (
        TicketContactReplied(**known),
        TicketSettlementReplied(**known, unit_solved=False, reason=SAID, handling=SAID),
        TicketContactReplied(**known),
    ):
        with intake.workshop.open() as work:
            envelope = Envelope(uuid4(), f"/{lead}", NOW, reply, topic=f"departments.{lead}.replies")
            intake.wiring.replies(envelope, work)
    assert [one["actor"] for one in intake.show(ticket_id)["history"]][-2:] == [f"{lead}:-"] * 2
    wrong = [{**known, "type": "reply.assigned.v1", "id": str(uuid4()), "person": NAME}, {SAID: SAID, "type": SAID}]
    topic = f"departments.{lead}.replies"
    records = [
        ConsumerRecord(topic, 0, -1, n, 0, 0, None, json.dumps(one).encode(), [], None, -1, 0, -1)
        for n, one in enumerate(wrong)
    ]
    Processor("intake", intake.wiring.replies.subscription, intake.workshop).process(records)


def _callers(desk: Desk, intake: Intake) -> None:
    """Who looks a number up is shown the tickets, not the number; the log holds neither. The code says nothing."""
    hub, body = intake.client("hub"), {"phone": f"+86 {PHONE}", "purpose": "correction"}
    found = desk.send(hub, "POST", "/callers/search", 200, "SearchBody.phone", json=body)
    assert found.json()["items"]
    wrong = {**body, "phone": NAME}
    desk.send(hub, "POST", "/callers/search", 422, json=wrong)
    desk.send(hub, "POST", f"/tickets/{desk.dispatched()}/status-code", 200)
    for path in ("/caller-readings", "/caller-readings.csv"):
        desk.send(hub, "GET", path, 200, f"GET {path} reader", params={"reader": NAME})
        desk.send(hub, "GET", path, 200)


def _messages(desk: Desk, intake: Intake) -> None:
    """Messages to the caller: planned, called in vain and refused, and answered by a link with more than is asked."""
    ticket_id = desk.dispatched()
    mine = caller_ref(CALLER_KEY, PHONE)
    for result in ("not reached", "refused"):
        telling_id = tell(intake, ticket_id, Way.CALL, person=mine)
        desk.send(intake.client("hub"), "POST", f"/call-list/{telling_id}/result", 200,
                  json={"version": 0, "result": result})  # fmt: skip
    tell(intake, ticket_id, person=mine)
    with intake.workshop.open() as work:
        (claimed, *_) = claim(work, Way.SMS, timedelta(minutes=1), 1)
        SqlLinks(CALLER_KEY, "https://12345.example", RULES).keep(work, claimed)
    path = f"/r/{token_of(CALLER_KEY, claimed.id)}"
    desk.send(intake.client(), "POST", path, 422, data={"said": SAID, "satisfaction": NAME})
    desk.send(intake.client(), "POST", path, 200, data={"said": "stop", "satisfaction": NAME})
    kept = intake.rows()
    assert [name for name in ABOUT_MESSAGES if not kept[name]] == []


def _privacy(desk: Desk, intake: Intake) -> None:
    """The one export gives a person their own data; nothing else does, and nothing keeps what was asked by."""
    officer = intake.client("hub", "identity-reader")
    ticket_id = desk.file()
    desk.send(officer, "POST", "/privacy/report", 200, "PersonBody.phone", json={"phone": PHONE})
    body = {"phone": PHONE, "reason": SAID}
    desk.send(officer, "POST", "/privacy/erasures", 201, "ErasureBody.phone", "ErasureBody.reason", json=body)
    (tombstone,) = desk.send(officer, "GET", "/privacy/erasures", 200).json()["items"]
    again = {**tombstone, "id": str(uuid4()), "reason": SAID}
    desk.send(officer, "POST", "/privacy/erasures/applied", 200, "TombstoneBody.reason", json=[again])
    named = {**again, "actor": NAME}
    desk.send(officer, "POST", "/privacy/erasures/applied", 422, "TombstoneBody.actor", json=[named])
    desk.send(intake.client("hub"), "GET", f"/tickets/{ticket_id}", 200)
    for path in ("/privacy/retention", "/privacy/records"):
        desk.send(officer, "GET", path, 200)


def _letters(desk: Desk, intake: Intake) -> None:
    """A record that is no event, and one that no handler can work with."""
    (subscription,) = [one for one in intake.wiring.subscriptions if one.consumer == "intake-replies"]
    topic = "departments.housing.replies"
    reply = TicketContactReplied(version=1, ticket_id=str(uuid4()), actor="li", text=SAID)
    headers = Envelope(uuid4(), "/housing", NOW, reply).headers()
    wrong = reply.model_dump_json().replace('"version":1', f'"version":"{SAID}"').encode()
    faulty = [("ce_type", SAID.encode()), ("ce_id", SAID.encode()), *headers[3:], ("ce_specversion", b"1.0")]
    processor = Processor("intake", subscription, intake.workshop)
    for offset, (value, given) in enumerate([(wrong, headers), (SAID.encode(), headers), (wrong, faulty)]):
        record = ConsumerRecord(topic, 0, -1, offset, 0, 0, SAID.encode(), value, given, None, -1, -1, -1)
        processor.process([record])
    routes = [dead_letter_routes(intake.workshop, {subscription.consumer: subscription})]
    admin = clients_of(application(routes))("admin")
    letters = desk.send(admin, "GET", "/dead-letters", 200).json()["items"]
    assert len(letters) == 5
    for letter in letters:
        desk.send(admin, "GET", f"/dead-letters/{letter['id']}", 200)
        desk.send(admin, "POST", f"/dead-letters/{letter['id']}/replay", 409)
