"""The indicators as a supervisor reads them."""

from __future__ import annotations

from typing import Any

from tests.integration.intake.conftest import Intake


def ask(intake: Intake, *roles: str, **asked: str) -> dict[str, Any]:
    answer = intake.client(*(roles or ("supervisor",))).get("/indicators", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def figures(intake: Intake, rate: str, *roles: str, **asked: str) -> tuple[Any, ...]:
    return tuple(ask(intake, *roles, **asked)[rate].values())
