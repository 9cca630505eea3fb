"""Where the matter is, by the district's register of estates. Unknown and ambiguous are answers, guesses are not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.places_addresses import Address, Mention, addresses_of, mentions_in
from services.classifier.domain.places_elsewhere import elsewhere
from services.classifier.domain.places_typos import ORDINALS, Typos, is_slip
from services.classifier.domain.places_writing import (
    ENDINGS,
    canonical,
    full_forms,
    is_part,
    office_forms,
    short_forms,
    written,
)
from services.contracts.property_kinds import PropertyKindCode
from services.contracts.ticket_events import Place, SubDistrictCode

EstateId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=60)]

MOST_CANDIDATES: Final = 8
LONGEST_READ: Final = 4_000
"""Characters in which places are looked for."""

_BUILDING: Final = re.compile(
    r"(?:小区)?(?:的|内|里)?(?:第)?(?:(\d{1,4})(?:号楼|号|幢|栋|楼(?!上|下|道|顶|层)|座)|([a-h])(?:座|栋|幢))"
)
_BUILDING_ANYWHERE: Final = re.compile(r"(\d{1,4})(?:号楼|幢|栋)")
_GOES_ON: Final = re.compile(r"\(?(?:[a-z一二三四五六七八九十东西南北中]{1,2}|\d{1,2})(?:期|区|村|苑)|[壹贰叁]")
"""An estate of which another part is meant (三期 of a name known with 一期) is not that other part."""
_ANOTHER: Final = re.compile("|".join(sorted({*ENDINGS, "区"}, key=len, reverse=True)))
"""What behind a short form makes another name of it: 华润置地小区 is not 华润置地广场."""
_A_ROAD: Final = re.compile(r"[\u4e00-\u9fff](?:路|大道|大街)(?![口边灯面上段]|街道)")
_LONGER: Final = re.compile(r"[苑园城庭村里坊邸]")
"""What is written with a slip, and goes on so, is a longer name that the register does not know."""
_WHOLE_LANE_FROM: Final = 4
"""An estate with houses from 1 to here or more is what people mean by the lane without a house."""
_SHORTEST_ROAD: Final = 3
_UNLISTED: Final = ""
"""Stands for what the register does not list: 瑞景新城 may mean other parts of it than the 一期 that is known."""


class Estate(BaseModel):
    """One residential estate. Every name of it, with its addresses (`lanes`: 凉城路1201弄), may stand in a text.

    `lng` and `lat` are WGS84 degrees; `raw_lng`, `raw_lat` and `raw_crs` what the district's file said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EstateId
    name: Name
    sub_district: SubDistrictCode | None = None
    committee: str | None = None
    aliases: tuple[Name, ...] = ()
    lanes: tuple[str, ...] = ()
    lng: float | None = None
    lat: float | None = None
    raw_lng: float | None = None
    raw_lat: float | None = None
    raw_crs: str | None = None
    built: int | None = None
    floor_area_m2: float | None = None
    property_co: str | None = None
    property_kind: PropertyKindCode | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Located:
    """`candidates` are the ids of the estates it may be, where it may be more than one; `place` names none then.
    `elsewhere`: another district, city or province where the matter is said to be; no estate here is meant then."""

    place: Place
    candidates: tuple[str, ...] = ()
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class _Hit:
    """The estates that one mention may mean, and where it ends. `house` is the building where the mention says it."""

    estates: frozenset[str]
    end: int
    house: int | None = None


