"""Who gave an approval, items listed again, defects by inspections, stops in the history, and warranty visits.

Of stops that were over before, who was responsible is not known any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("works_papers", sa.Column("issued_by", sa.Text, comment="of an approval: the unit that gave it"))
    op.add_column("works_defects", sa.Column("inspection_id", sa.Text, comment="after the acceptance, that showed it"))
    op.add_column(
        "works_items",
        sa.Column("spent", ARRAY(sa.Text), nullable=False, server_default="{}", comment="what confirms it no more"),
    )
    op.drop_index("works_items_once", "works_items")
    op.create_index(
        "works_items_once",
        "works_items",
        ["project_id", "menu_item", "block"],
        unique=True,
        postgresql_where=sa.text("dropped IS NULL"),
    )
    who = "of a suspension: who must remove what stopped the works"
    op.add_column("repair_project_history", sa.Column("responsible", sa.Text, comment=who))
    when = "of a suspension: when it is looked at again"
    op.add_column("repair_project_history", sa.Column("review_on", sa.Date, comment=when))
    op.execute("""
        UPDATE repair_project_history AS line SET responsible = project.responsible, review_on = project.review_on
          FROM repair_projects AS project
         WHERE project.id = line.project_id AND project.state = 'suspended' AND line.state = 'suspended'
           AND line.from_state <> 'suspended' AND line.version = (
               SELECT max(version) FROM repair_project_history AS other
                WHERE other.project_id = line.project_id AND other.state = 'suspended'
                  AND other.from_state <> 'suspended')
    """)
    op.create_table(
        "warranty_visits",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("block", sa.Text, nullable=False, comment="empty: the grounds of the estate"),
        sa.Column("ends", sa.Date, nullable=False, comment="the last day of the warranties that it is about"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("visits", JSONB, nullable=False, comment="each visit with what came of it, the first first"),
        sa.Column("overdue", sa.Boolean, nullable=False, comment="the day for an answer went by without one"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        comment="residents asked once more before the warranties of their block end",
    )
    op.create_index("warranty_visits_of_project", "warranty_visits", ["project_id"])
    op.execute("""
        INSERT INTO timers (id, kind, subject, due_at)
        SELECT gen_random_uuid(), 'warranty-visit', concat_ws('|', project_id, block, ends),
               (ends - 13)::timestamp AT TIME ZONE 'Asia/Shanghai'
          FROM (SELECT DISTINCT works_items.project_id, works_items.block, warranties.ends
                  FROM warranties JOIN works_items ON works_items.id = warranties.item_id) AS ending
    """)


def downgrade() -> None:
    op.drop_table("warranty_visits")
    op.execute("DELETE FROM timers WHERE kind = 'warranty-visit'")
    op.drop_column("repair_project_history", "review_on")
    op.drop_column("repair_project_history", "responsible")
    op.drop_index("works_items_once", "works_items")
    op.create_index("works_items_once", "works_items", ["project_id", "menu_item", "block"], unique=True)
    op.drop_column("works_items", "spent")
    op.drop_column("works_defects", "inspection_id")
    op.drop_column("works_papers", "issued_by")
