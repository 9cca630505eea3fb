"""Callers' keys lie in a database of their own: whatever dies when, no call loses its key, no erased one keeps it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine, MetaData, select, text
from sqlalchemy.exc import OperationalError

from services.chassis.sweep import Sweep
from services.chassis.web.health import Health
from services.contracts.ticket_events import Channel
from services.intake.app import end_keys
from services.intake.app.ports import Identity
from services.intake.app.receive_ticket import Request
from services.intake.domain.callers import caller_ref
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.keys_moved import WrongKeys, check_keys
from services.intake.store.master_keys import MasterKeys
from services.intake.wiring import Wiring
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import CALLER_KEY, NO_KEYS, VAULT_KEY, Intake, nothing_but, problem
from tests.integration.intake.erasing import OFFICER, OTHER, PHONE, killed_at

KEYS = "SELECT id FROM caller_keys"
HOLDERS_WITHOUT_A_KEY = "SELECT id FROM vault_keys WHERE id <> ALL(:there)"


def keys_there(intake: Intake) -> set[UUID]:
    return set(intake.in_keys(KEYS))


def named_keys(intake: Intake) -> set[UUID]:
    """Those that rows of the vault name."""
    with intake.workshop.engine.connect() as connection:
        return set(connection.execute(text("SELECT key_id FROM vault UNION SELECT id FROM vault_keys")).scalars())


def phone_of(intake: Intake, ticket_id: str) -> str | None:
    with intake.workshop.open() as work:
        found = intake.vault.reveal(work, ticket_id)
    return found.phone if found else None


def erase(intake: Intake, phone: str = PHONE) -> None:
    body = {"phone": phone, "reason": "本人要求"}
    answer = intake.client(*OFFICER).post("/privacy/erasures", json=body)
    assert answer.status_code == 201, answer.text


def sweep(intake: Intake) -> None:
    for step in (intake.wiring.caller_data.end_keys.of_erased, intake.wiring.caller_data.end_keys.orphans):
        more: str | None = ""
        while more is not None:
            with intake.workshop.open() as work:
                more = step(work, None)


def a_day_older(intake: Intake) -> None:
    intake.in_keys("UPDATE caller_keys SET made_at = made_at - interval '25 hours'")


def call(phone: str) -> Request:
    return Request(Identity("王建国", phone, "漏雨", None), Channel.PHONE, None, str(uuid4()), b"", "desk")


# --- what each database holds ---------------------------------------------------------------------------------------


def readable(engine: Engine) -> Iterator[bytes]:
    """Every value of every table, as a dump would have it."""
    with engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                yield from (bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row)


def test_a_dump_of_intake_holds_no_key_and_one_of_the_keys_nobody(intake: Intake) -> None:
    mine = [intake.file(caller={"phone": PHONE, "name": "欧阳建国"}), intake.file()]
    holders = {str(caller_ref(CALLER_KEY, PHONE)), *mine}
    wrapped = [bytes(one) for one in intake.in_keys("SELECT wrapped_key FROM caller_keys ORDER BY id")]
    masters = MasterKeys(VAULT_KEY)
    ids = sorted(keys_there(intake))
    opened = [masters.unwrap(one, key_id.bytes, None) for key_id, one in zip(ids, wrapped, strict=True)]
    dumped = b"\n".join(readable(intake.workshop.engine))
    assert len(wrapped) == 2
    for secret in (*wrapped, *opened, VAULT_KEY):
        for form in (secret, secret.hex().encode()):
            assert form not in dumped
    of_keys = b"\n".join(readable(intake.keys))
    for words in (PHONE, "欧阳建国", *holders):
        assert words.encode() not in of_keys
    assert all(holder.encode() in dumped for holder in holders)


def test_a_key_opens_only_where_it_belongs(intake: Intake) -> None:
    mine, theirs = intake.file(caller={"phone": PHONE}), intake.file(caller={"phone": OTHER})
    one, other = sorted(keys_there(intake))
    intake.in_keys(
        "UPDATE caller_keys SET wrapped_key = (SELECT wrapped_key FROM caller_keys WHERE id = :one) WHERE id = :other",
        one=one, other=other,
    )  # fmt: skip
    opened = []
    for ticket_id in (mine, theirs):
        try:
            opened.append(phone_of(intake, ticket_id))
        except Exception as error:  # noqa: BLE001
            opened.append(type(error).__name__)
    assert opened.count("InvalidTag") == 1


# --- a call -----------------------------------------------------------------------------------------------------------


def test_a_call_that_dies_at_any_statement_leaves_no_row_without_its_key(intake: Intake) -> None:
    known, at, finished = intake.file(caller={"phone": OTHER}), 0, False
    filed: list[str] = []
    while not finished:
        at += 1
        with killed_at(intake, at), intake.workshop.open() as work:
            prepared = [intake.wiring.receive.prepared(call(phone)) for phone in (PHONE, OTHER)]
            outcomes = intake.wiring.receive.many(work, prepared)
            filed = [one.ticket_id for one in outcomes if one]
        with intake.workshop.engine.connect() as connection:
            finished = connection.execute(text("SELECT count(*) FROM vault")).scalar_one() == 3
        assert named_keys(intake) <= keys_there(intake)
    assert at > 6
    assert [phone_of(intake, one) for one in (*filed, known)] == [PHONE, OTHER, OTHER]
    assert len(keys_there(intake)) > 2, "no kill came between key and commit"
    sweep(intake)
    assert len(keys_there(intake)) > 2, "a young key may be of a call under way"
    a_day_older(intake)
    before = REGISTRY.get_sample_value("closedloop_orphaned_keys_total") or 0
    left = len(keys_there(intake) - named_keys(intake))
    sweep(intake)
    assert keys_there(intake) == named_keys(intake)
    assert REGISTRY.get_sample_value("closedloop_orphaned_keys_total") == before + left
    assert phone_of(intake, filed[0]) == PHONE


def test_the_search_for_orphans_that_dies_at_any_statement_is_finished_by_the_next(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end_keys, "BATCH", 2)
    kept = [intake.file(caller={"phone": f"1391234000{n}"}) for n in range(3)]
    CallerKeys(intake.keys, MasterKeys(VAULT_KEY)).make_and_read([uuid4() for _ in range(4)], ())
    a_day_older(intake)
    at, finished = 0, False
    while not finished:
        at += 1
        with killed_at(intake, at):
            sweep(intake)
            finished = True
    assert at > 4
    assert keys_there(intake) == named_keys(intake)
    assert None not in [phone_of(intake, one) for one in kept]


def test_a_key_of_a_day_is_looked_at_once(intake: Intake) -> None:
    """With another database of intake under it by mistake, hardly any key would go."""
    intake.file(caller={"phone": PHONE})
    a_day_older(intake)
    sweep(intake)
    intake.execute("DELETE FROM vault_keys")
    sweep(intake)
    assert len(keys_there(intake)) == 1


def test_without_the_keys_database_no_call_is_taken_and_nothing_is_half_done(intake: Intake) -> None:
    away = Wiring.of(CALLER_KEY, NO_KEYS).receive
    with pytest.raises(OperationalError), intake.workshop.open() as work:
        away(work, call(PHONE))
    assert nothing_but(intake.rows())


def test_a_caller_whose_key_was_lost_calls_on_under_a_new_one(intake: Intake) -> None:
    """As after the keys' database was restored from a dump that is older than the call."""
    lost, other = intake.file(caller={"phone": PHONE}), intake.file(caller={"phone": OTHER})
    mine = f"(SELECT id FROM vault_keys WHERE holder = '{caller_ref(CALLER_KEY, PHONE)}')"  # noqa: S608
    with intake.workshop.engine.connect() as connection:
        key = connection.execute(text(mine[1:-1])).scalar_one()
    intake.in_keys("DELETE FROM caller_keys WHERE id = :key", key=key)
    assert phone_of(intake, lost) is None
    later = [intake.file(caller={"phone": PHONE}) for _ in range(2)]
    assert [phone_of(intake, one) for one in (lost, *later, other)] == [None, PHONE, PHONE, OTHER]
    erase(intake)
    assert [phone_of(intake, one) for one in (*later, other)] == [None, None, OTHER]


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_an_erased_callers_key_is_gone_when_it_is_answered(intake: Intake) -> None:
    intake.file(caller={"phone": PHONE})
    other = intake.file(caller={"phone": OTHER})
    erase(intake)
    assert len(keys_there(intake)) == 1
    assert phone_of(intake, other) == OTHER
    assert intake.rows()["keys_to_delete"] == 0


