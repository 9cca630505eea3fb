"""Deliveries, and what is known of tickets to make them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "known_tickets",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("dispatch_version", sa.Integer, comment="the ticket's version in its newest dispatch"),
        sa.Column("text_version", sa.Integer, comment="of the newest text; kept when the text itself is pruned"),
        sa.Column(
            "text", sa.Text, comment="redacted; absent until it arrives, and again once the topic has dropped it"
        ),
        sa.Column("address", sa.Text),
        sa.Column("text_recorded_at", sa.DateTime(timezone=True)),
        comment="one row a ticket, and the lock under which its dispatch and its text meet",
    )
    op.create_index(
        "known_tickets_to_prune",
        "known_tickets",
        ["text_recorded_at"],
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Uuid, primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("ticket_version", sa.Integer, nullable=False),
        sa.Column(
            "text_version",
            sa.Integer,
            nullable=False,
            comment="the text that was dispatched by; a newer one does as well",
        ),
        sa.Column("dispatch", JSONB, nullable=False, comment="the causing event's body"),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("event_id", "recipient", "channel"),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_says_when"),
    )
    op.create_index("deliveries_by_time", "deliveries", ["dispatched_at", "delivery_id"])
    op.create_index("deliveries_by_ticket", "deliveries", ["ticket_id", "dispatched_at", "delivery_id"])
    op.create_index("deliveries_by_recipient", "deliveries", ["recipient", "dispatched_at", "delivery_id"])
    op.create_index(
        "deliveries_awaiting_text",
        "deliveries",
        ["ticket_id"],
        postgresql_where=sa.text("status = 'awaiting_text'"),
    )


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("known_tickets")
