"""Personal data is in the vault alone, sealed under the caller's own key; without that key the person is gone."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import MetaData, select, text

from services.intake.app.ports import Identity
from services.intake.domain.callers import caller_ref
from services.intake.http.ticket_bodies import TicketBody
from services.intake.store.master_keys import MasterKeys, UnknownMaster
from tests.integration.intake.conftest import CALLER_KEY, Intake, fresh_key

NAME, PHONE, FLAT = "欧阳建国", "13912345678", "2917"
OTHERS = {"phone": "13700001111", "id": "310109196501011234", "plate": "沪AD12345", "landline": "65431234"}
PERSON: dict[str, Any] = {
    "text": (
        f"我叫{NAME}，住{FLAT}，电话{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}。邻居{OTHERS['phone']}，身份证{OTHERS['id']}，"
        f"车{OTHERS['plate']}挡住12号楼，办公室{OTHERS['landline']}。楼顶漏雨。"
    ),
    "address": f"凉城路1201弄12号{FLAT}室",
    "caller": {"name": NAME, "phone": f"+86 {PHONE}"},
}
IDENTITY = Identity(NAME, f"+86 {PHONE}", PERSON["text"], PERSON["address"])


def reveal(intake: Intake, ticket_id: str) -> Identity | None:
    with intake.workshop.open() as work:
        return intake.vault.reveal(work, ticket_id)


def dump(intake: Intake) -> dict[str, str]:
    """Every table as text; bytes are read as UTF-8."""
    with intake.workshop.engine.connect() as connection:
        schema = MetaData()
        schema.reflect(connection)
        tables = {table.name: connection.execute(select(table)).tuples().all() for table in schema.sorted_tables}
    return {name: "\n".join(_readable(value) for row in rows for value in row) for name, rows in tables.items()}


def _readable(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def traces(stored: str) -> set[str]:
    """What of the person can be read in a text. Digits count only by themselves: an id may hold any."""
    numbers = [PHONE, FLAT, *OTHERS.values()]
    found = {one for one in numbers if re.search(rf"(?<![0-9a-fA-F]){one}(?![0-9a-fA-F])", re.sub(r"[ -]", "", stored))}
    return found | ({NAME} if NAME in stored else set())


def test_the_search_finds_what_it_looks_for() -> None:
    assert traces(PERSON["text"] + PERSON["address"]) == {NAME, PHONE, FLAT, *OTHERS.values()}


def test_personal_data_is_in_no_table_and_in_no_event(intake: Intake) -> None:
    answer = intake.client("hub").post("/tickets", json=PERSON, headers=fresh_key())
    intake.classify(answer.json()["ticket_id"])
    tables = dump(intake)
    assert {"tickets", "ticket_texts", "outbox", "vault", "receipts"} <= tables.keys()
    assert {name: traces(stored) for name, stored in tables.items() if traces(stored)} == {}
    assert "楼顶漏雨" in tables["ticket_texts"]
    assert "12号楼" in tables["outbox"]


def test_a_receipt_does_not_let_anybody_try_out_what_was_masked(intake: Intake) -> None:
    body = {"text": "漏水", "caller": {"phone": PHONE}}
    intake.client("hub").post("/tickets", json=body, headers=fresh_key())
    with intake.workshop.engine.connect() as connection:
        fingerprint = bytes(connection.execute(text("SELECT fingerprint FROM receipts")).scalar_one())
    canonical = TicketBody.model_validate(body).canonical()
    sent = json.dumps(body).encode()
    assert fingerprint not in [hashlib.sha256(guess).digest() for guess in (canonical, b"request:" + canonical, sent)]


def test_personal_data_is_not_shown_and_not_logged(intake: Intake, logged: list[Any]) -> None:
    client = intake.client("hub")
    ticket_id = client.post("/tickets", json=PERSON, headers=fresh_key()).json()["ticket_id"]
    shown = client.get(f"/tickets/{ticket_id}").text + client.get("/tickets").text
    assert traces(shown) == set()
    intake.execute("ALTER TABLE outbox ADD CHECK (topic <> 'ticket-texts') NOT VALID")
    assert client.post("/tickets", json=PERSON, headers=fresh_key()).status_code == 500
    (error,) = [entry for entry in logged if entry["log_level"] == "error"]
    assert traces(f"{error} {error['exc_info']!r}") == set()


def test_the_vault_gives_back_what_was_said(intake: Intake) -> None:
    ticket_id = intake.client("hub").post("/tickets", json=PERSON, headers=fresh_key()).json()["ticket_id"]
    assert reveal(intake, ticket_id) == IDENTITY
    assert reveal(intake, intake.file(text="漏水")) == Identity(None, None, "漏水", None)
    assert reveal(intake, "00000000-0000-0000-0000-000000000000") is None


def test_the_tickets_of_one_caller_share_a_key_and_no_others_do(intake: Intake) -> None:
    for phone in (PHONE, f"+86-{PHONE}", "13800000000"):
        intake.file(caller={"phone": phone})
    anonymous = [intake.file(), intake.file()]
    rows = intake.rows()
    assert (rows["vault"], rows["vault_keys"]) == (5, 4)
    with intake.workshop.engine.connect() as connection:
        holders = set(connection.execute(text("SELECT holder FROM vault_keys")).scalars())
    assert holders == {caller_ref(CALLER_KEY, PHONE), caller_ref(CALLER_KEY, "13800000000"), *anonymous}


def test_whoever_loses_the_key_is_erased_from_all_tickets_and_the_counts_stay(intake: Intake) -> None:
    erased = [intake.file(caller={"phone": PHONE, "name": NAME}) for _ in range(2)]
    other = intake.file(caller={"phone": "13800000000"})
    intake.execute(f"DELETE FROM vault_keys WHERE holder = '{caller_ref(CALLER_KEY, PHONE)}'")  # noqa: S608
    assert [reveal(intake, ticket_id) for ticket_id in erased] == [None, None]
    assert reveal(intake, other) is not None
    assert intake.rows()["tickets"] == 3

    later = intake.file(caller={"phone": PHONE, "name": NAME})
    assert reveal(intake, later) == Identity(NAME, PHONE, "楼顶漏雨", None)
    assert [reveal(intake, ticket_id) for ticket_id in erased] == [None, None]


def test_first_calls_of_one_caller_at_once_agree_on_a_key(intake: Intake) -> None:
    start = threading.Barrier(6)

    def call(_: int) -> str:
        start.wait(60)
        return intake.file(caller={"phone": PHONE})

    with ThreadPoolExecutor(6) as pool:
        filed = list(pool.map(call, range(6)))
    assert intake.rows()["vault_keys"] == 1
    assert [reveal(intake, ticket_id) for ticket_id in filed] == [Identity(None, PHONE, "楼顶漏雨", None)] * 6


def test_a_row_moved_to_another_ticket_or_another_vault_key_opens_nothing(intake: Intake) -> None:
    one, other = (intake.file(caller={"phone": PHONE}) for _ in range(2))
    intake.execute(
        f"UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE ticket_id = '{one}')"  # noqa: S608
        f" WHERE ticket_id = '{other}'"
    )
    with pytest.raises(InvalidTag):
        reveal(intake, other)
    with intake.workshop.open() as work, pytest.raises(UnknownMaster):
        intake.opened_by(MasterKeys(b"w" * 32)).reveal(work, one)


def test_the_same_words_are_never_sealed_alike(intake: Intake) -> None:
    for _ in range(3):
        intake.file(caller={"phone": PHONE})
    with intake.workshop.engine.connect() as connection:
        sealed = connection.execute(text("SELECT sealed FROM vault")).scalars().all()
    assert len({bytes(one) for one in sealed}) == len({bytes(one)[:12] for one in sealed}) == 3
