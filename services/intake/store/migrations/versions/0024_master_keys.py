"""The keys of callers say which master key wrapped them, so that it can be changed."""

from alembic import op

revision = "intake0024"
down_revision = "intake0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE vault_keys ADD COLUMN master text;
        COMMENT ON COLUMN vault_keys.master IS
            'the id of the master key that wrapped it; null: wrapped before there were ids';
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE vault_keys DROP COLUMN master")
