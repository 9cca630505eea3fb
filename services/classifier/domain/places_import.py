"""Turns a district's list of estates into estates of the register: checks rows, joins doubles, converts coordinates."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from typing import Final

from pydantic import ValidationError

from services.classifier.domain.estate import Estate
from services.classifier.domain.places_addresses import Address, addresses_of
from services.classifier.domain.places_coordinates import Crs, in_shanghai, to_wgs84
from services.classifier.domain.places_writing import written
from services.contracts.property_kinds import kind_written, property_kinds

REQUIRED: Final = ("name", "address")
KNOWN: Final = (
    *(*REQUIRED, "source", "area", "lng", "lat", "built", "property_co"),
    *("aliases", "committee", "sub_district", "floor_area_m2", "property_kind"),
)
NEAR_M: Final = 300
_LISTED: Final = re.compile(r"[|;；、]")
_NOTHING: Final = frozenset({"", "无", "暂无数据", "暂无", "-", "/"})


class BadRow(ValueError):
    """Why a row is not taken, and the remedy."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Estates, in the order of the file, and the rows that were joined to an earlier one: (row, estate's name)."""

    estates: tuple[Estate, ...]
    estate_of_row: Mapping[int, str]
    joined: tuple[tuple[int, str], ...]
    located_by_committee: int


