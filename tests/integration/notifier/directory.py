"""Officers of units, and what they were sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select

from services.chassis.database.work import Workshop
from services.notifier.domain.officer import Officer, OfficerChannel, Post, Reached
from services.notifier.store import officers
from services.notifier.store.officer_tables import officer_notices
from services.notifier.store.officer_tables import officers as officers_table

MAILBOX = Reached(OfficerChannel.EMAIL, "duty@example.gov.cn")


def officer(**fields: Any) -> dict[str, Any]:
    """As the routes take one."""
    ways = [{"channel": "email", "address": "duty@example.gov.cn"}]
    return {"unit": "housing", "post": "duty", "name": "李伟", "ways": ways, **fields}


def sits(workshop: Workshop, *posts: tuple[str, str], ways: tuple[Reached, ...] = (MAILBOX,)) -> dict[str, UUID]:
    """Officers at these units and posts, each called by both; their ids by name."""
    with workshop.open() as work:
        given = [Officer(uuid4(), unit, Post(post), f"{unit} {post}", "zh", ways) for unit, post in posts]
        saved = officers.save(work, given, "test")
    return {name: officer_id for (_, _, name), (officer_id, _) in saved.items()}


def noticed(workshop: Workshop) -> list[Row[Any]]:
    """All notices with the officer's name, by subject, step and name."""
    with workshop.open() as work:
        return list(
            work.connection.execute(
                select(officer_notices, officers_table.c.name)
                .join(officers_table)
                .order_by(officer_notices.c.subject_id, officer_notices.c.step, officers_table.c.name)
            )
        )
