"""Who takes part in supervision: for which party, for which unit, or as a deputy."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Forbidden
from services.contracts.supervision_events import SupervisingParty
from services.projects.domain.supervision.opinions import OpinionState, Side, SupervisionOpinion


@dataclass(frozen=True, slots=True)
class Seat:
    """`looks_on`: sees everything of every party. A deputy sees what the Standing Committee supervises; a unit what
    was handed over to it, and where it was inspected."""

    actor: str
    parties: frozenset[SupervisingParty] = frozenset()
    departments: frozenset[str] = frozenset()
    deputy: bool = False
    looks_on: bool = False

    def sees_party(self, party: SupervisingParty) -> bool:
        return self.looks_on or (self.deputy and party is SupervisingParty.CONGRESS)

    def sees(self, opinion: SupervisionOpinion) -> bool:
        handed_over = opinion.state is not OpinionState.GIVEN
        return self.sees_party(opinion.party) or (handed_over and opinion.lead in self.departments)

    def sides(self, opinion: SupervisionOpinion, suggested: bool) -> frozenset[Side]:
        """What they are to this clause; `suggested`: it comes from their own suggestion. Of a unit that is supervised
        one is nothing else."""
        if opinion.lead in self.departments:
            return frozenset({Side.UNIT})
        sides = {Side.SUPERVISOR} if opinion.party in self.parties else set()
        return frozenset(sides | ({Side.DEPUTY} if self.deputy and suggested else set()))

    def speak_for(self, party: SupervisingParty) -> None:
        """Raises Forbidden unless they are of the party that supervises."""
        if party not in self.parties:
            raise Forbidden("not-yours", "Another party supervises", f"This is for supervisor:{party}.")

    def not_of(self, units: frozenset[str]) -> None:
        """Raises Forbidden for whoever is of a unit that is supervised."""
        if own := sorted(units & self.departments):
            why = f"you are of {own[0]}, which is supervised here: have somebody do it who is not"
            raise Forbidden("own-unit", "Nobody supervises their own unit", why)
