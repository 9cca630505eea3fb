"""Supervision put together on its tables."""

from __future__ import annotations

from services.chassis.working_days import Calendar
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.opinions import Opinions
from services.projects.app.supervision.topics import Topics
from services.projects.app.supervision.watch import WatchClocks
from services.projects.files.supervision_rules import supervision_rules
from services.projects.store.needs import SqlNeedBook
from services.projects.store.supervision import SqlSupervisionBook


def supervision_acts(calendar: Calendar) -> SupervisionActs:
    book, limits = SqlSupervisionBook(), Limits(supervision_rules(), calendar)
    topics = Topics(book, limits, SqlNeedBook().places)
    return SupervisionActs(topics, Opinions(book, limits), WatchClocks(book, limits), limits)
