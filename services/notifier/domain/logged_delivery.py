"""An entry of the delivery log, to a unit or to one of its officers: its channel and its state."""

from __future__ import annotations

from enum import StrEnum


class LoggedChannel(StrEnum):
    """A unit's topic and webhooks, and the ways to an officer."""

    TOPIC = "topic"
    WEBHOOK = "webhook"
    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS = "sms"


class LoggedStatus(StrEnum):
    """The states of deliveries (`DeliveryStatus`) and of officers' notices (`NoticeStatus`)."""

    AWAITING_TEXT = "awaiting_text"
    PUBLISHED = "published"
    WAITING = "waiting"
    BUNDLED = "bundled"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
