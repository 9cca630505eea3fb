"""The district of the demo: the estates of the demo register, with synthetic homes and residents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import yaml

REGISTER = Path(__file__).parents[1] / "services" / "classifier" / "data" / "register.yaml"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
KIND = "sold-public"
"""Of all estates, built in the eighties: an effect is shown against estates of the same kind and age."""
LARGEST_M2 = 64_000
"""Floor area above which a hot issue needs more than five callers; the demo promises five everywhere."""
HOMES = 60
"""Residents of an estate who may call; a synthetic figure."""


@dataclass(frozen=True, slots=True)
class Resident:
    """`phone` begins with 100, as no telephone number in the country does."""

    name: str
    phone: str
    block: int
    room: str


@dataclass(frozen=True, slots=True)
class Estate:
    """Where it is, and what people give as its address. Floor area and year of construction are synthetic."""

    id: str
    name: str
    sub_district: str
    sub_district_name: str
    address: str
    floor_area_m2: int
    built: int
    property_kind: str
    residents: tuple[Resident, ...]


@dataclass(frozen=True)
class District:
    """The same seed always gives the same district."""

    seed: int

    def dice(self, purpose: str) -> Random:
        """A random generator for one purpose. Drawing more from one does not change the others."""
        return Random(f"{self.seed}/{purpose}")

    @cached_property
    def estates(self) -> tuple[Estate, ...]:
        register = yaml.load(REGISTER.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        names = {code: spoken[0] for code, spoken in register["sub_districts"].items()}
        return tuple(self._estate(number, row, names) for number, row in enumerate(register["estates"]))

    def _estate(self, number: int, row: dict[str, object], names: dict[str, str]) -> Estate:
        dice = self.dice(f"estate/{row['id']}")
        lanes = row.get("lanes") or [row["name"]]
        assert isinstance(lanes, list)
        residents = tuple(
            Resident(
                name=dice.choice(SURNAMES) + dice.choice(("先生", "女士", "阿姨", "老伯")),
                phone=f"100{self.seed % 1000:03}{number:02}{home:03}",
                block=dice.randint(1, 24),
                room=f"{dice.randint(1, 6)}0{dice.randint(1, 4)}",
            )
            for home in range(HOMES)
        )
        code = str(row["sub_district"])
        area, built = min(dice.randrange(4_000, 68_000, 100), LARGEST_M2), dice.randint(1980, 1989)
        return Estate(str(row["id"]), str(row["name"]), code, names[code], str(lanes[0]), area, built, KIND, residents)
