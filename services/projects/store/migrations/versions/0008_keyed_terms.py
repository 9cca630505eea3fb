"""Fingerprints that were made without a secret, and the terms found by them, are forgotten (ADR 33)."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_EMPTY_OF_FORM_1 = "AQ"
_TERMS = 1 << 22
"""Keys from here on are names of places."""


def upgrade() -> None:
    op.execute(f"UPDATE traces SET fingerprint = '{_EMPTY_OF_FORM_1}'")  # noqa: S608
    op.execute("UPDATE traces SET weights = '' WHERE weights IS NOT NULL")
    op.execute("UPDATE matters SET weights = ''")
    for table in ("trace_keys", "matter_keys"):
        op.execute(f"DELETE FROM {table} WHERE key < {_TERMS}")  # noqa: S608


def downgrade() -> None:
    """What was forgotten does not come back."""
