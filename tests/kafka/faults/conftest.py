"""A stack on Apache Kafka for each module, and the lines the fault tests print."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.cli.local.stack import Stack
from tests.harness.fixtures import NewFolder
from tests.kafka.faults.system import System
from tests.kafka.faults.trial import Report


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, new_folder: NewFolder) -> Iterator[System]:
    """Every service, as many processes each as the module's INSTANCES says (default one)."""
    instances: dict[str, int] = getattr(request.module, "INSTANCES", {})
    with Stack(new_folder(), kafka="apache", instances=instances) as stack:
        yield System(stack)


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Prints a line in spite of pytest's capturing."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def print_line(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", flush=True)

    return print_line
