"""What of the district somebody may see."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DistrictShare:
    """The whole district, or what these departments lead and what lies in these sub-districts.

    `hub`: tickets that few may see are listed too.
    """

    whole_district: bool
    departments: Set[str] = frozenset()
    sub_districts: Set[str] = frozenset()
    hub: bool = False

    def holds(self, lead: str, sub_district: str | None) -> bool:
        return self.whole_district or lead in self.departments or sub_district in self.sub_districts
