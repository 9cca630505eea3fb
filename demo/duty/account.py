"""What there is to tell at the end about units and their people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo.duty.endpoint import EndpointStory
from demo.duty.late_joiner import LateJoiner
from demo.duty.officers import OfficersStory


@dataclass(frozen=True, slots=True)
class Duty:
    """The stories that were over when the demo ended."""

    endpoint: EndpointStory | None
    officers: OfficersStory | None
    late: LateJoiner

    @property
    def figures(self) -> dict[str, Any]:
        return {
            "webhook_backlog": self.endpoint.waited if self.endpoint else 0,
            "notices": self.officers.notices if self.officers else 0,
            "messages": self.officers.messages if self.officers else 0,
            "escalations": self.officers.chains.total() if self.officers else 0,
            "late_joiner_open": self.late.open,
            "late_joiner_differing": len(self.late.differing),
        }
