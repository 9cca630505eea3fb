"""How properties are tried on a database: the examples of one test share it."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

ONE_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
