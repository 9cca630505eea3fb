"""Wraps the keys of all callers by the current master key, while intake runs.

What a caller's key has sealed is not touched. Each batch is a transaction; whatever ends the job, it is run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Engine, create_engine, text

from services.intake.store.master_keys import MasterKeys, UnknownMaster

PAGES: Final = 300
"""Pages of the table in a batch. In the order of pages each is read and written once; in that of ids every batch would
touch them all."""

# Rows that a call holds at the moment are skipped, and met in the next round.
_NEXT = text(
    """
    SELECT id, holder, wrapped_key, master FROM vault_keys
     WHERE ctid >= CAST(:first AS tid) AND ctid < CAST(:after AS tid) AND master IS DISTINCT FROM :current
       FOR UPDATE SKIP LOCKED
    """
)
_SIZE = text("SELECT pg_relation_size('vault_keys') / current_setting('block_size')::int")
# Two strings of bytes of fixed length a row: arrays of bytes take the client a third of the whole time to write.
_SAVE = text(
    """
    UPDATE vault_keys AS k SET wrapped_key = fresh.wrapped_key, master = :current
      FROM (SELECT CAST(encode(substring(CAST(:ids AS bytea) FROM 1 + 16 * n FOR 16), 'hex') AS uuid) AS id,
                   substring(CAST(:wrapped AS bytea) FROM 1 + :length * n FOR :length) AS wrapped_key
              FROM generate_series(0, :count - 1) AS n) AS fresh
     WHERE k.id = fresh.id
    """
)
_LEFT = text("SELECT count(*) FROM vault_keys WHERE master IS DISTINCT FROM :current")


@dataclass(frozen=True, slots=True)
class Rotated:
    """`master` is the id of the key that wraps them now. `left` are wrapped by another still, because calls held them:
    run the job again."""

    master: str
    wrapped: int
    left: int


class CannotOpen(Exception):
    """A caller's key opens with none of the master keys that are given."""


def rotate(database_url: str, current: bytes, former: Sequence[bytes] = ()) -> Rotated:
    """Raises CannotOpen; the batches before it stay done."""
    masters, engine = MasterKeys(current, former), create_engine(database_url)
    try:
        done = 0
        while (wrapped := _round(engine, masters, done)) > done:
            done = wrapped
        with engine.begin() as connection:
            left = connection.execute(_LEFT, {"current": masters.current}).scalar_one()
            return Rotated(masters.current, done, left)
    except UnknownMaster as error:
        raise CannotOpen(f"a caller's key is {error}") from None
    except InvalidTag:
        raise CannotOpen("a caller's key opens with none of the given ones: is one missing?") from None
    finally:
        engine.dispose()


def _round(engine: Engine, masters: MasterKeys, done: int) -> int:
    """Once over the table; returns how many are done altogether. What is written goes to its end, and is not read."""
    with engine.begin() as connection:
        pages = connection.execute(_SIZE).scalar_one()
    for first in range(0, pages, PAGES):
        with engine.begin() as connection:
            done += _batch(connection, masters, first)
    return done


def _batch(connection: Connection, masters: MasterKeys, first: int) -> int:
    asked = {"first": f"({first},0)", "after": f"({first + PAGES},0)", "current": masters.current}
    rows = connection.execute(_NEXT, asked).all()
    if not rows:
        return 0
    wrapped = [masters.wrap(masters.unwrap(bytes(row.wrapped_key), row.holder, row.master), row.holder) for row in rows]
    saved = {
        "ids": b"".join(row.id.bytes for row in rows),
        "wrapped": b"".join(wrapped),
        "length": len(wrapped[0]),
        "count": len(rows),
        "current": masters.current,
    }
    connection.execute(_SAVE, saved)
    return len(rows)
