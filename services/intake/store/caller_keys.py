"""Callers' keys in a database of their own, so that no dump holds them beside what they seal (ADR 38)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, Row, text

from services.intake.app.end_keys import MadeKey
from services.intake.store.master_keys import MasterKeys

# A key is committed before the row that names it: what is killed in between leaves a key that opens nothing.
_MAKE_AND_READ = text(
    """
    WITH made AS (
        INSERT INTO caller_keys (id, wrapped_key, master)
        SELECT id, wrapped_key, :master
          FROM unnest(CAST(:fresh AS uuid[]), CAST(:wrapped AS bytea[])) AS f(id, wrapped_key)
    )
    SELECT id, wrapped_key, master FROM caller_keys WHERE id = ANY(CAST(:known AS uuid[]))
    """
)
_READ = text("SELECT id, wrapped_key, master FROM caller_keys WHERE id = :id")
_TAKE = text(
    """
    INSERT INTO caller_keys (id, wrapped_key, master)
    SELECT id, wrapped_key, :master FROM unnest(CAST(:ids AS uuid[]), CAST(:wrapped AS bytea[])) AS f(id, wrapped_key)
    ON CONFLICT (id) DO NOTHING
    """
)
_DELETE = text("DELETE FROM caller_keys WHERE id = ANY(CAST(:ids AS uuid[]))")
_KNOWN = text("SELECT EXISTS (SELECT FROM caller_keys WHERE id = ANY(CAST(:ids AS uuid[])))")
_UNSOUGHT = text(
    """
    SELECT id, made_at FROM caller_keys
     WHERE (made_at, id) > (SELECT made_at, id FROM orphans_sought) AND made_at <= now() - interval '1 day'
     ORDER BY made_at, id LIMIT :most
    """
)
_SOUGHT = text("UPDATE orphans_sought SET made_at = :made_at, id = :id WHERE (made_at, id) < (:made_at, :id)")


class CallerKeys:
    """Implements the port KeyStore. Each call is a transaction of its own on `engine`, committed when it returns."""

    def __init__(self, engine: Engine, masters: MasterKeys) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._masters = masters

    def make_and_read(self, fresh: Collection[UUID], known: Collection[UUID]) -> dict[UUID, bytes]:
        """New keys under the ids of `fresh`, wrapped by the current master, and the `known` ones that there are still.

        Raises InvalidTag when a row was tampered with, and UnknownMaster.
        """
        made = {one: AESGCM.generate_key(256) for one in fresh}
        wrapped = [self._masters.wrap(key, one.bytes) for one, key in made.items()]
        given = {"fresh": list(made), "wrapped": wrapped, "master": self._masters.current, "known": list(known)}
        with self._engine.begin() as connection:
            rows = connection.execute(_MAKE_AND_READ, given).all()
        return made | {row.id: self._opened(row) for row in rows}

    def read(self, key_id: UUID) -> bytes | None:
        """None: it was deleted. Raises what `make_and_read` raises."""
        with self._engine.begin() as connection:
            row = connection.execute(_READ, {"id": key_id}).one_or_none()
        return self._opened(row) if row else None

    def take(self, keys: Sequence[tuple[UUID, bytes]]) -> None:
        """Stores keys from elsewhere; those that are here stay as they are."""
        wrapped = [self._masters.wrap(key, one.bytes) for one, key in keys]
        given = {"ids": [one for one, _ in keys], "wrapped": wrapped, "master": self._masters.current}
        with self._engine.begin() as connection:
            connection.execute(_TAKE, given)

    def any_of(self, ids: Collection[UUID]) -> bool:
        with self._engine.begin() as connection:
            return bool(connection.execute(_KNOWN, {"ids": list(ids)}).scalar_one())

    def delete(self, ids: Collection[UUID]) -> None:
        with self._engine.begin() as connection:
            connection.execute(_DELETE, {"ids": list(ids)})

    def unsought(self, most: int) -> list[MadeKey]:
        with self._engine.begin() as connection:
            return [MadeKey(row.id, row.made_at) for row in connection.execute(_UNSOUGHT, {"most": most})]

    def sought(self, last: MadeKey) -> None:
        with self._engine.begin() as connection:
            connection.execute(_SOUGHT, {"id": last.id, "made_at": last.made_at})

    def _opened(self, row: Row[tuple[UUID, bytes, str]]) -> bytes:
        return self._masters.unwrap(bytes(row.wrapped_key), row.id.bytes, row.master)
