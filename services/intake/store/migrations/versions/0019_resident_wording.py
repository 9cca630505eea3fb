"""What callers are told depends on the decision and on the project: both are kept with the stage of the hot issue."""

from alembic import op

revision = "intake0019"
down_revision = "intake0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of issues decided before, only those with a project are known to have works.
    op.execute(
        """
        ALTER TABLE hot_issues ADD COLUMN decision text, ADD COLUMN stage text NOT NULL DEFAULT 'noted';
        UPDATE hot_issues SET
            decision = CASE WHEN project_id IS NOT NULL THEN 'project' END,
            stage = CASE
                WHEN state IN ('lapsed', 'explained', 'merged', 'withdrawn') THEN 'ended'
                WHEN state = 'decided' THEN 'planned'
                WHEN state = 'in cure' THEN 'in works'
                WHEN state IN ('observing', 'verified', 'not shown') THEN 'works accepted'
                ELSE 'noted'
            END;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        UPDATE follow_ups SET stage = CASE stage
            WHEN 'under way' THEN 'in works' WHEN 'works suspended' THEN 'in works'
            WHEN 'carried out' THEN 'works accepted' ELSE 'noted' END
        WHERE stage IN ('under way', 'works suspended', 'carried out', 'reopened', 'works cancelled');
        ALTER TABLE hot_issues DROP COLUMN decision, DROP COLUMN stage;
        """
    )
