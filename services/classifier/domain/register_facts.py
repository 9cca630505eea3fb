"""What was published of the register of estates, over the list that was imported.

Of each estate the newest fact counts. The list knows more of it than is published (aliases, lanes, coordinates): that
stays, and what is published goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.domain.estate import Estate
from services.contracts.estate_events import EstateRegistered, EstateRemoved

RegisterFact = EstateRegistered | EstateRemoved


class RegisterFacts:
    """Any order and every repetition of the same facts come to the same register."""

    def __init__(self) -> None:
        self._newest: dict[str, RegisterFact] = {}

    def take(self, fact: RegisterFact) -> bool:
        """Whether it is newer than what was known of its estate."""
        known = self._newest.get(fact.estate_id)
        if known is not None and known.version >= fact.version:
            return False
        self._newest[fact.estate_id] = fact
        return True

    def over(self, listed: Iterable[Estate]) -> list[Estate]:
        """The estates of the list as they are registered by now, without removed ones, then those that it lacks."""
        by_id = {estate.id: estate for estate in listed}
        found = [self._as_registered(estate) for estate in by_id.values()]
        others = (fact for estate, fact in sorted(self._newest.items()) if estate not in by_id)
        return [*(one for one in found if one), *(_estate(one) for one in others if isinstance(one, EstateRegistered))]

    def _as_registered(self, estate: Estate) -> Estate | None:
        fact = self._newest.get(estate.id)
        if fact is None:
            return estate
        if isinstance(fact, EstateRemoved):
            return None
        before = () if fact.estate_name == estate.name else (estate.name,)
        aliases = tuple(one for one in dict.fromkeys((*before, *estate.aliases)) if one != fact.estate_name)
        sub_district = fact.sub_district or estate.sub_district
        return estate.model_copy(update={"name": fact.estate_name, "aliases": aliases, "sub_district": sub_district})


def _estate(fact: EstateRegistered) -> Estate:
    return Estate(id=fact.estate_id, name=fact.estate_name, sub_district=fact.sub_district)
