"""Whoever is erased is in no table any more, also after a backup was restored; counts and facts stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, insert, text

from services.chassis.database.work import Workshop
from services.contracts.text_events import ERASED, TicketTextErased, TicketTextRecorded
from services.contracts.ticket_events import Place
from services.intake.domain.callers import caller_ref
from services.intake.domain.telling import Way
from tests.harness.planted import columns_with
from tests.integration.intake.conftest import CALLER_KEY, NOW, Intake, classified, fresh_key, problem
from tests.integration.intake.erasing import EMAIL, OFFICER, OTHER, PHONE, WORDS, attach, contents, killed_at, rows
from tests.integration.intake.following import Issue, follow_ups, take
from tests.integration.intake.telling import state_of, tell

HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")
FACTS = ("clocks", "follow_ups", "visits", "hot_issues", "timers", "estate_names")


def step(intake: Intake, ticket_id: str, path: str, who: str = "hub", **body: Any) -> None:
    sent = {"version": intake.show(ticket_id)["version"], **body}
    answer = intake.client(who, subject=f"{who}-{path}").post(f"/tickets/{ticket_id}/{path}", json=sent)
    assert answer.status_code == 200, answer.text


def lived(intake: Intake, phone: str | None = PHONE) -> str:
    """A ticket in whose every field of words the words stand."""
    caller = {"caller": {"phone": phone, "name": "王建国", "email": EMAIL}} if phone else {}
    ticket_id = intake.file(text=f"楼顶漏雨，{WORDS}", address=f"凉城路{WORDS}", **caller)
    intake.classify(ticket_id, place=HERE, reasons=(WORDS,))
    for path in ("signature", "contact", "report"):
        step(intake, ticket_id, path, "department:housing", **({"note": WORDS} if path != "signature" else {}))
    step(intake, ticket_id, "reclassification", reason=WORDS)
    for content in (WORDS, f"{WORDS}{ticket_id}"):
        attach(intake, ticket_id, content)
    settled = {"public_answer": WORDS, "unit_solved": False, "reason": WORDS, "handling": WORDS}
    step(intake, ticket_id, "settlement", "department:housing", **settled)
    step(intake, ticket_id, "visit", caller_solved=False, note=WORDS, redo=WORDS)
    return ticket_id


def everything(intake: Intake) -> list[str]:
    """Tickets of one caller, among them one of the city's, one in review, one of another place, and one followed up."""
    mine = [lived(intake), intake.file(text=WORDS, caller={"phone": PHONE})]
    step(intake, mine[1], "transfer", line="119", reason=WORDS)
    step(intake, mine[1], "reconsideration", reason=WORDS)
    body = {"number": "260701-0001", "text": WORDS, "caller": {"phone": PHONE}}
    city = intake.client("city").post("/city/tickets", json=body).json()["ticket_id"]
    intake.classify(city, place=Place(), place_words=(WORDS,))
    step(intake, city, "reclassification", reason=WORDS)
    step(intake, city, "report", note=WORDS)
    step(intake, city, "settlement", "department:housing", public_answer=WORDS, unit_solved=True, handling=WORDS)
    mine.append(city)
    issue = Issue()
    take(intake, issue.becomes("confirmed"), issue.joined(mine[0]), issue.becomes("decided"))
    take(intake, issue.becomes("in cure"), issue.becomes("observing", accepted_at=NOW + timedelta(days=1)))
    intake.clock.advance(timedelta(days=120))
    intake.fire_timers()
    (asked,) = [one for one in follow_ups(intake, hot_issue=issue.id) if one["stage"] == "asked"]
    answer = intake.client("hub", hours=24 * 365).post(
        f"/follow-ups/{asked['follow_up_id']}/answer",
        json={"version": asked["version"], "solved": False, "note": WORDS},
    )
    assert answer.status_code == 200, answer.text
    return mine


def erase(intake: Intake, **person: str) -> Any:
    body = {"reason": "本人要求", **person}
    return intake.client(*OFFICER, hours=24 * 365).post("/privacy/erasures", json=body)


def restore(workshop: Workshop, dump: dict[str, list[dict[str, Any]]]) -> None:
    """Brings the database back to what it was, as a restored dump does."""
    tables = MetaData()
    with workshop.engine.begin() as connection:
        tables.reflect(connection)
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables.sorted_tables:
            connection.execute(table.delete())
            given = [column.name for column in table.columns if column.computed is None and column.identity is None]
            if rows_then := [{name: row[name] for name in given} for row in dump[table.name]]:
                connection.execute(insert(table), rows_then)


