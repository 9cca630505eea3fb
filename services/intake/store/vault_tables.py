"""Intake's tables of the vault. The keys that open it are in another database (store/key_tables.py)."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, Table, Text, Uuid

from services.intake.store.follow_up_tables import metadata

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "holder", Text, nullable=False, unique=True, comment="the caller_ref, or the ticket's id for an anonymous call"
    ),
    comment="whose the keys of the keys' database are; calls and erasures lock these rows",
)

keys_to_delete = Table(
    "keys_to_delete",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False, comment="business time"),
    comment="of whoever was erased, until they are gone from the keys' database",
)

keys_to_move = Table(
    "keys_to_move",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("holder", Text, nullable=False, comment="the caller_ref, or the ticket's id for an anonymous call"),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master", Text, comment="the id of the master key that wrapped it; null: wrapped before there were ids"),
    comment="empty but while callers' keys go to a database of their own",
)

vault = Table(
    "vault",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("key_id", Uuid, nullable=False, comment="no foreign key: the caller's key may be gone, the row stays"),
    Column("sealed", LargeBinary, nullable=False),
)
Index("vault_by_key", vault.c.key_id)
