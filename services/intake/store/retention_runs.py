"""Intake's table of when each class of expired data was last checked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Table, Text

from services.intake.store.follow_up_tables import metadata

_Time = DateTime(timezone=True)

retention_runs = Table(
    "retention_runs",
    metadata,
    Column("kept", Text, primary_key=True, comment="the class"),
    Column("at", _Time, nullable=False, comment="of the last batch; all times are business time"),
    Column("finished_at", _Time, comment="when nothing that was due was left; null: never yet"),
    Column("removed", BigInteger, nullable=False, comment="how many so far"),
    Column("removed_at", _Time, comment="when some were last removed"),
    comment="what was deleted because its time was over",
)
