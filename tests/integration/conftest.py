"""What all tests on real servers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback
"""The usual one draws all that a traceback held, which takes half a second each."""


@pytest.fixture(scope="session", autouse=True)
def _one_event_loop() -> Iterator[None]:
    """Applications in this process run on one event loop, as a service does; a test client else makes one a request."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None
