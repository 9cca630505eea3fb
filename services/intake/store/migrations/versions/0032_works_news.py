"""What is known of works, so that callers are told of them."""

from alembic import op

revision = "intake0032"
down_revision = "intake0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE works_known (
            id uuid PRIMARY KEY,
            "of" text NOT NULL,
            version integer NOT NULL,
            state text NOT NULL,
            ends timestamptz
        );
        COMMENT ON TABLE works_known IS
            'disturbances and defects by works: the newest version that projects published';
        COMMENT ON COLUMN works_known.ends IS 'of a disturbance';
        CREATE TABLE works_complaints (
            ticket_id uuid PRIMARY KEY,
            project_id uuid,
            version integer NOT NULL
        );
        COMMENT ON TABLE works_complaints IS 'tickets that complain of works, as projects attached them';
        COMMENT ON COLUMN works_complaints.project_id IS 'null: about no project any more';
        CREATE INDEX works_complaints_of_project ON works_complaints (project_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE works_complaints; DROP TABLE works_known")
