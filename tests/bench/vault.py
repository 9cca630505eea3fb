"""Changing the vault's master key: the keys of a million callers."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from services.chassis.database.migrate import migrate
from services.intake.jobs.rotate_key import rotate
from services.intake.store.master_keys import MasterKeys
from services.localstack.postgres import EmbeddedPostgres
from tests.bench.figures import figure

CALLERS = 1_000_000


def rotation_of_the_master_key() -> None:
    """Seconds in which `closedloop privacy rotate-key` wraps a million keys anew."""
    old, new = os.urandom(32), os.urandom(32)
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
        server.start_and_wait()
        try:
            with _connected(server.url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE intake"))
            url = server.url("intake")
            migrate("intake", url)
            _fill(url, MasterKeys(old))
            begun = time.monotonic()
            done = rotate(url, new, [old])
            took = time.monotonic() - begun
        finally:
            server.stop()
    assert (done.wrapped, done.left) == (CALLERS, 0), done
    figure("master_key_rotation", took, "s", callers=CALLERS, keys_per_s=round(CALLERS / took))


def _fill(url: str, masters: MasterKeys) -> None:
    with _connected(url) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY vault_keys (id, holder, wrapped_key, master) FROM STDIN") as rows:
            for number in range(CALLERS):
                holder = f"{number:032x}"
                rows.write_row((uuid4(), holder, masters.wrap(os.urandom(32), holder), masters.current))
        cursor.execute("ANALYZE vault_keys")


def _connected(url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=autocommit)
