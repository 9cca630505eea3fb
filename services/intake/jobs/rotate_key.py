"""Wraps the keys of all callers by the current master key, while intake runs.

What a caller's key has sealed is not touched. Nothing is locked but while a batch is written; whatever ends the job, it
is run again.
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
_ID = 16

# One string of bytes for many rows, here and back: rows one by one cost the client as much as the ciphers do.
_NEXT = text(
    """
    SELECT master, length(wrapped_key) AS length, string_agg(uuid_send(id) || wrapped_key, '') AS records
      FROM caller_keys WHERE ctid >= CAST(:first AS tid) AND ctid < CAST(:after AS tid) AND master <> :current
     GROUP BY master, length(wrapped_key)
    """
)
# A key that was deleted meanwhile stays so. One that moved on is met in the next round.
_SAVE = text(
    """
    UPDATE caller_keys AS k SET wrapped_key = fresh.wrapped_key, master = :current
      FROM (SELECT CAST(encode(substring(CAST(:records AS bytea) FROM 1 + :size * n FOR 16), 'hex') AS uuid) AS id,
                   substring(CAST(:records AS bytea) FROM 17 + :size * n FOR :size - 16) AS wrapped_key
              FROM generate_series(0, :count - 1) AS n) AS fresh
     WHERE k.id = fresh.id AND k.ctid >= CAST(:first AS tid) AND k.ctid < CAST(:after AS tid)
    """
)
_SIZE = text("SELECT pg_relation_size('caller_keys') / current_setting('block_size')::int")
_LEFT = text("SELECT count(*) FROM caller_keys WHERE master <> :current")


@dataclass(frozen=True, slots=True)
class Rotated:
    """`master` is the id of the key that wraps them now. `left` are wrapped by another still, because calls made them
    meanwhile: run the job again."""

    master: str
    wrapped: int
    left: int


class CannotOpen(Exception):
    """A caller's key opens with none of the master keys that are given."""


def rotate(keys_database_url: str, current: bytes, former: Sequence[bytes] = ()) -> Rotated:
    """Raises CannotOpen; the batches before it stay done."""
    masters, engine = MasterKeys(current, former), create_engine(keys_database_url)
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
    """Once over the table; returns how many are done altogether. What is written to its end meanwhile is not read."""
    with engine.begin() as connection:
        pages = connection.execute(_SIZE).scalar_one()
    for first in range(0, pages, PAGES):
        with engine.begin() as connection:
            done += _batch(connection, masters, first)
    return done


def _batch(connection: Connection, masters: MasterKeys, first: int) -> int:
    where = {"first": f"({first},0)", "after": f"({first + PAGES},0)", "current": masters.current}
    saved = 0
    for found in connection.execute(_NEXT, where).all():
        size = _ID + found.length
        records = [found.records[at : at + size] for at in range(0, len(found.records), size)]
        keys = [masters.unwrap(one[_ID:], one[:_ID], found.master) for one in records]
        fresh = [one[:_ID] + masters.wrap(key, one[:_ID]) for one, key in zip(records, keys, strict=True)]
        given = {"records": b"".join(fresh), "size": len(fresh[0]), "count": len(fresh)}
        saved += connection.execute(_SAVE, {**where, **given}).rowcount
    return saved
