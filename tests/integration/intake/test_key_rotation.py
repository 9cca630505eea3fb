"""The master key is changed while calls come in; no caller is lost, and the old key opens nothing afterwards."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from services.contracts.ticket_events import Channel
from services.intake.app.ports import Identity
from services.intake.app.receive_ticket import Request
from services.intake.jobs import rotate_key
from services.intake.jobs.rotate_key import CannotOpen, rotate
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import MasterKeys, UnknownMaster, master_id
from services.intake.wiring import Wiring
from tests.integration.intake.conftest import CALLER_KEY, VAULT_KEY, Intake

NEW = b"n" * 32
BOTH = MasterKeys(NEW, [VAULT_KEY])


def url(intake: Intake) -> str:
    return intake.keys.url.render_as_string(hide_password=False)


def reveal(intake: Intake, masters: MasterKeys, ticket_id: str) -> Identity | None:
    with intake.workshop.open() as work:
        return intake.opened_by(masters).reveal(work, ticket_id)


def masters_in(intake: Intake) -> set[str]:
    return set(intake.in_keys("SELECT DISTINCT master FROM caller_keys"))


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


def test_calls_under_either_key_go_on_meanwhile(intake: Intake, called: list[str]) -> None:
    filed = list[str]()
    receive = Wiring.of(CALLER_KEY, CallerKeys(intake.keys, MasterKeys(VAULT_KEY, [NEW]))).receive

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


def test_a_key_that_is_deleted_while_it_is_wrapped_stays_deleted(intake: Intake, called: list[str]) -> None:
    def delete(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith("UPDATE"):
            intake.in_keys("DELETE FROM caller_keys WHERE id = (SELECT min(id::text) FROM caller_keys)::uuid")

    event.listen(Engine, "before_cursor_execute", delete)
    try:
        done = rotate(url(intake), NEW, [VAULT_KEY])
    finally:
        event.remove(Engine, "before_cursor_execute", delete)
    assert (done.wrapped, done.left) == (7, 0)
    assert [reveal(intake, MasterKeys(NEW), one) for one in called].count(None) == 1


def test_whatever_ends_it_the_next_run_wraps_the_rest(
    intake: Intake, called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    CallerKeys(intake.keys, MasterKeys(VAULT_KEY)).make_and_read([uuid4() for _ in range(200)], ())
    monkeypatch.setattr(rotate_key, "PAGES", 1)
    seen = 0

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal seen
        seen += statement.lstrip().startswith("UPDATE")
        if seen == 3:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            rotate(url(intake), NEW, [VAULT_KEY])
    finally:
        event.remove(Engine, "before_cursor_execute", die)
    assert masters_in(intake) == {master_id(VAULT_KEY), master_id(NEW)}
    assert all(reveal(intake, BOTH, one) for one in called)
    done = rotate(url(intake), NEW, [VAULT_KEY])
    assert 0 < done.wrapped < 208
    assert masters_in(intake) == {master_id(NEW)}
    assert all(reveal(intake, MasterKeys(NEW), one) for one in called)


def test_without_the_old_key_nothing_is_changed(intake: Intake, called: list[str]) -> None:
    with pytest.raises(CannotOpen, match=master_id(VAULT_KEY)):
        rotate(url(intake), NEW)
    assert masters_in(intake) == {master_id(VAULT_KEY)}
    assert reveal(intake, MasterKeys(VAULT_KEY), called[0])
