"""Where projects are, so that works are known before a ticket is filed though no hot issue led to them."""

from alembic import op

revision = "intake0034"
down_revision = "intake0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE projects ADD COLUMN estates text[] NOT NULL DEFAULT '{}';
        COMMENT ON COLUMN projects.estates IS 'where the works are';
        UPDATE projects SET estates = ARRAY[issue.estate]
          FROM hot_issues AS issue WHERE issue.project_id = projects.id AND issue.estate IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE projects DROP COLUMN estates")
