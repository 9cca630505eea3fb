from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.chassis.database.work import Workshop
from tests.harness.workshops import Workshops
from tests.integration.projects.wired import forget

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def workshop(workshops: Workshops) -> Workshop:
    """On a database of the test's own."""
    workshop = workshops.fresh("projects", NOW)
    forget(workshop)
    return workshop
