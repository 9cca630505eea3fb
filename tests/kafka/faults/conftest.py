"""A stack on Apache Kafka for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.localstack.stack import Stack
from tests.harness.fixtures import NewFolder
from tests.kafka.faults.system import System


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, new_folder: NewFolder) -> Iterator[System]:
    """Every service, as many processes each as the module's INSTANCES says (default one)."""
    instances: dict[str, int] = getattr(request.module, "INSTANCES", {})
    with Stack(new_folder(), kafka="apache", instances=instances) as stack:
        yield System(stack)
