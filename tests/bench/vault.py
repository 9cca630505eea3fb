"""Changing the vault's master key: the keys of a million callers, while calls come in."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from services.chassis.database.database import engine_for
from services.chassis.database.migrate import migrate
from services.contracts.services import CALLERS_KEYS
from services.intake.jobs.rotate_key import rotate
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import MasterKeys
from services.localstack.postgres import EmbeddedPostgres
from tests.bench.figures import figure, percentile

CALLERS = 1_000_000
CALLS_PER_S = 50


def rotation_of_the_master_key() -> None:
    """Seconds in which `closedloop privacy rotate-key` wraps a million keys anew."""
    old, new = os.urandom(32), os.urandom(32)
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
        server.start_and_wait()
        try:
            with _connected(server.url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(CALLERS_KEYS)))
            url = server.url(CALLERS_KEYS)
            migrate(CALLERS_KEYS, url)
            known = _fill(url, MasterKeys(old))
            spawn = multiprocessing.get_context("spawn")
            over, waited = spawn.Event(), spawn.Queue()
            calls = spawn.Process(target=_call, args=(url, new, old, known[:: CALLERS // 1_000], over, waited))
            calls.start()
            waited.get()  # the first call
            begun = time.monotonic()
            done = rotate(url, new, [old])
            took = time.monotonic() - begun
            over.set()
            seconds = waited.get()
            calls.join()
        finally:
            server.stop()
    assert (done.wrapped, done.left) == (CALLERS, 0), done
    figure("master_key_rotation", took, "s", callers=CALLERS, keys_per_s=round(CALLERS / took), calls=len(seconds))
    figure("keys of a call meanwhile, p99", percentile(seconds, 0.99) * 1000, "ms", calls_per_s=CALLS_PER_S)


def _call(url: str, new: bytes, old: bytes, known: list[UUID], over: Event, waited: Queue[list[float]]) -> None:
    """What intake asks of the keys' database for a call of somebody known and one of somebody new, again and again."""
    engine = engine_for(url, name="calls", idle_in_transaction_s=5)
    keys, seconds = CallerKeys(engine, MasterKeys(new, [old])), list[float]()
    while not over.is_set():
        asked = known[len(seconds) % len(known)]
        begun = time.monotonic()
        assert len(keys.make_and_read([uuid4()], [asked])) == 2
        seconds.append(time.monotonic() - begun)
        if len(seconds) == 1:
            waited.put(seconds)
        time.sleep(max(0.0, 1 / CALLS_PER_S - seconds[-1]))
    waited.put(seconds)


def _fill(url: str, masters: MasterKeys) -> list[UUID]:
    ids = [uuid4() for _ in range(CALLERS)]
    with _connected(url) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY caller_keys (id, wrapped_key, master) FROM STDIN") as rows:
            for key_id in ids:
                rows.write_row((key_id, masters.wrap(os.urandom(32), key_id.bytes), masters.current))
        cursor.execute("ANALYZE caller_keys")
    return ids


def _connected(url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=autocommit)
