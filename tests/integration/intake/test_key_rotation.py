"""The master key is changed while calls come in; no caller is lost, and the old key opens nothing afterwards."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from services.contracts.ticket_events import Channel
from services.intake.app.ports import Identity
from services.intake.app.receive_ticket import Request
from services.intake.jobs import rotate_key
from services.intake.jobs.rotate_key import CannotOpen, rotate
from services.intake.store.master_keys import MasterKeys, UnknownMaster, master_id
from services.intake.store.vault import SealedVault
from services.intake.wiring import Wiring
from tests.integration.intake.conftest import CALLER_KEY, VAULT_KEY, Intake

NEW = b"n" * 32
BOTH = MasterKeys(NEW, [VAULT_KEY])


def url(intake: Intake) -> str:
    return intake.workshop.engine.url.render_as_string(hide_password=False)


def reveal(intake: Intake, masters: MasterKeys, ticket_id: str) -> Identity | None:
    with intake.workshop.open() as work:
        return SealedVault(masters).reveal(work, ticket_id)


def masters_in(intake: Intake) -> set[str | None]:
    with intake.workshop.engine.connect() as connection:
        return set(connection.execute(text("SELECT DISTINCT master FROM vault_keys")).scalars())


@pytest.fixture
def called(intake: Intake) -> list[str]:
    return [intake.file(caller={"phone": f"1391234{n:04}"}) for n in range(7)] + [intake.file()]


def test_after_the_change_the_new_key_alone_opens_what_was_kept(
    intake: Intake, called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_key, "PAGES", 1)
    before = [reveal(intake, BOTH, one) for one in called]
    done = rotate(url(intake), NEW, [VAULT_KEY])
    assert (done.wrapped, done.left) == (8, 0)
    assert masters_in(intake) == {master_id(NEW)}
    assert [reveal(intake, MasterKeys(NEW), one) for one in called] == before
    with pytest.raises(UnknownMaster):
        reveal(intake, MasterKeys(VAULT_KEY), called[0])
    assert rotate(url(intake), NEW, [VAULT_KEY]).wrapped == 0


def test_rows_from_before_there_were_ids_are_opened_and_wrapped_too(intake: Intake, called: list[str]) -> None:
    intake.execute("UPDATE vault_keys SET master = NULL")
    assert reveal(intake, BOTH, called[0])
    assert reveal(intake, MasterKeys(VAULT_KEY), called[0])
    with pytest.raises(InvalidTag):
        reveal(intake, MasterKeys(NEW), called[0])
    assert rotate(url(intake), NEW, [VAULT_KEY]).wrapped == 8
    assert reveal(intake, MasterKeys(NEW), called[0])


def test_calls_under_either_key_go_on_meanwhile(intake: Intake, called: list[str]) -> None:
    filed = list[str]()
    receive = Wiring.of(CALLER_KEY, VAULT_KEY, old_vault_keys=[NEW]).receive

    def call() -> None:
        for phone in ("13912340001", None) * 10:
            said = Request(Identity("王", phone, "漏雨", None), Channel.PHONE, None, str(uuid4()), b"", "desk")
            with intake.workshop.open() as work:
                filed.append(receive(work, said)[0])

    caller = threading.Thread(target=call)
    caller.start()
    while caller.is_alive():
        rotate(url(intake), NEW, [VAULT_KEY])
    assert len(filed) == 20
    while rotate(url(intake), NEW, [VAULT_KEY]).left:
        pass
    assert masters_in(intake) == {master_id(NEW)}
    assert all(reveal(intake, MasterKeys(NEW), one) for one in [*called, *filed])


def test_a_key_that_a_call_holds_is_left_for_the_next_run(intake: Intake, called: list[str]) -> None:
    with intake.workshop.engine.begin() as connection:
        connection.execute(text("SELECT FROM vault_keys WHERE holder = :held FOR UPDATE"), {"held": called[-1]})
        assert rotate(url(intake), NEW, [VAULT_KEY]).left == 1
    assert rotate(url(intake), NEW, [VAULT_KEY]).left == 0


def test_without_the_old_key_nothing_is_changed(intake: Intake, called: list[str]) -> None:
    with pytest.raises(CannotOpen, match=master_id(VAULT_KEY)):
        rotate(url(intake), NEW)
    assert masters_in(intake) == {master_id(VAULT_KEY)}
    assert reveal(intake, MasterKeys(VAULT_KEY), called[0])
