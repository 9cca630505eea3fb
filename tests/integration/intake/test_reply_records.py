"""Records on the reply topics as a department or `kcat` writes them: each is answered, none stops another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import text

from services.chassis.messaging import dead_letters
from services.chassis.messaging.processing import Processor
from services.chassis.messaging.reject_limit import RejectLimit
from services.chassis.messaging.unreadable import UnreadableRecords
from services.chassis.web.request_body import BODY_LIMIT
from services.contracts.event import Envelope
from services.contracts.reply_answer_events import TicketReplyAnswered
from services.contracts.reply_events import TicketSignReplied
from services.contracts.ticket_events import TicketEvent
from tests.integration.intake.conftest import NOW, Intake
from tests.integration.intake.settling import HOUSING, dispatched, take

NOBODYS = "00000000-0000-4000-8000-000000000000"
Headers = Sequence[tuple[str, bytes]]


def raw(value: bytes, offset: int = 0, headers: Headers = (), department: str = "housing") -> ConsumerRecord:
    topic = f"departments.{department}.replies"
    size = len(value)
    return ConsumerRecord(topic, 0, -1, offset, 1_780_000_000_000, 0, None, value, list(headers), None, -1, size, -1)


def plain(ticket_id: str, kind: str = "reply.signed.v1", **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": str(uuid4()), "ticket_id": ticket_id, "actor": "li-07"} | more


def record(body: Any, offset: int = 0, department: str = "housing") -> ConsumerRecord:
    return raw(json.dumps(body, ensure_ascii=False).encode(), offset, department=department)


def processor(intake: Intake, limit: RejectLimit | None = None) -> Processor:
    return Processor("intake", intake.wiring.replies.subscription, intake.workshop, limit or RejectLimit())


def answers(intake: Intake) -> list[TicketReplyAnswered]:
    with intake.workshop.engine.connect() as connection:
        bodies = connection.execute(text("SELECT value FROM outbox WHERE topic = 'tickets' ORDER BY seq")).scalars()
        types = connection.execute(text("SELECT headers FROM outbox WHERE topic = 'tickets' ORDER BY seq")).scalars()
        rows = zip(bodies, types, strict=True)
        return [TicketReplyAnswered.model_validate_json(body) for body, kind in rows if b"reply.answered.v1" in kind]


def letters(intake: Intake) -> int:
    with intake.workshop.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM dead_letters")).scalar_one()


def test_a_line_of_json_is_a_reply(intake: Intake) -> None:
    ticket_id, message_id = dispatched(intake), str(uuid4())
    body = plain(ticket_id, in_reply_to=message_id)
    processor(intake).process([record(body)])
    (answer,) = answers(intake)
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["history"][-1]["actor"]) == ("signed", "housing:li-07")
    assert (answer.outcome, answer.current_state, answer.current_version) == ("taken", "signed", shown["version"])
    assert (str(answer.reply_id), str(answer.in_reply_to), answer.number) == (body["id"], message_id, shown["number"])


def test_a_reply_on_an_older_version_is_a_conflict_that_names_the_current_one(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    seen = intake.show(ticket_id)["version"]
    take(intake, ticket_id, "signature", HOUSING)
    now = intake.show(ticket_id)
    report = plain(ticket_id, "reply.interim.v1", text="已到现场", base_version=seen)
    processor(intake).process([record(report), record(report | {"id": str(uuid4()), "base_version": seen + 1}, 1)])
    stale, fresh = answers(intake)
    assert (stale.outcome, stale.code) == ("refused", "conflict")
    assert (stale.current_version, stale.current_state) == (now["version"], "signed")
    assert (fresh.outcome, fresh.current_state) == ("taken", "handling")


GOOD_HEADERS = {
    "ce_specversion": b"1.0",
    "ce_id": b"6b0f4c1e-0d5e-4a67-9a51-2f1f8b3d7c10",
    "ce_type": b"reply.signed.v1",
    "ce_source": b"housing",
    "ce_time": b"2026-07-09T08:30:00+08:00",
}
BODY = json.dumps({"version": 1, "ticket_id": NOBODYS, "actor": "li-07"}).encode()


def without(*names: str, **changed: bytes) -> Headers:
    return [(name, value) for name, value in ({**GOOD_HEADERS, **changed}).items() if name not in names]


POISON = [
    ("not JSON", b"{", (), "not-json", None),
    ("no object", b"[1]", (), "not-json", None),
    ("not UTF-8", b'{"type": "\xff"}', (), "not-json", None),
    ("empty", b"", (), "not-json", None),
    ("no number", b'{"version": NaN}', (), "not-json", None),
    ("deep", b"[" * 100_000, (), "not-json", None),
    ("too large", b'{"text": "' + b"x" * BODY_LIMIT + b'"}', (), "body-too-large", None),
    ("neither headers nor type", BODY, (), "header-missing", "type and id"),
    ("no id", b'{"type": "reply.signed.v1"}', (), "header-missing", "id"),
    ("half of the headers", BODY, without("ce_source"), "header-missing", "ce_source"),
    ("id is none", BODY, without(ce_id=b"7"), "invalid-header", "ce_id"),
    ("unknown type", BODY, without(ce_type=b"reply.danced.v1"), "unknown-type", "reply.danced.v1"),
    ("a fact is no reply", BODY, without(ce_type=b"ticket.signed.v1"), "unknown-type", None),
    ("unknown field", BODY[:-1] + b', "colour": 1}', without(), "unknown-field", "colour"),
    ("NUL", BODY.replace(b"li-07", b"li\\u0000"), without(), "invalid-request", "NUL"),
    ("a field is missing", b'{"version": 1, "actor": "li"}', without(), "invalid-request", "ticket_id"),
]


def test_whatever_is_no_reply_is_answered_kept_as_a_letter_and_stops_nobody(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    bad = [raw(value, n, headers) for n, (_, value, headers, _, _) in enumerate(POISON)]
    process = processor(intake).process
    process([*bad, record(plain(ticket_id), len(bad))])
    process(bad)
    answered = answers(intake)
    assert [one.code for one in answered] == [*(code for _, _, _, code, _ in POISON), None]
    assert [one.offset for one in answered[:-1]] == list(range(len(POISON)))
    for (name, _, _, _, named), answer in zip(POISON, answered, strict=False):
        assert named is None or named in (answer.reason or ""), name
    assert intake.show(ticket_id)["state"] == "signed"
    assert letters(intake) == len(POISON)


def test_what_cannot_be_decoded_is_answered_by_its_offset(intake: Intake) -> None:
    place = UnreadableRecords(TopicPartition("departments.fire.replies", 0), 41, 41, "bad codec")
    processor(intake).reject_unreadable(place)
    (answer,) = answers(intake)
    assert (answer.department, answer.code, answer.offset, answer.reply_id) == ("fire", "unreadable", 41, None)


def test_nonsense_of_one_department_does_not_halt_the_replies_of_all(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    records = [raw(b"{", n, department="fire") for n in range(30)]
    process = processor(intake, RejectLimit(consecutive=5)).process
    process(records)
    process([record(plain(ticket_id))])
    assert intake.show(ticket_id)["state"] == "signed"


def test_a_department_cannot_use_up_anothers_ids(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    body, process = plain(ticket_id), processor(intake).process
    process([record(body, department="market")])
    process([record(body | {"actor": "x" * 200}, 1, department="fire")])
    process([record(body)])
    assert [(one.department, one.outcome) for one in answers(intake)] == [
        ("market", "refused"),
        ("fire", "refused"),
        ("housing", "taken"),
    ]
    assert intake.show(ticket_id)["state"] == "signed"


def test_an_id_that_was_refused_as_unreadable_may_be_sent_again_corrected(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    body = plain(ticket_id)
    processor(intake).process([record(body | {"colour": "red"}), record(body, 1), record(body, 2)])
    assert [(one.code, one.outcome) for one in answers(intake)] == [("unknown-field", "refused"), (None, "taken")]


def test_acts_are_projects_to_take(intake: Intake) -> None:
    act = {"type": "reply.acted.v1", "id": str(uuid4()), "actor": "li", "act": "project.step"}
    processor(intake).process([record(act), record(act | {"colour": 1}, 1)])
    assert answers(intake) == []
    assert letters(intake) == 0


def test_a_reply_for_anothers_ticket_is_refused_as_one_for_none(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    processor(intake).process([record(plain(one), n, "market") for n, one in enumerate((ticket_id, NOBODYS))])
    hidden, none = [one.model_dump(exclude={"reply_id", "record", "ticket_id", "about"}) for one in answers(intake)]
    assert hidden == none
    assert (hidden["code"], hidden["number"], hidden["current_state"]) == ("not-found", None, None)


STEPS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("contact_missed", "missed-contact", {"result": "not reached"}, {"result": "not reached"}),
    ("signed", "signature", {}, {}),
    ("signed", "signature", {}, {}),
    ("contacted", "contact", {"text": "已联系"}, {"note": "已联系"}),
    ("assigned", "assignee", {"person": "wang-12"}, {"person": "wang-12"}),
    ("assigned", "assignee", {"person": "王建国"}, {"person": "王建国"}),
    ("interim", "report", {"text": " "}, {"note": " "}),
    ("interim", "report", {"text": "已到现场"}, {"note": "已到现场"}),
    ("extension_requested", "extension", {"text": "等材料"}, {"note": "等材料"}),
    ("extension_requested", "extension", {"text": "再等"}, {"note": "再等"}),
    ("return_requested", "return", {"text": "属市政"}, {"note": "属市政"}),
    ("settled", "settlement", {"text": "修好", "unit_solved": False}, {"public_answer": "修好", "unit_solved": False}),
    ("settled", "settlement", {"text": "修好", "unit_solved": True}, {"public_answer": "修好", "unit_solved": True}),
]


@pytest.mark.parametrize("department", ["housing", "liangcheng", "market"])
def test_every_step_goes_the_same_way_by_reply_and_over_http(intake: Intake, department: str) -> None:
    replied, asked = dispatched(intake), dispatched(intake)
    for n, (kind, path, fields, body) in enumerate(STEPS):
        if department == "liangcheng" and kind in ("contacted", "interim"):
            continue  # its part of the ticket, which over HTTP has a path of its own
        sent = plain(replied, f"reply.{kind}.v1", actor="somebody", **fields)
        seen = len(intake.published())
        processor(intake).process([record(sent, n, department)])
        answer, by_reply = answers(intake)[-1], steps_since(intake, seen)
        seen = len(intake.published())
        response = take(intake, asked, path, f"department:{department}", subject=f"{department}:somebody", **body)
        shown = response.json()
        if response.status_code == 200:
            assert (answer.outcome, answer.current_state, answer.current_version) == (
                "taken",
                shown["state"],
                shown["version"],
            ), kind
        else:
            assert (answer.outcome, shown["type"]) == ("refused", f"urn:closedloop:problem:{answer.code}"), kind
            if answer.code == "not-found":
                assert "no such ticket of yours" in answer.reason, kind
                continue
            over_http = shown["detail"].replace(asked, replied)
            for name, own in (("note", "text"), ("public_answer", "text"), ("version", "base_version"), ("", "")):
                over_http = over_http.replace(f"body.{name}", own)
            assert answer.reason == over_http, kind
            assert (answer.current_version, answer.current_state) == (
                shown.get("current_version"),
                shown.get("current_state"),
            )
        assert by_reply == steps_since(intake, seen), kind
    history = [[(one["step"], one["actor"]) for one in intake.show(one)["history"]] for one in (replied, asked)]
    assert history[0] == history[1]


def steps_since(intake: Intake, seen: int) -> list[dict[str, Any]]:
    """What was published of tickets behind a place, without which ticket it is of."""
    return [
        event.model_dump(exclude={"ticket_id", "number", "repeat_of"}) | {"type": event.type}
        for event in intake.published()[seen:]
        if isinstance(event, TicketEvent)
    ]


def test_a_batch_does_what_its_replies_do_one_by_one(intake: Intake) -> None:
    together, singly = dispatched(intake), dispatched(intake)

    def sent(ticket_id: str, first: int) -> list[ConsumerRecord]:
        said = [("signed", {}), ("signed", {}), ("interim", {"text": "已到现场"}), ("interim", {"text": ""})]
        bodies = [plain(ticket_id, f"reply.{kind}.v1", **more) for kind, more in said]
        return [record(body, first + n) for n, body in enumerate(bodies)]

    processor(intake).process(sent(together, 0))
    for one in sent(singly, 10):
        processor(intake).process([one])
    answered = [(one.outcome, one.code, one.current_state) for one in answers(intake)]
    assert answered[:4] == answered[4:]
    assert [one for one, _, _ in answered[:4]] == ["taken", "refused", "taken", "refused"]


def test_a_letter_of_a_reply_is_replayed_on_its_departments_topic(intake: Intake) -> None:
    """The handler needs the topic, which says who replied."""

    ticket_id = dispatched(intake)
    reply = TicketSignReplied(version=1, ticket_id=ticket_id, actor="li-07")
    envelope = Envelope(uuid4(), "housing", NOW, reply)
    kept = raw(envelope.value(), 3, envelope.headers())
    subject = dead_letters.Subject("intake", "intake-replies", envelope.id, kept)
    with intake.workshop.open() as work:
        dead_letters.reject(work.connection, subject, "a bug")
        intake.wiring.replies.desk.rejected(kept, envelope.id, None, work)
    subscription = intake.wiring.replies.subscription
    assert dead_letters.replay(
        intake.workshop, subject.letter_id, "admin", lambda _, again, work: subscription.apply([again], work)
    )
    assert [(one.outcome, one.code) for one in answers(intake)] == [("refused", "failed"), ("taken", None)]
    assert intake.show(ticket_id)["state"] == "signed"