def estate_of(row: Mapping[str, str], crs: Crs, sub_districts: Mapping[str, str]) -> Estate:
    """One row; `sub_districts` gives codes by name. Raises BadRow."""
    name = row["name"].strip()
    if not name or "\x00" in name or not name.isprintable():
        raise BadRow("name: is empty or holds control characters; write the estate's name")
    address = row["address"].strip()
    if not address:
        raise BadRow("address: is empty; write a road with lane or number")
    point = _point(row.get("lng", ""), row.get("lat", ""), crs)
    district = row.get("sub_district", "").strip()
    if district and district not in sub_districts:
        raise BadRow(f"sub_district: {district!r} is none of the district's; write its name or code, or leave it empty")
    try:
        return Estate(
            id="e-" + blake2s(written(name).encode("utf-8", "replace"), digest_size=6).hexdigest(),
            name=name,
            sub_district=sub_districts.get(district),
            committee=row.get("committee", "").strip() or None,
            aliases=tuple(dict.fromkeys(filter(None, map(str.strip, _LISTED.split(row.get("aliases", "")))))),
            lanes=(address,),
            built=int(year[0]) if (year := re.search(r"(?:18|19|20)\d\d", row.get("built", ""))) else None,
            floor_area_m2=_area(row.get("floor_area_m2", "")),
            property_co=None if row.get("property_co", "").strip() in _NOTHING else row["property_co"].strip(),
            property_kind=_kind(row.get("property_kind", "")),
            **point,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRow(f"{first['loc'][0]}: {first['msg']}; correct the cell") from None


def join(rows: Iterable[tuple[int, Estate]], committees: Mapping[str, Iterable[str]]) -> Joined:
    """Joins what is one estate twice: the same name with a common address, or not 300 m apart; and a row that is named
    for nothing but its address (密云路471弄小区) with the one estate that has this address and a name of its own, or
    with another such row.

    An estate without a sub-district has that of the one committee named as it is (东体社区: 东体小区).
    """
    estates: dict[int, Estate] = {}
    target: dict[int, int] = {}
    by_name: dict[str, list[int]] = defaultdict(list)
    owners: dict[tuple[str, int, bool], set[int]] = defaultdict(set)
    own: dict[int, set[tuple[str, int, bool]]] = {}
    for number, estate in rows:
        keys = {_key(one) for listed in (*estate.lanes, estate.name) for one in addresses_of(listed)[0]}
        same = [n for n in by_name[written(estate.name)] if keys & own[n] or _near(estates[n], estate)]
        if same:
            first = same[0]
            estates[first] = _both(estates[first], estate)
            own[first] |= keys
            target[number] = first
        else:
            estates[number], own[number], target[number] = estate, keys, number
            by_name[written(estate.name)].append(number)
    for number, estate in estates.items():
        if not is_address(estate.name):
            for key in own[number]:
                owners[key].add(number)
    for number in [n for n, estate in estates.items() if is_address(estate.name)]:
        claims = {owner for key in own[number] for owner in owners.get(key, ())}
        if not claims:
            for key in own[number]:
                owners[key].add(number)
        if len(claims) == 1:
            first = claims.pop()
            named = estates[number]
            estates[first] = _both(estates[first], named, alias=named.name)
            del estates[number]
            target.update({row: first for row, to in target.items() if to == number})
    named_twice = {name for name, numbers in by_name.items() if sum(n in estates for n in numbers) > 1}
    district_of = _districts_by_committee(committees)
    located = 0
    for number, estate in estates.items():
        changes: dict[str, str] = {}
        if written(estate.name) in named_twice:
            unlike = f"{written(estate.name)} {written(estate.lanes[0])}"
            changes["id"] = "e-" + blake2s(unlike.encode("utf-8", "replace"), digest_size=6).hexdigest()
        if estate.sub_district is None:
            stated = district_of.get(_bare(estate.committee or "")) or district_of.get(_bare(estate.name))
            if stated:
                changes["sub_district"], located = stated, located + 1
        if changes:
            estates[number] = estate.model_copy(update=changes)
    joined = tuple((row, estates[to].name) for row, to in sorted(target.items()) if row != to)
    return Joined(
        tuple(estates.values()),
        {row: estates[to].id for row, to in target.items()},
        joined,
        located_by_committee=located,
    )


def _near(one: Estate, other: Estate) -> bool:
    if one.lng is None or one.lat is None or other.lng is None or other.lat is None:
        return False
    east = (one.lng - other.lng) * 111_320 * math.cos(math.radians(one.lat))
    return math.hypot(east, (one.lat - other.lat) * 110_950) < NEAR_M


def is_address(name: str) -> bool:
    """凉城路368弄小区 is a name and is not: it only says where."""
    return bool(re.fullmatch(r"[一-鿿]+(?:路|街|道)[\d弄号支-]+(?:住宅小区|小区|公寓|宿舍楼|宿舍)?", written(name)))


def _both(first: Estate, second: Estate, alias: str | None = None) -> Estate:
    names = (*first.aliases, *second.aliases, *([alias] if alias and alias != first.name else ()))
    filled = {field: value for field, value in second.model_dump().items() if getattr(first, field) is None}
    return first.model_copy(
        update=filled
        | {
            "aliases": tuple(dict.fromkeys(names)),
            "lanes": tuple(dict.fromkeys((*first.lanes, *second.lanes))),
        }
    )


def _key(address: Address) -> tuple[str, int, bool]:
    return address.road, address.number, address.lane


def _bare(name: str) -> str:
    bare = written(name)
    for kind in ("社区", "小区", "居委会", "居民区", "居委"):
        bare = bare.removesuffix(kind)
    return bare


def _districts_by_committee(committees: Mapping[str, Iterable[str]]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, names in committees.items():
        for name in names:
            found[_bare(name)].add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1 and len(name) >= 2}


def _point(lng: str, lat: str, crs: Crs) -> dict[str, float | str]:
    if not lng.strip() and not lat.strip():
        return {}
    try:
        x, y = float(lng), float(lat)
    except ValueError:
        raise BadRow(f"lng, lat: {lng!r}, {lat!r} are not two numbers; write degrees, or leave both empty") from None
    if not in_shanghai(x, y):
        swapped = "; they look swapped" if in_shanghai(y, x) else ""
        raise BadRow(f"lng, lat: {lng}, {lat} is not in Shanghai{swapped}; correct them, or leave both empty")
    there = to_wgs84(x, y, crs)
    return {"lng": there[0], "lat": there[1], "raw_lng": x, "raw_lat": y, "raw_crs": crs.value}


def _kind(cell: str) -> str | None:
    if cell.strip() in _NOTHING:
        return None
    kind = kind_written(cell)
    if kind is None:
        known = ", ".join(one.name_cn for one in property_kinds().values())
        raise BadRow(f"property_kind: {cell!r} is no kind of property; write one of {known}, or leave it empty")
    return kind


def _area(cell: str) -> float | None:
    if cell.strip() in _NOTHING:
        return None
    try:
        area = float(cell.replace(",", ""))
    except ValueError:
        area = -1
    if not 0 < area < 1e8:
        raise BadRow(f"floor_area_m2: {cell!r} is no area; write square metres, or leave it empty")
    return area
