"""The default rules of the yearly plan. An error names the file, the row and the remedy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import InvalidData, read_section, row_of
from services.contracts.departments import departments
from services.contracts.taxonomy import OFFICE_OF_THE_PLACE
from services.projects.domain.plan_rules import PlanRules

FILE = Path(__file__).parents[1] / "data" / "plan_rules.yaml"


@cache
def plan_rules(file: Path = FILE) -> PlanRules:
    """Raises InvalidData."""
    found = row_of(file, "plan", PlanRules, read_section(file, "plan"))
    for one in found.authority:
        if one.decided_by != OFFICE_OF_THE_PLACE and one.decided_by not in departments():
            raise InvalidData(file, "authority", f"{one.decided_by!r} is no department; correct it")
    return found
