"""Tickets that few may see are listed for the hub alone; older ones once `closedloop rebuild projects` is run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for_few = sa.Column(
        "for_few",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="counts; is listed for the hub alone",
    )
    op.add_column("ticket_sightings", for_few)


def downgrade() -> None:
    op.drop_column("ticket_sightings", "for_few")
