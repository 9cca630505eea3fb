"""The register of estates, as projects publishes it."""

from alembic import op

revision = "intake0033"
down_revision = "intake0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE registered_estates (
            estate text PRIMARY KEY,
            version integer NOT NULL,
            name text,
            sub_district text,
            removed boolean NOT NULL
        );
        COMMENT ON TABLE registered_estates IS
            'the register of estates: the newest version that projects published of each';
        COMMENT ON COLUMN registered_estates.name IS 'null: removed before its name was known';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE registered_estates")