class Register:
    """Finds the one place a message means.

    The address is asked first, the text only for what the address does not say. What is written exactly outranks a
    short form, and that a slip of the pen. Two mentions that agree in one estate mean it; estates in a sub-district
    other than the one that is named do not count. More than one estate left: candidates, and the sub-district only
    if it is named or all agree.
    """

    def __init__(
        self,
        estates: Iterable[Estate],
        sub_districts: Mapping[str, Iterable[str]],
        committees: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """`sub_districts` gives the names under which each code is spoken of, `committees` the residents' committees
        in it. Raises ValueError for an estate in a sub-district that has no name, and for an id that stands twice."""
        self._districts_of: dict[str, set[str]] = defaultdict(set)
        for code, names in sub_districts.items():
            for name in names:
                self._districts_of[written(name)].add(code)
        for code, names in (committees or {}).items():
            for name in names:
                for form in committee_forms(name):
                    self._districts_of[form].add(code)
        self._estates: dict[str, Estate] = {}
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._short: dict[str, set[str]] = defaultdict(set)
        self._addresses: dict[tuple[str, int, bool], list[tuple[Address, str]]] = defaultdict(list)
        self._roads_of: dict[tuple[int, bool], set[str]] = defaultdict(set)
        self._roads_by_estate: dict[str, set[str]] = defaultdict(set)
        for estate in estates:
            self._add(estate, sub_districts)
        self._roads = frozenset(road for road, _, _ in self._addresses)
        for form in set(self._short) & (self._roads | set(self._exact)):
            if form in self._roads:
                del self._short[form]
        self._lexicon = Lexicon({*self._exact, *self._short, *self._districts_of, *self._roads})
        self._typos = Typos(self._exact)

    def _add(self, estate: Estate, sub_districts: Mapping[str, Iterable[str]]) -> None:
        if estate.sub_district is not None and estate.sub_district not in sub_districts:
            raise ValueError(f"estate {estate.id}: sub_district {estate.sub_district} is not in the register")
        if estate.id in self._estates:
            raise ValueError(f"estate {estate.id} stands twice in the register")
        self._estates[estate.id] = estate
        for name in estate.names:
            for form in full_forms(name):
                self._exact[form].add(estate.id)
            for form in short_forms(name):
                self._short[form] |= {estate.id, _UNLISTED} if is_part(name, form) else {estate.id}
            for form in office_forms(name):
                self._short[form].add(estate.id)
        for listed in (*estate.lanes, *estate.names):
            addresses, names = addresses_of(listed)
            for address in addresses:
                key = (address.road, address.number, address.lane)
                if (address, estate.id) not in self._addresses[key]:
                    self._addresses[key].append((address, estate.id))
                self._roads_of[key[1:]].add(address.road)
                self._roads_by_estate[estate.id].add(address.road)
            if listed in estate.lanes:
                for name in names:
                    self._short[name].add(estate.id)

    @property
    def estates(self) -> Mapping[str, Estate]:
        return self._estates

    @property
    def shared_names(self) -> Mapping[str, frozenset[str]]:
        """The written names and lanes that more than one estate claims, with the estates' ids."""
        lanes = {
            f"{road}{number}{'弄' if lane else '号'}": frozenset(estate for _, estate in claims)
            for (road, number, lane), claims in self._addresses.items()
        }
        every = {**lanes, **{name: frozenset(ids) for name, ids in self._exact.items()}}
        return {name: ids for name, ids in every.items() if len(ids) > 1}

    @property
    def roads(self) -> frozenset[str]:
        return self._roads

    @property
    def lane_count(self) -> int:
        return sum(lane for _, _, lane in self._addresses)

    def locate(self, text: str, address: str) -> Located:
        """Of a normalised text and address. An address that names another road contradicts what the text names."""
        texts = [canonical(source[:LONGEST_READ]) for source in (address, text)]
        if there := elsewhere(*texts):
            return Located(Place(), elsewhere=there)
        found = [self._lexicon.find(one) if one else {} for one in texts]
        roads = {name for one in found for name in one if name in self._roads}
        named: str | None = None
        before: frozenset[str] | None = None
        for source, words in zip(texts, found, strict=True):
            districts = [self._districts_of[name] for name in words if name in self._districts_of]
            agreed = set.intersection(*districts) if districts else set()
            if named is None and len(agreed) == 1:
                named = next(iter(agreed))
            hits = self._hits(source, words, roads)
            if source is texts[1]:
                hits = [hit for hit in hits if not self._is_contradicted(hit, texts[0])]
            estates = self._agreed([self._inside(hit.estates, named) for hit in hits])
            if before:
                estates = self._agreed([before, estates]) if estates & before - {_UNLISTED} else before
            if len(estates) == 1:
                return Located(self._place(next(iter(estates)), hits, texts))
            before = estates or before
        if not before:
            return Located(Place(sub_district=named))
        before -= {_UNLISTED}
        inside = {self._estates[one].sub_district for one in before}
        district = named or (next(iter(inside)) if len(inside) == 1 else None)
        return Located(Place(sub_district=district), tuple(sorted(before)[:MOST_CANDIDATES]))

    def _hits(self, text: str, words: Mapping[str, list[int]], roads: set[str]) -> list[_Hit]:
        """The mentions of the strongest kind that there is."""
        if not text:
            return []
        mentions = mentions_in(text, self._roads.__contains__)
        exact = [
            _Hit(frozenset(self._exact[name]), end + 1)
            for name, ends in words.items()
            if name in self._exact
            for end in ends
            if not _GOES_ON.match(text, end + 1)
        ]
        exact += [hit for one in mentions if one.road and one.lane is not None and (hit := self._at(one, one.road))]
        if exact:
            return exact
        short = [
            _Hit(frozenset(self._short[name]), end + 1)
            for name, ends in words.items()
            if name in self._short
            for end in ends
            if not _ANOTHER.match(text, end + 1)
            and (not _GOES_ON.match(text, end + 1) or _UNLISTED in self._short[name])
        ]
        short += [hit for one in mentions if one.road is None and (hit := self._at_any(one, roads))]
        if short:
            return short
        slips = [
            _Hit(frozenset(self._exact[name]), end)
            for name, end in self._typos.find(text).items()
            if not _LONGER.match(text, end) and not _GOES_ON.match(text, end)
        ]
        return slips + [hit for one in mentions if (hit := self._at_slip(one))]

    def _at(self, mention: Mention, road: str, lane: bool | None = None) -> _Hit | None:
        """The estates at a number of a road. A house that none is known to have is unknown."""
        lane = mention.lane if lane is None else lane
        claims = self._addresses.get((road, mention.number, bool(lane)), [])
        estates = {estate for address, estate in claims if address.houses is None}
        if mention.house is not None:
            estates = {e for a, e in claims if a.houses and mention.house in a.houses} or estates
        elif not estates:
            estates = {e for a, e in claims if a.houses}
            if any(not {*range(1, _WHOLE_LANE_FROM, 2)} <= (a.houses or set()) for a, _ in claims):
                estates |= {_UNLISTED} if claims else set()
        return _Hit(frozenset(estates), mention.end, mention.house) if estates else None

    def _at_any(self, mention: Mention, roads: set[str]) -> _Hit | None:
        """A lane alone, on the roads that are spoken of elsewhere."""
        if not mention.lane:
            return None
        hits = [hit for road in sorted(roads) if (hit := self._at(mention, road))]
        return _Hit(frozenset().union(*(h.estates for h in hits)), mention.end, mention.house) if hits else None

    def _at_slip(self, mention: Mention) -> _Hit | None:
        """At exactly this number, a road written with one slip, or a known road where 弄 or 号 is missing."""
        lanes = (True, False) if mention.lane is None else (mention.lane,)
        if mention.road is not None:
            hits = [hit for lane in lanes if mention.lane is None and (hit := self._at(mention, mention.road, lane))]
            return hits[0] if len(hits) == 1 else None
        meant = {road for lane in lanes for road in self._roads_of.get((mention.number, lane), ())}
        roads = [road for road in meant if self._is_road_slip(road, mention.before)]
        if len(roads) != 1 or sum(self._is_road_slip(road, mention.before) for road in self._roads) != 1:
            return None
        return self._at(mention, roads[0])

    def _is_road_slip(self, road: str, before: str) -> bool:
        if len(road) < _SHORTEST_ROAD:
            return False
        general_word_spoilt = before.endswith(road[:-1]) or before[-len(road) : -1] == road[:-1]
        return general_word_spoilt or any(
            is_slip(road, before[-size:], ORDINALS) for size in range(len(road) - 1, len(road) + 2)
        )

    def _is_contradicted(self, hit: _Hit, address: str) -> bool:
        """Whether the address names a road, and none on which the estates of a text's mention lie."""
        if not _A_ROAD.search(address):
            return False
        roads = [self._roads_by_estate.get(estate) for estate in hit.estates - {_UNLISTED}]
        return all(on is not None and not any(road in address for road in on) for on in roads)

    def _inside(self, estates: frozenset[str], named: str | None) -> frozenset[str]:
        if named is None:
            return estates
        return frozenset(one for one in estates if one == _UNLISTED or self._estates[one].sub_district in (named, None))

    def _agreed(self, mentioned: list[frozenset[str]]) -> frozenset[str]:
        mentioned = [estates for estates in mentioned if estates - {_UNLISTED}]
        if not mentioned:
            return frozenset()
        common = frozenset.intersection(*mentioned)
        return common if common - {_UNLISTED} else frozenset.union(*mentioned)

    def _place(self, estate_id: str, hits: list[_Hit], texts: list[str]) -> Place:
        estate = self._estates[estate_id]
        return Place(
            sub_district=estate.sub_district,
            estate=estate.id,
            estate_name=estate.name,
            building=_building(hits, texts),
        )


def _building(hits: list[_Hit], texts: list[str]) -> str | None:
    for hit in hits:
        if hit.house is not None:
            return str(hit.house)
        for text in texts:
            if found := _BUILDING.match(text, hit.end):
                return (found[1] or "").lstrip("0") or (found[2] or "").upper() or None
    named = {found[1].lstrip("0") for text in texts for found in _BUILDING_ANYWHERE.finditer(text)}
    return named.pop() or None if len(named) == 1 else None


def committee_forms(name: str) -> tuple[str, ...]:
    """密二社区 is also spoken of as 密二居委会; a name too short to be anything but a word is left out."""
    bare = written(name)
    stem = bare.removesuffix("社区")
    forms = tuple(f"{stem}{kind}" for kind in ("社区", "居委会", "居委", "居民区", "居民委员会"))
    return forms if len(stem) >= 2 else ()
