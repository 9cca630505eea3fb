"""What is not acceptable is no evidence. Tickets rejected before count until `closedloop rebuild projects` is run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_DECIDED = "by_person OR merged OR (read_again IS NULL AND decided_type IS NOT NULL)"
_TYPE = f"CASE WHEN {_DECIDED} THEN decided_type ELSE read_type END"
_KIND = f"CASE WHEN {_DECIDED} THEN coalesce(decided_kind, read_kind) ELSE coalesce(read_kind, decided_kind) END"
_EVIDENCE = f"coalesce({_TYPE} <> 'OT', false) AND coalesce({_KIND} IN ('complaint', 'help', 'report'), true)"
_IN_CELL = sa.text("estate IS NOT NULL AND evidence")


def upgrade() -> None:
    rejected = sa.Column(
        "rejected", sa.Boolean, nullable=False, server_default=sa.false(), comment="not acceptable, counts nowhere"
    )
    op.add_column("ticket_sightings", rejected)
    _compute(f"NOT rejected AND {_EVIDENCE}")


def downgrade() -> None:
    _compute(_EVIDENCE)
    op.drop_column("ticket_sightings", "rejected")


def _compute(evidence: str) -> None:
    """The computed column anew: PostgreSQL 15 cannot change what one is computed from. Its indexes go with it."""
    op.drop_column("ticket_sightings", "evidence")
    op.add_column("ticket_sightings", sa.Column("evidence", sa.Boolean, sa.Computed(evidence, persisted=True)))
    for name, first, beside in (
        ("ticket_sightings_cell", ["estate", "type_code"], ["caller_ref", "sub_district"]),
        ("ticket_sightings_type", ["type_code"], ["estate", "sub_district"]),
    ):
        op.create_index(
            name, "ticket_sightings", [*first, "occurred_at"], postgresql_include=beside, postgresql_where=_IN_CELL
        )
