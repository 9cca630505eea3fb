"""Replays the stored calls through the rules in force and through others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from services.projects.domain.months import ZONE
from services.projects.domain.rules import Rules, book_of
from services.projects.files.rules import FILE, load_rules
from services.projects.jobs.whatif.rule_comparison import RulesDifference, compare
from services.projects.jobs.whatif.words import as_data, in_words
from services.projects.store.estate_views import floor_areas
from services.projects.store.history import history


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The newest edition of each file, whatever day it begins on: `now` is what the other is compared with."""

    now: Rules
    then: Rules

    @classmethod
    def of(cls, tried: Path, against: Path | None) -> WhatIf:
        """Raises InvalidData. Without `against` the rules that come with the service."""
        return cls(load_rules(against or FILE).newest, load_rules(tried).newest)

    def replay(self, database_url: str, first: datetime, last: datetime) -> WhatIfAnswer:
        """The days `first` to `last` of the district. The database is only read.

        Raises ArgumentError for what is no URL, SQLAlchemyError when the database cannot be read.
        """
        begin, end = first.replace(tzinfo=ZONE), last.replace(tzinfo=ZONE)
        until = end + timedelta(days=1)
        reach = max(book_of(one).reach_days for one in (self.now, self.then))
        engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
        try:
            calls = history(engine, begin - timedelta(days=reach), until)
            found = compare(calls, floor_areas(engine), self.now, self.then, begin, until)
            return WhatIfAnswer(found, self, begin, end)
        finally:
            engine.dispose()


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    found: RulesDifference
    asked: WhatIf
    begin: datetime
    end: datetime

    def lines(self) -> list[str]:
        """In Chinese and English."""
        return list(in_words(self.found, self.asked.now, self.asked.then, self.begin, self.end))

    def data(self) -> dict[str, Any]:
        return as_data(self.found, self.asked.now, self.asked.then)
