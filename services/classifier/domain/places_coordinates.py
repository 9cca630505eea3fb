"""Coordinates: WGS84 inside; GCJ-02, which Chinese maps use by law, converted at the edge."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

WEST, EAST, SOUTH, NORTH = 120.8, 122.2, 30.6, 31.9
"""Shanghai, in degrees."""

_A: Final = 6_378_245.0
_EE: Final = 0.00669342162296594323
"""The ellipsoid that GCJ-02 is defined on (Krasovsky 1940)."""


class Crs(StrEnum):
    GCJ02 = "gcj02"
    WGS84 = "wgs84"


def in_shanghai(lng: float, lat: float) -> bool:
    return WEST <= lng <= EAST and SOUTH <= lat <= NORTH


def to_wgs84(lng: float, lat: float, crs: Crs) -> tuple[float, float]:
    """Degrees, to 6 places. From GCJ-02 by iteration, to about 0.1 m of the published forward formula."""
    if crs is Crs.WGS84:
        return round(lng, 6), round(lat, 6)
    x, y = lng, lat
    for _ in range(4):
        there = to_gcj02(x, y)
        x, y = x + lng - there[0], y + lat - there[1]
    return round(x, 6), round(y, 6)


def to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """The published forward formula."""
    x, y = lng - 105.0, lat - 35.0
    common = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(lat)
    magic = 1 - _EE * math.sin(radians) ** 2
    d_lat = math.degrees(north * magic * math.sqrt(magic) / (_A * (1 - _EE)))
    d_lng = math.degrees(east * math.sqrt(magic) / (_A * math.cos(radians)))
    return lng + d_lng, lat + d_lat
