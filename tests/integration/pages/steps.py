"""Steps of a ticket that others take while its page is looked at."""

from __future__ import annotations

from tests.integration.intake.conftest import Intake

NOBODY = "00000000-0000-0000-0000-000000000000"


def take(stand: Intake, role: str, ticket: str, path: str, **body: str) -> None:
    version = stand.show(ticket)["version"]
    answer = stand.client(role).post(f"/tickets/{ticket}/{path}", json={"version": version, **body})
    assert answer.status_code == 200, answer.text
