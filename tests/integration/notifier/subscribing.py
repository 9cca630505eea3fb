"""Subscriptions to the webhooks of a department."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from services.chassis.database.work import Workshop
from services.notifier.domain.answers import Outcome
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.domain.webhook_trouble import Trouble
from services.notifier.store.claims import claim
from services.notifier.store.webhook_outcomes import Settled, settle

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


def become(workshop: Workshop, outcome: Outcome, policy: RetryPolicy | None = None) -> list[Trouble]:
    """One try of what is due, with this outcome."""
    with workshop.open() as work:
        (one,) = claim(work, 1, 1, timedelta(seconds=60))
    with workshop.open() as work:
        return settle(work, [Settled(one, outcome, 0.0)], policy or RetryPolicy())
