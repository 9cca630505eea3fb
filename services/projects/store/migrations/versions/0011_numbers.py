"""Hot issues and projects have numbers that people can say. Those that are there get one made of their id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.contracts.numbers import ShortKind, number_of_old

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE hot_issue_numbers; CREATE SEQUENCE project_numbers")
    op.add_column(
        "ticket_sightings", sa.Column("number", sa.Text, comment="the ticket's; absent until a fact brings it")
    )
    for table, kind in (("hot_issues", ShortKind.HOT_ISSUE), ("repair_projects", ShortKind.PROJECT)):
        op.add_column(table, sa.Column("number", sa.Text))
        _number_all(table, kind)
        op.alter_column(table, "number", nullable=False)
        op.create_index(f"{table}_by_number", table, ["number"])
        op.create_index(
            f"{table}_numbered",
            table,
            ["number"],
            unique=True,
            postgresql_where=sa.text("NOT number LIKE '_00-%'"),
        )


def downgrade() -> None:
    for table in ("hot_issues", "repair_projects", "ticket_sightings"):
        op.drop_column(table, "number")
    op.execute("DROP SEQUENCE hot_issue_numbers; DROP SEQUENCE project_numbers")


def _number_all(name: str, kind: ShortKind) -> None:
    connection = op.get_bind()
    table = sa.table(name, sa.column("id"), sa.column("number"))
    numbered = [
        {"one": one, "its_number": number_of_old(kind, one)}
        for one in connection.execute(sa.select(table.c.id)).scalars()
    ]
    if numbered:
        update = sa.update(table).where(table.c.id == sa.bindparam("one"))
        connection.execute(update.values(number=sa.bindparam("its_number")), numbered)
