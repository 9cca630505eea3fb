"""Whatever the OpenAPI allows, and much that it does not, is answered: never with a 5xx, never with a status unsaid."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import status_code_conformance

from tests.integration.applications import issuer
from tests.integration.intake.conftest import Intake

CHECKS = [not_a_server_error, status_code_conformance]
OURSELVES = settings(
    max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
)


def test_every_route_answers_as_it_says(lasting: Intake) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", lasting.app)
    headers = {"Authorization": f"Bearer {issuer().mint('anybody', ['hub'], 8)}"}
    asked = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @OURSELVES
            @given(case=operation.as_strategy(generation_mode=mode))
            def answered(case: Any) -> None:
                case.validate_response(case.call(headers=headers), checks=CHECKS)

            answered()
            asked += 1
    assert asked >= 2 * 30
