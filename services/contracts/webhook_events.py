"""Notifier's messages to a department about its webhooks, on the department's topic."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.department_events import DepartmentEvent


class WebhookDisabledBecause(StrEnum):
    GONE = "gone"
    FAILING = "failing"


class DepartmentWebhookDisabled(DepartmentEvent):
    """Nothing more is sent to one of the department's webhooks until the department enables it again.

    `gone`: its receiver answered 410. `failing`: a message had its last try, and nothing was taken since
    `failing_since`. What was to be sent is kept as failed and can be sent again.
    """

    type: ClassVar[str] = "department.webhook_disabled.v1"
    webhook_id: UUID
    because: WebhookDisabledBecause
    failing_since: AwareDatetime | None = Field(None, description="Real time.")
    failed: int = Field(ge=0, description="Messages that can be sent again.")

    @property
    def aggregate_id(self) -> str:
        return str(self.webhook_id)


class DepartmentWebhookFailing(DepartmentEvent):
    """One of the department's webhooks has taken nothing for a day: mend its receiver before it is disabled.

    Told once for each row of failures.
    """

    type: ClassVar[str] = "department.webhook_failing.v1"
    webhook_id: UUID
    failing_since: AwareDatetime = Field(description="Real time.")
    kept_until: AwareDatetime = Field(description="It is not disabled before this time (real).")

    @property
    def aggregate_id(self) -> str:
        return str(self.webhook_id)
