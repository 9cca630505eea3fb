"""What a department is notified of about its webhooks, on another channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.webhook_events import WebhookDisabledBecause


@dataclass(frozen=True, slots=True)
class Disabled:
    """A webhook that was disabled; `failed` messages can be sent to it again.

    `version` rises from trouble to trouble of one webhook.
    """

    webhook_id: UUID
    department: str
    version: int
    because: WebhookDisabledBecause
    failing_since: datetime | None
    failed: int


@dataclass(frozen=True, slots=True)
class Failing:
    """A webhook that has taken nothing for long; it is not disabled before `kept_until`.

    `version` as of `Disabled`.
    """

    webhook_id: UUID
    department: str
    version: int
    failing_since: datetime
    kept_until: datetime


Trouble = Disabled | Failing