def test_an_erasure_that_dies_at_any_statement_is_finished_by_the_worker(intake: Intake) -> None:
    intake.file(caller={"phone": PHONE})
    holder, at, finished = caller_ref(CALLER_KEY, PHONE), 0, False
    assert holder
    while not finished:
        at += 1
        with killed_at(intake, at):
            with intake.workshop.open() as work:
                intake.wiring.caller_data.erase(work, holder, str(uuid4()), "officer", "本人要求")
            finished = True
        assert (intake.rows()["vault_keys"] == 0) == (intake.rows()["keys_to_delete"] == 1)
    at, finished = 0, False
    while not finished:
        at += 1
        with killed_at(intake, at):
            sweep(intake)
            finished = True
        assert keys_there(intake) == set() or intake.rows()["keys_to_delete"] == 1, "forgotten before it is gone"
    assert at > 3
    assert (keys_there(intake), intake.rows()["keys_to_delete"]) == (set(), 0)


def test_the_worker_deletes_what_the_answer_could_not(intake: Intake) -> None:
    intake.file(caller={"phone": PHONE})
    intake.in_keys("ALTER TABLE caller_keys RENAME TO away")
    body = {"phone": PHONE, "reason": "本人要求"}
    problem(intake.client(*OFFICER).post("/privacy/erasures", json=body), 500)
    assert intake.rows()["keys_to_delete"] == 1
    for gauge in intake.wiring.gauges(intake.clock):
        with intake.workshop.engine.begin() as connection:
            intake.clock.advance(timedelta(minutes=1))
            gauge(connection)
    assert (REGISTRY.get_sample_value("closedloop_keys_to_delete_oldest_seconds") or 0) >= 60
    intake.in_keys("ALTER TABLE away RENAME TO caller_keys")
    stop, health = threading.Event(), Health()
    health.expect("keys", 90)
    worker = Sweep("keys", intake.wiring.caller_data.end_keys.of_erased)
    running = threading.Thread(target=worker.run, args=(intake.workshop, stop, health))
    running.start()
    eventually(lambda: intake.rows()["keys_to_delete"] == 0, within=30)
    stop.set()
    running.join(60)
    assert keys_there(intake) == set()


