"""Where the matter is, by the district's register of estates. Unknown and ambiguous are answers, guesses are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.classifier.domain.lexicon import Lexicon
from services.contracts.ticket_events import Place, SubDistrictCode

EstateId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=40)]


class Estate(BaseModel):
    """One residential estate. Every name of it, with lane numbers (凉城路1201弄), may stand in a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EstateId
    name: Name
    sub_district: SubDistrictCode
    aliases: tuple[Name, ...] = ()
    lanes: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases, *self.lanes)


class Register:
    """Finds the one place a message means.

    The address is asked first, the text only for what the address does not say. Estates in a sub-district other
    than the one that is named do not count. More than one estate left: no estate, and the sub-district only if
    it is named or all agree.
    """

    def __init__(self, estates: Iterable[Estate], sub_districts: Mapping[str, Iterable[str]]) -> None:
        """`sub_districts` gives the names under which each code is spoken of. Raises ValueError for an estate
        in a sub-district that has none, and for an id that stands twice."""
        self._estates_of: dict[str, list[Estate]] = defaultdict(list)
        self._district_of = {name: code for code, names in sub_districts.items() for name in names}
        ids: set[str] = set()
        for estate in estates:
            if estate.sub_district not in sub_districts:
                raise ValueError(f"estate {estate.id}: sub_district {estate.sub_district} is not in the register")
            if estate.id in ids:
                raise ValueError(f"estate {estate.id} stands twice in the register")
            ids.add(estate.id)
            for name in dict.fromkeys(estate.names):
                self._estates_of[name].append(estate)
        self._lexicon = Lexicon({*self._estates_of, *self._district_of})

    def place_of(self, text: str, address: str) -> Place:
        """Of a normalised text and address."""
        named: str | None = None
        for source in (address, text):
            found = self._lexicon.find(source)
            districts = {self._district_of[name] for name in found if name in self._district_of}
            if named is None and len(districts) == 1:
                named = districts.pop()
            estates = {
                estate.id: estate
                for name in found
                for estate in self._estates_of.get(name, ())
                if named in (None, estate.sub_district)
            }
            if len(estates) == 1:
                estate = next(iter(estates.values()))
                return Place(sub_district=estate.sub_district, estate=estate.id, estate_name=estate.name)
            if len(estates) > 1:
                agreed = {estate.sub_district for estate in estates.values()}
                return Place(sub_district=named or (agreed.pop() if len(agreed) == 1 else None))
        return Place(sub_district=named)
