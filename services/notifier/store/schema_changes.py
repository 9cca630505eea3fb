"""The schema changes that were announced to subscribers, each once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Date, DateTime, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.notifier.store.tables import metadata

schema_changes = Table(
    "schema_changes",
    metadata,
    Column("old", Text, primary_key=True, comment="the type of a message"),
    Column("new", Text, primary_key=True, comment="the type that takes its place"),
    Column("new_alone_from", Date, nullable=False, comment="until then both are sent"),
    Column("announced_at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("announced_by", Text, nullable=False),
)


class SqlSchemaChanges:
    def add(self, work: Work, old: str, new: str, new_alone_from: date, by: str) -> bool:
        """False if this change was announced before; then nothing changes."""
        values = {"old": old, "new": new, "new_alone_from": new_alone_from}
        said = {"announced_at": work.clock.now(), "announced_by": by}
        added = insert(schema_changes).values(**values, **said).on_conflict_do_nothing().returning(schema_changes.c.old)
        return work.connection.execute(added).scalar_one_or_none() is not None

    def announced_for(self, work: Work, old: str, new: str) -> date:
        """The day that was announced."""
        of = (schema_changes.c.old == old) & (schema_changes.c.new == new)
        day: date = work.connection.execute(select(schema_changes.c.new_alone_from).where(of)).scalar_one()
        return day