def test_keys_go_with_the_last_ticket_whose_time_is_over(intake: Intake) -> None:
    old = intake.file(caller={"phone": PHONE})
    with intake.workshop.open() as work:
        intake.wiring.caller_data.erase.of_tickets(work, [old], str(uuid4()), "retention", "kept for its time: caller")
    sweep(intake)
    assert keys_there(intake) == set()


def test_keys_that_a_restored_backup_of_their_database_brings_back_are_deleted_again(intake: Intake) -> None:
    intake.file(caller={"phone": PHONE})
    other = intake.file(caller={"phone": OTHER})
    with intake.keys.connect() as connection:
        backup = connection.execute(text("SELECT * FROM caller_keys")).mappings().all()
    erase(intake)
    later = intake.file(caller={"phone": PHONE})
    tombstones = intake.client(*OFFICER).get("/privacy/erasures").json()["items"]
    for key in backup:
        intake.in_keys(
            "INSERT INTO caller_keys VALUES (:id, :wrapped_key, :master, :made_at) ON CONFLICT DO NOTHING", **key
        )
    assert len(keys_there(intake)) == 3
    answer = intake.client(*OFFICER).post("/privacy/erasures/applied", json=tombstones)
    assert answer.json() == {"applied": 1}
    assert keys_there(intake) == named_keys(intake)
    assert [phone_of(intake, one) for one in (other, later)] == [OTHER, PHONE]


def test_a_call_while_its_caller_is_erased_can_be_read_afterwards(intake: Intake) -> None:
    intake.file(caller={"phone": PHONE})
    filed: list[str] = []
    with intake.workshop.open() as work:
        intake.wiring.caller_data.erase(work, caller_ref(CALLER_KEY, PHONE) or "", str(uuid4()), "officer", "本人要求")
        caller = threading.Thread(target=lambda: filed.append(intake.file(caller={"phone": PHONE})))
        caller.start()
        eventually(lambda: waiting_for_a_lock(intake), within=30)
    caller.join(60)
    sweep(intake)
    assert phone_of(intake, filed[0]) == PHONE
    assert keys_there(intake) == named_keys(intake)


def waiting_for_a_lock(intake: Intake) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with intake.workshop.engine.connect() as connection:
        return bool(connection.execute(text(query)).scalar_one())


# --- the right database -----------------------------------------------------------------------------------------------


def test_a_database_with_nobodys_keys_is_refused_before_anybody_looks_erased(intake: Intake) -> None:
    keys = CallerKeys(intake.keys, MasterKeys(VAULT_KEY))
    check_keys(intake.workshop.engine, keys)
    intake.file(caller={"phone": PHONE})
    check_keys(intake.workshop.engine, keys)
    intake.in_keys("UPDATE caller_keys SET id = gen_random_uuid()")
    with pytest.raises(WrongKeys, match="none of the keys of 1 callers"):
        check_keys(intake.workshop.engine, keys)
