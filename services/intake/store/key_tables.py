"""The tables of the keys' database. Nothing in them says whose a key is."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, LargeBinary, MetaData, Table, Text, Uuid, text

metadata = MetaData()

caller_keys = Table(
    "caller_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False, comment="sealed by a master key, bound to the id"),
    Column("master", Text, nullable=False, comment="the id of the master key that wrapped it"),
    Column(
        "made_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("now()"),
        comment="by this database's clock",
    ),
    comment="whose they are is in intake.vault_keys; a deleted one erases its caller",
)
Index("caller_keys_by_age", caller_keys.c.made_at, caller_keys.c.id)

orphans_sought = Table(
    "orphans_sought",
    metadata,
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("id", Uuid, nullable=False),
    comment="one row: the last key of which intake was asked whether it is anybody's",
)
