"""All that people do with standards, on one desk."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.app.standards.draft_standard import DraftStandard
from services.projects.app.standards.issue_standard import IssueStandard
from services.projects.app.standards.roll_out import RollOut
from services.projects.app.standards.standard_clocks import StandardClocks


@dataclass(frozen=True, slots=True)
class StandardActs:
    draft: DraftStandard
    issue: IssueStandard
    roll_out: RollOut
    clocks: StandardClocks
