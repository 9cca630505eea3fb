"""All that people do in supervision, put together."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.opinions import Opinions
from services.projects.app.supervision.topics import Topics
from services.projects.app.supervision.watch import WatchClocks


@dataclass(frozen=True, slots=True)
class SupervisionActs:
    topics: Topics
    opinions: Opinions
    clocks: WatchClocks
    limits: Limits
