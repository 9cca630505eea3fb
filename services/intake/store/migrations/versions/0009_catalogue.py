"""The versions of the dispatch catalogue; finding the tickets that were dispatched of late, to try a new one on."""

from alembic import op

revision = "intake0009"
down_revision = "intake0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalogue_versions (
            version integer PRIMARY KEY,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            reason text NOT NULL,
            edits json NOT NULL,
            in_force json NOT NULL
        );
        COMMENT ON COLUMN catalogue_versions.edits IS 'what this version changed';
        COMMENT ON COLUMN catalogue_versions.in_force IS 'all that the hub has changed, as of this version';
        CREATE INDEX tickets_dispatched ON tickets (dispatched_at) WHERE dispatched_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX tickets_dispatched; DROP TABLE catalogue_versions")
