"""Before intake serves anybody: the keys' database holds all callers' keys, and is the right one."""

from __future__ import annotations

from sqlalchemy import Engine, text

from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import MasterKeys

BATCH = 2_000

# One process at a time: whoever finds the table empty then knows that every key has arrived.
_ALONE = text("LOCK TABLE keys_to_move IN SHARE ROW EXCLUSIVE MODE")
_NEXT = text("SELECT id, holder, wrapped_key, master FROM keys_to_move ORDER BY id LIMIT :most")
_GONE = text("DELETE FROM keys_to_move WHERE id = ANY(CAST(:ids AS uuid[]))")
_ANY = text("SELECT EXISTS (SELECT FROM keys_to_move)")
_EMPTY = text("TRUNCATE keys_to_move")
_SAMPLE = text("SELECT id FROM vault_keys LIMIT 100")


class WrongKeys(Exception):
    """The keys' database holds no key of intake's callers."""


def move_keys(engine: Engine, keys: CallerKeys, masters: MasterKeys) -> int:
    """Moves keys that an earlier version kept in intake's database; returns how many.

    They were bound to their holder, who is not to be known there, and are bound to their id. A batch is committed there
    before it goes here: whatever ends it, it is run again. Raises UnknownMaster and InvalidTag.
    """
    moved = 0
    with engine.begin() as connection:
        if not connection.execute(_ANY).scalar_one():
            return 0
    while True:
        with engine.begin() as connection:
            connection.execute(_ALONE)
            rows = connection.execute(_NEXT, {"most": BATCH}).all()
            opened = [masters.unwrap(bytes(row.wrapped_key), row.holder.encode(), row.master) for row in rows]
            keys.take([(row.id, key) for row, key in zip(rows, opened, strict=True)])
            connection.execute(_GONE, {"ids": [row.id for row in rows]})
            moved += len(rows)
            if len(rows) < BATCH:
                connection.execute(_EMPTY)
                return moved


def check_keys(engine: Engine, keys: CallerKeys) -> None:
    """Raises WrongKeys: with another district's keys, or none, every caller would look erased, and get a new key."""
    with engine.begin() as connection:
        sample = list(connection.execute(_SAMPLE).scalars())
    if sample and not keys.any_of(sample):
        raise WrongKeys(f"holds none of the keys of {len(sample)} callers that intake's database names")
