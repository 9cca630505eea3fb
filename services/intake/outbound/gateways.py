"""The channels to callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.chassis.channels.email import Mail
from services.chassis.channels.sms import Sms
from services.intake.domain.telling import Way

SUBJECTS: Final = {"zh": "12345热线：您反映的事项有新进展", "en": "12345 hotline: news of your report"}


@dataclass(frozen=True, slots=True)
class MailGateway(Mail):
    subjects: Mapping[str, str] = field(default_factory=lambda: SUBJECTS)

    way = Way.EMAIL


@dataclass(frozen=True, slots=True)
class SmsGateway(Sms):
    way = Way.SMS
