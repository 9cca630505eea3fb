from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.workshops import Workshops
from tests.integration.projects.events import begin_with, dispatched
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import REACHED, forget

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def workshop(workshops: Workshops) -> Workshop:
    """On a database of the test's own."""
    workshop = workshops.fresh("projects", NOW)
    forget(workshop)
    REACHED.begin(workshop, "empty")
    return workshop


@pytest.fixture
def district(workshop: Workshop) -> District:
    """With one hot issue: five callers about the roof of quyang-1."""
    begin_with(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    return District(workshop)


@pytest.fixture
def project(district: District) -> str:
    """Opened for that hot issue."""
    opened: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    return opened
