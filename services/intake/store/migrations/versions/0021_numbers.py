"""Tickets, hot issues and projects have numbers that people can say.

Tickets that are there get theirs by when they were received; issues and projects get those made of their ids, as every
reader of their older events makes them.
"""

import sqlalchemy as sa
from alembic import op

from services.contracts.numbers import ShortKind, number_of_old

revision = "intake0021"
down_revision = "intake0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE SEQUENCE ticket_serials MINVALUE 0 MAXVALUE 999999 CYCLE;
        ALTER TABLE tickets ADD COLUMN number text COLLATE "C";
        UPDATE tickets
           SET number = to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYMMDDHH24MISS')
                        || lpad(serial::text, 6, '0')
          FROM (SELECT id, nextval('ticket_serials') AS serial
                  FROM (SELECT id FROM tickets ORDER BY received_at, id) AS in_order) AS drawn
         WHERE drawn.id = tickets.id;
        ALTER TABLE tickets ALTER COLUMN number SET NOT NULL;
        CREATE UNIQUE INDEX tickets_by_number ON tickets (number);
        CREATE INDEX tickets_by_ending ON tickets (reverse(number));
        """
    )
    for table, kind in (("hot_issues", ShortKind.HOT_ISSUE), ("projects", ShortKind.PROJECT)):
        op.add_column(table, sa.Column("number", sa.Text))
        _number_all(table, kind)
        op.alter_column(table, "number", nullable=False)
        op.create_index(f"{table}_by_number", table, ["number"])
    op.add_column("hot_issues", sa.Column("lead", sa.Text, comment="null until projects publishes the issue again"))
    op.create_index(
        "hot_issues_of_project", "hot_issues", ["project_id"], postgresql_where=sa.text("project_id IS NOT NULL")
    )


def downgrade() -> None:
    for table in ("tickets", "hot_issues", "projects"):
        op.drop_column(table, "number")
    op.execute("DROP SEQUENCE ticket_serials; DROP INDEX hot_issues_of_project")
    op.drop_column("hot_issues", "lead")


def _number_all(name: str, kind: ShortKind) -> None:
    connection = op.get_bind()
    table = sa.table(name, sa.column("id", sa.Uuid(as_uuid=False)), sa.column("number"))
    ids = connection.execute(sa.select(table.c.id)).scalars().all()
    if ids:
        update = sa.update(table).where(table.c.id == sa.bindparam("one"))
        numbered = [{"one": one, "its_number": number_of_old(kind, one)} for one in ids]
        connection.execute(update.values(number=sa.bindparam("its_number")), numbered)
