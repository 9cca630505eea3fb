from __future__ import annotations

import pytest

from tests.harness.workshops import Workshops
from tests.integration.intake.conftest import logged as logged
from tests.integration.rights.served import Served, all_four


@pytest.fixture(scope="package")
def four(workshops: Workshops, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Served]:
    """The four services by name."""
    return all_four(workshops, tmp_path_factory.mktemp("rights"))
