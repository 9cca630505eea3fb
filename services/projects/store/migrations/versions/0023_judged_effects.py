"""What each look at the effect of works showed, where estates lie; callers by type from one index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"

INDEX = "ticket_sightings_type"


def upgrade() -> None:
    op.add_column("hot_issues", sa.Column("judged", JSONB, comment="what the last look at the effect showed"))
    op.execute("COMMENT ON COLUMN hot_issues.effect IS 'what was found before there were controls'")
    op.execute("COMMENT ON COLUMN hot_issues.before IS 'callers in the months before the works'")
    op.execute("COMMENT ON COLUMN hot_issues.after IS 'callers in the same calendar months after their acceptance'")
    op.add_column("estates", sa.Column("east", sa.Float, comment="degrees of WGS 84"))
    op.add_column("estates", sa.Column("north", sa.Float))
    _index("estate", "sub_district", "caller_ref")


def downgrade() -> None:
    _index("estate", "sub_district")
    op.drop_column("estates", "north")
    op.drop_column("estates", "east")
    op.drop_column("hot_issues", "judged")


def _index(*included: str) -> None:
    op.drop_index(INDEX, "ticket_sightings")
    op.create_index(
        INDEX,
        "ticket_sightings",
        ["type_code", "occurred_at"],
        postgresql_include=list(included),
        postgresql_where=sa.text("estate IS NOT NULL AND evidence"),
    )
