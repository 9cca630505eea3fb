"""A database of before callers' keys lay apart: at the upgrade they move, and whatever ends the move loses none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, create_engine, event, text

from services.chassis.clock import FixedClock
from services.chassis.database.migrate import migrate
from services.chassis.database.work import Workshop
from services.chassis.settings import EX_CONFIG
from services.contracts.services import CALLERS_KEYS
from services.intake.store import keys_moved
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.keys_moved import check_keys, move_keys
from services.intake.store.master_keys import MasterKeys, UnknownMaster, seal
from services.intake.store.vault import SealedVault
from tests.harness.fixtures import NewDatabase
from tests.harness.revisions import at_revision
from tests.integration.intake.conftest import NOW, VAULT_KEY

FORMER = b"f" * 32
MASTERS = MasterKeys(VAULT_KEY, [FORMER])
CALLERS = 25
SAID = '{"name": "王建国", "phone": "1391234%04d", "text": "漏雨", "address": null, "email": null}'


@dataclass(frozen=True)
class Upgraded:
    engine: Engine
    keys: Engine
    tickets: list[str]

    @property
    def vault(self) -> SealedVault:
        return SealedVault(CallerKeys(self.keys, MASTERS))

    def move(self) -> int:
        return move_keys(self.engine, CallerKeys(self.keys, MASTERS), MASTERS)

    def ids(self, table: str) -> set[UUID]:
        engine = self.keys if table == "caller_keys" else self.engine
        with engine.connect() as connection:
            return set(connection.execute(text(f"SELECT id FROM {table}")).scalars())  # noqa: S608

    def phones(self) -> list[str | None]:
        workshop = Workshop(self.engine, FixedClock(NOW), "/310109/intake")
        with workshop.open() as work:
            found = [self.vault.reveal(work, one) for one in self.tickets]
        return [one and one.phone for one in found]


@pytest.fixture
def upgraded(new_database: NewDatabase) -> Iterator[Upgraded]:
    """Some keys wrapped by the current master, some by a former one, some before masters had ids; then migrated."""
    engine, keys = create_engine(new_database()), create_engine(new_database(CALLERS_KEYS))
    tickets = []
    with engine.begin() as connection:
        at_revision(connection, "intake0028")
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for number in range(CALLERS):
            master = MasterKeys(FORMER) if number % 3 else MASTERS
            key, holder, ticket_id = AESGCM.generate_key(256), f"{number:032x}", str(uuid4())
            row = {
                "id": uuid4(),
                "holder": holder,
                "wrapped_key": master.wrap(key, holder.encode()),
                "master": master.current if number % 5 else None,
            }
            connection.execute(text("INSERT INTO vault_keys VALUES (:id, :holder, :wrapped_key, :master)"), row)
            sealed = seal(AESGCM(key), (SAID % number).encode(), ticket_id.encode())
            connection.execute(
                text("INSERT INTO vault VALUES (:ticket_id, :id, :sealed)"),
                {"ticket_id": ticket_id, "id": row["id"], "sealed": sealed},
            )
            tickets.append(ticket_id)
    migrate("intake", engine.url.render_as_string(hide_password=False))
    yield Upgraded(engine, keys, tickets)
    engine.dispose()
    keys.dispose()


ALL = [f"1391234{number:04}" for number in range(CALLERS)]


def test_every_key_moves_and_opens_what_it_sealed(upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_moved, "BATCH", 4)
    before = upgraded.ids("keys_to_move")
    assert len(before) == CALLERS
    assert upgraded.move() == CALLERS
    assert (upgraded.ids("keys_to_move"), upgraded.ids("caller_keys")) == (set(), before)
    assert upgraded.ids("vault_keys") == before
    assert upgraded.phones() == ALL
    check_keys(upgraded.engine, CallerKeys(upgraded.keys, MASTERS))
    assert upgraded.move() == 0
    with upgraded.keys.connect() as connection:
        assert set(connection.execute(text("SELECT master FROM caller_keys")).scalars()) == {MASTERS.current}


def test_a_move_that_dies_before_or_after_any_statement_goes_on_and_loses_none(
    upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_moved, "BATCH", 10)
    every, at, finished = upgraded.ids("keys_to_move"), 0, False
    while not finished:
        at += 1
        for moment in ("before_cursor_execute", "after_cursor_execute"):
            finished = _killed_at(upgraded, moment, at)
            assert upgraded.ids("keys_to_move") | upgraded.ids("caller_keys") == every
    assert at > 5
    assert upgraded.ids("keys_to_move") == set()
    assert upgraded.phones() == ALL


def _killed_at(upgraded: Upgraded, moment: str, statement: int) -> bool:
    """Whether it ended by itself. Sessions of whoever is killed end with it."""
    seen = 0

    def die(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise KeyboardInterrupt

    engines = (upgraded.engine, upgraded.keys)
    for engine in engines:
        event.listen(engine, moment, die)
    try:
        upgraded.move()
    except KeyboardInterrupt:
        return False
    finally:
        for engine in engines:
            event.remove(engine, moment, die)
    return True


@pytest.mark.parametrize("masters", [MasterKeys(VAULT_KEY), MasterKeys(b"w" * 32)], ids=["one of them", "none"])
def test_without_the_master_key_of_a_caller_nothing_is_lost(upgraded: Upgraded, masters: MasterKeys) -> None:
    with pytest.raises((UnknownMaster, InvalidTag)):  # by the row that comes first: some name their master, some do not
        move_keys(upgraded.engine, CallerKeys(upgraded.keys, masters), masters)
    assert len(upgraded.ids("keys_to_move")) == CALLERS
    assert upgraded.move() == CALLERS
    assert upgraded.phones() == ALL


def test_a_process_without_that_key_does_not_start_and_says_what_to_give(upgraded: Upgraded) -> None:
    def url(engine: Engine) -> str:
        return engine.url.render_as_string(hide_password=False)

    settings = {
        "PROFILE": "demo",
        "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "DATABASE_URL": url(upgraded.engine),
        "KEYS_DATABASE_URL": url(upgraded.keys),
        "CALLER_KEY": "ab" * 31 + "01",
        "VAULT_KEY": "cd" * 31 + "02",
    }
    done = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "run", "intake"],
        env=os.environ | {f"CLOSEDLOOP_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == EX_CONFIG, done.stderr
    assert "CLOSEDLOOP_OLD_VAULT_KEYS" in done.stderr or "CLOSEDLOOP_VAULT_KEY" in done.stderr
    assert len(upgraded.ids("keys_to_move")) == CALLERS
