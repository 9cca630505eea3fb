"""What history lines and review reasons say, as codes and values beside the English; comments in plain words."""

from alembic import op

revision = "intake0013"
down_revision = "intake0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE ticket_history ADD COLUMN facts jsonb;
        ALTER TABLE tickets ADD COLUMN review jsonb;
        COMMENT ON COLUMN ticket_history.detail IS 'in plain English, with a person''s own words';
        COMMENT ON COLUMN ticket_history.facts IS
            'the codes and values behind `detail`, and the words; null where words are all';
        COMMENT ON COLUMN tickets.review_reason IS 'in plain English, or a person''s own words';
        COMMENT ON TABLE hot_issues IS 'the newest version that projects published';
        COMMENT ON TABLE projects IS 'the newest version that projects published';
        COMMENT ON TABLE city_messages IS 'messages to the city; no personal data; all times are real';
        COMMENT ON COLUMN tickets.review IS 'the code of the reason and its values; null for a person''s own words';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        COMMENT ON COLUMN ticket_history.detail IS NULL;
        COMMENT ON COLUMN tickets.review_reason IS NULL;
        COMMENT ON TABLE hot_issues IS 'the newest version that projects told';
        COMMENT ON TABLE projects IS 'the newest version that projects told';
        COMMENT ON TABLE city_messages IS 'what the city is told; no personal data; all times are real';
        ALTER TABLE ticket_history DROP COLUMN facts;
        ALTER TABLE tickets DROP COLUMN review;
        """
    )
