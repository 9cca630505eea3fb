"""What has been kept for its time goes by itself, and nothing that is younger or needed still."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.text_events import ERASED, TicketTextErased
from services.intake.app import end_retention
from services.intake.domain.callers import caller_ref
from services.intake.domain.telling import Way
from tests.harness.planted import columns_with
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import CALLER_KEY, Intake
from tests.integration.intake.erasing import OFFICER, WORDS, attach, contents, killed_at, rows
from tests.integration.intake.following import Issue, take
from tests.integration.intake.telling import tell

PHONE = "13912345678"
_HALF_ERASED = text(
    """
    SELECT ticket_id FROM ticket_texts LEFT JOIN vault USING (ticket_id)
     WHERE (text = :erased) IS DISTINCT FROM (sealed IS NULL)
    """
)
YEAR = timedelta(days=366)
YEARS = 24 * 366 * 5


def ended(intake: Intake, phone: str | None = PHONE) -> str:
    """A ticket that nobody accepted, with words and an attached file."""
    ticket_id = intake.file(text=WORDS, **({"caller": {"phone": phone}} if phone else {}))
    attach(intake, ticket_id, f"{WORDS}{ticket_id}")
    body = {"version": intake.show(ticket_id)["version"], "reason": WORDS}
    answer = intake.client("hub", hours=YEARS).post(f"/tickets/{ticket_id}/rejection", json=body)
    assert answer.status_code == 200, answer.text
    return ticket_id


def sweep(intake: Intake) -> int:
    """Goes over every class as the worker would; returns in how many transactions."""
    batches, more = 0, True
    while more:
        with intake.workshop.open() as work:
            more = intake.wiring.caller_data.end_retention(work, None) is not None
        batches += more
    for finish in (intake.wiring.caller_data.erase.finish_one, intake.wiring.caller_data.end_keys.of_erased):
        more = True
        while more:
            with intake.workshop.open() as work:
                more = finish(work, None) is not None
    return batches


def shown(intake: Intake) -> dict[str, dict[str, Any]]:
    answer = intake.client(*OFFICER, hours=YEARS).get("/privacy/retention")
    assert answer.status_code == 200, answer.text
    return {one["kept"]: one for one in answer.json()["items"]}


def later(intake: Intake, by: timedelta) -> None:
    intake.clock.advance(by)


def test_a_ticket_is_forgotten_two_years_after_its_end_and_its_facts_stay(intake: Intake) -> None:
    ticket_id = ended(intake)
    before = rows(intake.workshop, "tickets")["tickets"]
    later(intake, 2 * YEAR - timedelta(days=4))
    sweep(intake)
    assert "ticket_texts.text" in columns_with(intake.workshop.engine, WORDS)
    later(intake, timedelta(days=5))
    assert shown(intake)["caller"]["due"] == 1
    sweep(intake)
    assert columns_with(intake.workshop.engine, WORDS) == set()
    left = rows(intake.workshop)
    assert [len(left[name]) for name in ("vault", "vault_keys", "receipts")] == [0, 0, 0]
    assert intake.in_keys("SELECT id FROM caller_keys") == []
    assert [one["state"] for one in left["tickets"]] == [one["state"] for one in before]
    assert [one.ticket_id for one in intake.published() if isinstance(one, TicketTextErased)] == [ticket_id]
    found = shown(intake)["caller"]
    assert (found["due"], found["removed"]) == (0, 1)
    assert found["removed_at"] == found["finished_at"]


def test_the_key_stays_while_a_younger_ticket_of_the_caller_needs_it(intake: Intake) -> None:
    old = ended(intake)
    later(intake, YEAR)
    young = ended(intake)
    later(intake, YEAR)
    sweep(intake)
    with intake.workshop.open() as work:
        assert intake.vault.reveal(work, old) is None
        identity = intake.vault.reveal(work, young)
    assert identity is not None
    assert identity.phone == PHONE
    (tombstone,) = [one for one in rows(intake.workshop, "erasures")["erasures"] if one["tickets"]]
    assert (tombstone["holder"], tombstone["tickets"], tombstone["keys"]) == (None, [old], [])
    later(intake, YEAR)
    sweep(intake)
    assert intake.rows()["vault_keys"] == 0


def test_a_ticket_that_is_worked_on_is_kept_whole_however_old_it_is(intake: Intake) -> None:
    intake.file(text=WORDS, caller={"phone": PHONE})
    later(intake, 10 * YEAR)
    before = {name: count for name, count in intake.rows().items() if name != "retention_runs"}
    sweep(intake)
    assert {name: count for name, count in intake.rows().items() if name != "retention_runs"} == before


def test_a_caller_who_is_promised_word_of_works_is_kept_until_they_had_it(intake: Intake) -> None:
    ticket_id, issue = ended(intake), Issue()
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    take(intake, issue.becomes("in cure"))
    later(intake, 2 * YEAR)
    sweep(intake)
    assert intake.rows()["vault"] == 1
    intake.execute("UPDATE follow_ups SET stage = 'solved'")
    later(intake, timedelta(hours=1))
    sweep(intake)
    assert intake.rows()["vault"] == 0


def test_attached_files_go_after_a_year_and_their_contents_with_them(intake: Intake) -> None:
    ticket_id = ended(intake)
    (content,) = contents(intake)
    store = intake.wiring.contents
    assert store
    later(intake, YEAR)
    sweep(intake)
    assert contents(intake) == set()
    assert store.read(content) is None
    assert intake.show(ticket_id)["text"] != ERASED


def test_messages_links_and_readings_go_at_their_own_time(intake: Intake) -> None:
    ticket_id = ended(intake)
    mine = caller_ref(CALLER_KEY, PHONE)
    telling_id = tell(intake, ticket_id, Way.CALL, person=mine)
    intake.execute(
        f"INSERT INTO telling_tries VALUES ('{telling_id}', 1, 'call', now(), 'not reached')",  # noqa: S608
        f"INSERT INTO links VALUES ('h', 'visit', '{ticket_id}', '0', now())",  # noqa: S608
        "INSERT INTO link_answers VALUES ('h', now(), 'solved', 'counted')",
    )
    assert intake.client(*OFFICER).post("/privacy/report", json={"phone": PHONE}).status_code == 200
    later(intake, 2 * YEAR)
    sweep(intake)
    left = intake.rows()
    assert [left[name] for name in ("tellings", "telling_tries", "links", "link_answers")] == [0, 0, 0, 0]
    assert left["caller_readings"] == 1
    later(intake, YEAR)
    sweep(intake)
    assert intake.rows()["caller_readings"] == 0


def test_a_class_is_looked_at_once_an_hour(intake: Intake) -> None:
    assert sweep(intake) == len(shown(intake))
    assert sweep(intake) == 0
    later(intake, timedelta(hours=1))
    assert sweep(intake) == len(shown(intake))


_HELD = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database AS here ON here.oid = database"
    " WHERE locktype = 'advisory' AND datname = current_database()"
)


def _locks(intake: Intake) -> int:
    """A sweep leaves a class alone that another one, or one that has just died, is at."""
    with intake.workshop.engine.connect() as connection:
        return int(connection.execute(_HELD).scalar_one())


def test_a_sweep_that_dies_at_any_statement_is_finished_by_the_next(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end_retention, "BATCH", 1)
    for _ in range(2):
        ended(intake)
    later(intake, 2 * YEAR)
    statement, finished = 0, False
    while not finished:
        statement += 1
        eventually(lambda: _locks(intake) == 0, 5, what="the server lets go of what the dead process held")
        with killed_at(intake, statement):
            sweep(intake)
            finished = True
        with intake.workshop.engine.connect() as connection:
            halves = connection.execute(_HALF_ERASED, {"erased": ERASED}).scalars().all()
        assert halves == []
    assert statement > 15
    assert columns_with(intake.workshop.engine, WORDS) == set()
    assert shown(intake)["caller"]["removed"] == 2
    assert {name: one["due"] for name, one in shown(intake).items()} == dict.fromkeys(shown(intake), 0)


def test_a_call_in_the_middle_of_a_sweep_keeps_its_key(intake: Intake) -> None:
    """It waits for the key, or the key waits for it; whichever is first, it can be read afterwards."""
    ended(intake)
    later(intake, 2 * YEAR)
    filed: list[str] = []
    with intake.workshop.open() as work:
        intake.wiring.caller_data.end_retention(work, None)
        call = threading.Thread(target=lambda: filed.append(intake.file(caller={"phone": PHONE})))
        call.start()
    call.join(60)
    with intake.workshop.open() as work:
        assert intake.vault.reveal(work, filed[0]) is not None


def test_only_those_who_answer_for_personal_data_see_it(intake: Intake) -> None:
    for roles in (("hub",), ("identity-reader",), ("supervisor",)):
        assert intake.client(*roles).get("/privacy/retention").status_code == 403


def test_the_records_of_processing_are_shown_to_the_same_few(intake: Intake) -> None:
    found = intake.client(*OFFICER).get("/privacy/records").json()
    assert found["notices"][0]["zh"].startswith("本次来电")
    assert found["assessments"][0]["made_on"] is None
    assert intake.client("hub").get("/privacy/records").status_code == 403
