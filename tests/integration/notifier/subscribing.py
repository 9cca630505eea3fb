"""Subscriptions to the webhooks of a department."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from services.chassis.database.work import Workshop

URL = "https://hooks.example.com/12345"


def subscribe(client: TestClient, department: str = "housing", url: str = URL, **more: Any) -> dict[str, Any]:
    answer = client.post("/webhooks", json={"department": department, "url": url, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def activate(workshop: Workshop, webhook: dict[str, Any]) -> None:
    """As the handshake does."""
    with workshop.open() as work:
        work.connection.execute(
            text("UPDATE webhooks SET status = 'active' WHERE webhook_id = :id"), {"id": webhook["webhook_id"]}
        )
