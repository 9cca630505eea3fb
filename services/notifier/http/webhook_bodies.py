"""Bodies of the webhook routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.contracts.registry import DEPARTMENT_EVENTS
from services.contracts.ticket_events import DepartmentCode
from services.contracts.webhook_events import WebhookDisabledBecause
from services.notifier.http.deliveries import DeliveryOut
from services.notifier.store.webhooks import WebhookStatus

MESSAGES = tuple(event.type for event in DEPARTMENT_EVENTS)


def _message(value: str) -> str:
    if value not in MESSAGES:
        raise ValueError(f"is none of {', '.join(MESSAGES)}")
    return value


class WebhookIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    department: DepartmentCode
    url: str = Field(description="Where to POST: https, on a public address.")
    events: list[Annotated[str, AfterValidator(_message)]] | None = Field(
        None, min_length=1, description="The types of messages wanted; left out: all."
    )


class WebhookOut(BaseModel):
    """A webhook. `failures` counts those in a row; `error` is the last of them."""

    model_config = ConfigDict(from_attributes=True)

    webhook_id: UUID
    department: str
    url: str
    events: list[str] | None
    status: WebhookStatus = Field(description="Nothing is sent to it before it is active.")
    created_at: datetime
    created_by: str
    failures: int
    error: str | None
    failing_since: datetime | None = Field(description="The first failure in the row (real time).")
    disabled_because: WebhookDisabledBecause | None
    old_secret_until: datetime | None = Field(description="Until then (real time) the secret before this signs too.")
    resume_at: datetime | None = Field(
        description="Nothing is sent to it before this time (real); null: disabled, or its handshake was given up: "
        "mend the receiver, then POST /webhooks/{webhook_id}/enable."
    )


class WebhookCreated(WebhookOut):
    secret: str = Field(description="Signs what we send (Standard Webhooks). Shown only this once.")


class WebhookSecret(BaseModel):
    secret: str = Field(description="Signs from now on, the one before beside it for 24 hours. Shown only this once.")


class RangeIn(BaseModel):
    """What was caused in this time, by the log's `caused_at`: from `since` until before `until`."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    until: AwareDatetime
    only_failed: bool = Field(True, description="false: also what its receiver has taken.")

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.until <= self.since:
            raise ValueError("until: must be after since")
        return self


class RangeOut(BaseModel):
    again: int = Field(description="How many are sent at once, in the order of their making.")


class WebhookList(BaseModel):
    items: list[WebhookOut]


class WebhookDeliveryOut(DeliveryOut):
    """One message to one webhook. `attempts`, `due_at` and `error` are absent once its contents are deleted."""

    attempts: int | None = None
    due_at: datetime | None = Field(None, description="When it is tried next (real time).")
    error: str | None = None


class WebhookDeliveryPage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    items: list[WebhookDeliveryOut]
    next: UUID | None = None
