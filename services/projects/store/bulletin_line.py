"""A line of a bulletin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class BulletinLine:
    """`what`: the state it reached; for a decision its kind, if that is known.

    `due`: the last day for it, where it was not done. Of supervision `number` is the clause's, `title` its topic's.
    """

    about: Literal["hot-issue", "project", "supervision"]
    id: str
    number: str
    sub_district: str | None
    estate: str | None
    estate_name: str | None
    type_code: str | None
    what: str
    lead: str
    at: datetime
    due: date | None = None
    title: str | None = None
