"""What the group robot of a duty desk reports, and when (ADR 37)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.contracts.departments import departments
from services.contracts.quiet_hours import Quiet, after_quiet
from services.intake.domain.limits import SHANGHAI

HUB = "hub"
"""The desk of the district's operation centre; every other desk is a department's, by its code."""
HUBS_NAME = "区城运中心"


class NoticeState(StrEnum):
    """`sending`: also for ever, where the process ended meanwhile. Nobody can tell then, and nothing is sent again."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class DutyRules(BaseModel):
    """The table `data/duty_desks.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_min: int = Field(ge=5, le=1440)
    quiet: Quiet
    words: str

    @field_validator("words")
    @classmethod
    def _words_can_be_filled(cls, words: str) -> str:
        try:
            words.format(desk="", number=0, oldest="")
        except (KeyError, IndexError, ValueError):
            raise ValueError("know {desk}, {number} and {oldest} alone") from None
        return words

    def slot(self, now: datetime) -> datetime | None:
        """The beginning of the period in which a desk is notified once; None in the quiet hours."""
        if after_quiet(now, self.quiet) != now:
            return None
        every = timedelta(minutes=self.every_min).total_seconds()
        return datetime.fromtimestamp(now.timestamp() // every * every, now.tzinfo)

    def text(self, desk: str, number: int, oldest: datetime) -> str:
        name = HUBS_NAME if desk == HUB else departments()[desk].name_cn
        return self.words.format(desk=name, number=number, oldest=f"{oldest.astimezone(SHANGHAI):%m-%d %H:%M}")