def test_erased_words_stand_in_no_table_and_facts_are_what_they_were(intake: Intake) -> None:
    everything(intake)
    before = rows(intake.workshop)
    assert {"ticket_texts.text", "ticket_texts.address", "settlements.public_answer", "settlements.handling",
            "ticket_history.detail", "ticket_history.facts", "city_messages.body", "follow_up_answers.note",
            "place_names.name", "outbox.value"} <= columns_with(intake.workshop.engine, WORDS)  # fmt: skip
    answer = erase(intake, phone=PHONE)
    assert answer.status_code == 201, answer.text
    assert columns_with(intake.workshop.engine, WORDS) == set()
    after = rows(intake.workshop)
    assert [len(after[name]) for name in ("vault", "vault_keys", "attachments", "place_names")] == [0, 0, 0, 0]
    for name in FACTS:
        assert after[name] == before[name], name
    changed = {"text_version", "review_reason"}

    def facts(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        plain = [{name: row[name] for name in row.keys() - changed} for row in found["tickets"]]
        return sorted(plain, key=lambda row: str(row["id"]))

    assert facts(after) == facts(before)
    assert len(after["ticket_history"]) == len(before["ticket_history"])


def test_whoever_is_erased_is_shown_as_erased_and_their_ticket_goes_on(intake: Intake) -> None:
    ticket_id = lived(intake)
    assert erase(intake, phone=f"+86 {PHONE}").status_code == 201
    ticket = intake.show(ticket_id)
    assert ticket["text"] == ERASED
    assert ticket["settlement"]["public_answer"] == ERASED
    assert "已删除" in intake.client("hub").get(f"/pages/tickets/{ticket_id}").text
    problem(intake.client("hub").get(f"/tickets/{ticket_id}/caller?purpose=own%20request"), 410)
    step(intake, ticket_id, "report", "department:housing", note="请打13912345678，住2917室")
    assert "13912345678" not in intake.client("hub").get(f"/tickets/{ticket_id}").text
    assert "2917" not in intake.client("hub").get(f"/tickets/{ticket_id}").text


def test_messages_to_whoever_is_erased_are_withheld_and_their_stop_goes(intake: Intake) -> None:
    ticket_id, other = intake.file(caller={"phone": PHONE}), intake.file(caller={"phone": OTHER})
    mine, stays = caller_ref(CALLER_KEY, PHONE), caller_ref(CALLER_KEY, OTHER)
    waiting, called = (tell(intake, ticket_id, way, person=mine) for way in (Way.SMS, Way.CALL))
    sent = tell(intake, ticket_id, person=mine, state="sent")
    theirs = tell(intake, other, person=stays)
    for person in (mine, stays):
        intake.execute(f"INSERT INTO telling_stops VALUES ('{person}', now())")  # noqa: S608
    assert erase(intake, phone=PHONE).status_code == 201
    assert [state_of(intake, one) for one in (waiting, called)] == [
        ("sms", "withheld", "erased"),
        ("call", "withheld", "erased"),
    ]
    assert state_of(intake, sent)[1] == "sent"
    assert state_of(intake, theirs)[1] == "waiting"
    assert [one["person"] for one in rows(intake.workshop, "telling_stops")["telling_stops"]] == [stays]


def test_a_person_is_shown_their_messages_and_how_often_each_was_tried(intake: Intake) -> None:
    ticket_id = intake.file(caller={"phone": PHONE})
    telling_id = tell(intake, ticket_id, Way.CALL, person=caller_ref(CALLER_KEY, PHONE))
    body = {"version": 0, "result": "not reached"}
    assert intake.client("hub").post(f"/call-list/{telling_id}/result", json=body).status_code == 200
    for path in ("report", "export"):
        (message,) = intake.client(*OFFICER).post(f"/privacy/{path}", json={"phone": PHONE}).json()["messages"]
        assert (message["ticket_id"], message["occasion"], message["way"]) == (ticket_id, "answered", "call")
        assert [(one["way"], one["outcome"]) for one in message["tries"]] == [("call", "not reached")]


def test_the_others_are_notified_once_for_each_ticket(intake: Intake) -> None:
    mine = {lived(intake), intake.file(caller={"phone": PHONE})}
    for _ in range(2):
        assert erase(intake, phone=PHONE).status_code == 201
    erased = [one for one in intake.published() if isinstance(one, TicketTextErased)]
    assert {(one.ticket_id, one.version) for one in erased} == {(one, 2) for one in mine}
    assert len(erased) == 2
    waiting = [one for one in intake.published() if isinstance(one, TicketTextRecorded)]
    assert {one.text for one in waiting} == {ERASED}


def test_somebody_elses_tickets_and_a_later_call_stay(intake: Intake) -> None:
    lived(intake)
    other = lived(intake, OTHER)
    kept = intake.show(other)["settlement"]
    assert erase(intake, phone=PHONE).json()["tickets"] == 1
    later = intake.file(text=WORDS, caller={"phone": PHONE})
    assert intake.show(other)["settlement"] == kept
    for ticket_id in (other, later):
        answer = intake.client("hub").get(f"/tickets/{ticket_id}/caller?purpose=own%20request")
        assert WORDS in answer.json()["text"]


def test_an_attachment_stays_while_another_ticket_has_it(intake: Intake) -> None:
    mine, other = lived(intake), lived(intake, OTHER)
    shared = contents(intake)
    store = intake.wiring.contents
    assert store
    assert erase(intake, phone=PHONE).status_code == 201
    kept = contents(intake)
    assert len(shared) == 3
    assert len(kept) == 2
    assert {one for one in shared if store.read(one) is not None} == kept
    assert intake.show(mine)["attachments"] == []
    assert len(intake.show(other)["attachments"]) == 2


def test_an_anonymous_caller_is_erased_by_their_ticket_and_a_known_one_too(intake: Intake) -> None:
    anonymous, known, second = lived(intake, None), lived(intake), lived(intake)
    assert erase(intake, ticket_id=anonymous).json()["tickets"] == 1
    assert intake.show(known)["text"] != ERASED
    assert erase(intake, ticket_id=known).json()["tickets"] == 2
    assert intake.show(second)["text"] == ERASED
    assert columns_with(intake.workshop.engine, WORDS) == set()


def test_a_repeated_request_of_an_erased_caller_does_not_bring_them_back(intake: Intake) -> None:
    key, body = fresh_key(), {"text": WORDS, "caller": {"phone": PHONE}}
    client = intake.client("hub")
    ticket_id = client.post("/tickets", json=body, headers=key).json()["ticket_id"]
    batch = {"source": "2026", "mode": "live", "tickets": [{"source_id": "A-1", **body}]}
    imported = client.post("/tickets/batch", json=batch).json()["results"][0]["ticket_id"]
    assert erase(intake, phone=PHONE).json()["tickets"] == 2
    again = client.post("/tickets", json=body, headers=key).json()
    assert (again["ticket_id"], again["repeated"]) == (ticket_id, True)
    row = client.post("/tickets/batch", json=batch).json()["results"][0]
    assert (row["ticket_id"], row["repeated"]) == (imported, True)
    assert intake.rows()["tickets"] == 2
    assert columns_with(intake.workshop.engine, WORDS) == set()
    problem(client.post("/tickets", json={**body, "text": "别的"}, headers=key), 422)
    assert not columns_with(intake.workshop.engine, key["Idempotency-Key"])


def test_a_late_reading_still_dispatches_an_erased_ticket_without_its_words(intake: Intake) -> None:
    ticket_id = intake.file(text=WORDS, caller={"phone": PHONE})
    assert erase(intake, phone=PHONE).status_code == 201
    with intake.workshop.open() as work:
        intake.on_classified([classified(ticket_id, place=HERE, reasons=(WORDS,))], work)
    assert intake.show(ticket_id)["state"] == "dispatched"
    assert columns_with(intake.workshop.engine, WORDS) == set()


def test_a_restored_backup_forgets_again_what_the_list_names(intake: Intake) -> None:
    everything(intake)
    other = lived(intake, OTHER)
    backup = rows(intake.workshop)
    assert erase(intake, phone=PHONE).status_code == 201
    later = intake.file(text="后来的电话", caller={"phone": PHONE})
    officer = intake.client(*OFFICER, hours=24 * 365)
    tombstones = officer.get("/privacy/erasures").json()["items"]
    assert officer.post("/privacy/erasures/applied", json=tombstones).status_code == 200
    assert intake.client("hub", hours=24 * 365).get(f"/tickets/{later}/caller?purpose=own%20request").status_code == 200

    restore(intake.workshop, backup)
    assert "ticket_texts.text" in columns_with(intake.workshop.engine, WORDS)
    for _ in range(2):
        answer = officer.post("/privacy/erasures/applied", json=tombstones)
        assert answer.json() == {"applied": 1}
    left = rows(intake.workshop)
    assert {str(one["ticket_id"]) for one in left["vault"]} == {other}
    assert len(left["vault_keys"]) == 1
    assert [one["text"] for one in left["ticket_texts"]].count(ERASED) == 4
    assert len(left["erasures"]) == 1


def test_wherever_it_is_killed_erasing_again_finishes_it(intake: Intake) -> None:
    lived(intake)
    store, attached = intake.wiring.contents, contents(intake)
    assert store
    holder, erasure_id, at = caller_ref(CALLER_KEY, PHONE), str(uuid4()), 0
    assert holder
    finished = False
    while not finished:
        at += 1
        with killed_at(intake, at):
            with intake.workshop.open() as work:
                intake.wiring.caller_data.erase(work, holder, erasure_id, "officer", "本人要求")
            for finish in (intake.wiring.caller_data.erase.finish_one, intake.wiring.caller_data.end_keys.of_erased):
                with intake.workshop.open() as work:
                    finish(work, None)
            finished = True
        erased = {"ticket_texts.text"} & columns_with(intake.workshop.engine, WORDS) == set()
        assert erased == (columns_with(intake.workshop.engine, WORDS) == set()), "half of it is erased"
    assert at > 15
    assert [one for one in attached if store.read(one) is not None] == []
    assert rows(intake.workshop)["erasures"][0]["contents"] == []
    assert (intake.rows()["keys_to_delete"], intake.in_keys("SELECT id FROM caller_keys")) == (0, [])


@pytest.mark.parametrize("roles", [("hub",), ("identity-reader",), ("supervisor", "identity-reader"), ("admin",)])
def test_personal_data_is_for_the_hubs_identity_readers_alone(intake: Intake, roles: tuple[str, ...]) -> None:
    client = intake.client(*roles)
    for path, body in (("report", {}), ("export", {}), ("erasures", {"reason": "x"})):
        problem(client.post(f"/privacy/{path}", json={"phone": PHONE, **body}), 403)
    problem(client.get("/privacy/erasures"), 403)
    problem(client.post("/privacy/erasures/applied", json=[]), 403)


def test_a_report_says_what_is_kept_and_who_read_it_and_an_export_gives_it(intake: Intake) -> None:
    ticket_id = lived(intake)
    intake.client("department:housing", subject="li").get(f"/tickets/{ticket_id}/caller?purpose=on%20site")
    intake.clock.advance(timedelta(seconds=1))  # readings are listed by their time
    officer = intake.client(*OFFICER, subject="officer")
    report = officer.post("/privacy/report", json={"phone": PHONE})
    assert report.headers["cache-control"] == "no-store"
    found = report.json()
    assert (found["in_vault"], found["kept"]["texts"], found["kept"]["attachments"]) == (1, 1, 2)
    assert found["given"] == {"name": 1, "phone": 1, "email": 1, "address": 1, "text": 1}
    assert WORDS not in report.text
    assert EMAIL not in report.text
    assert [(one["reader"], one["purpose"]) for one in found["readings"]] == [
        ("li", "on site"), ("officer", "own request"),
    ]  # fmt: skip
    exported = officer.post("/privacy/export", json={"ticket_id": ticket_id}).json()
    (ticket,) = exported["tickets"]
    assert ticket["said"] == {
        "name": "王建国", "phone": PHONE, "email": EMAIL, "address": f"凉城路{WORDS}", "text": f"楼顶漏雨，{WORDS}",
    }  # fmt: skip
    assert ticket["settlement"]["public_answer"] == WORDS
    erase(intake, phone=PHONE)
    gone = officer.post("/privacy/report", json={"phone": PHONE}).json()
    assert (gone["in_vault"], gone["kept"]["texts"], len(gone["erasures"])) == (0, 0, 1)


@pytest.mark.parametrize("body", [{}, {"phone": PHONE, "ticket_id": str(uuid4())}, {"phone": "无"}])
def test_one_person_must_be_named(intake: Intake, body: dict[str, str]) -> None:
    problem(intake.client(*OFFICER).post("/privacy/report", json=body), 422)


def test_an_unknown_ticket_is_nobodys(intake: Intake) -> None:
    problem(erase(intake, ticket_id=str(uuid4())), 404)
    assert intake.rows()["erasures"] == 0
