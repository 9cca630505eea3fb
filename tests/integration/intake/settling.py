"""A ticket on its way to its end: dispatched, and led on by steps."""

from __future__ import annotations

from typing import Any

from tests.integration.intake.conftest import Intake

HOUSING = "department:housing"
ANSWER = {"public_answer": "已修好。", "unit_solved": True}
PLANNED = {"public_answer": "已纳入修缮计划。", "unit_solved": False, "reason": "entered the repair plan"}


def dispatched(intake: Intake, **body: Any) -> str:
    ticket_id = intake.file(**body)
    intake.classify(ticket_id)
    assert intake.show(ticket_id)["state"] == "dispatched"
    return ticket_id


def take(intake: Intake, ticket_id: str, step: str, *roles: str, subject: str = "operator", **body: Any) -> Any:
    """Asks for a step at the version that stands, unless the body says another."""
    body = {"version": intake.show(ticket_id)["version"]} | body
    return intake.client(*(roles or ("hub",)), subject=subject).post(f"/tickets/{ticket_id}/{step}", json=body)
