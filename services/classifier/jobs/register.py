"""`closedloop register import`: turns a district's list of estates into the register that finds places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.classifier.domain.estate import Estate
from services.classifier.domain.places import Register
from services.classifier.domain.places_coordinates import Crs
from services.classifier.domain.places_import import KNOWN, REQUIRED, BadRow, Joined, estate_of, join
from services.classifier.files.register_store import SHIPPED, RegisterStore
from services.classifier.jobs.job import JobFailed
from services.contracts.data_files import read_section

COLUMNS: Final = REQUIRED
"""The columns that a list of estates must have."""

ListedRow = tuple[int, Sequence[str], str | None]
"""A row's number, its cells, and what is wrong with it, if it could not be read."""


@dataclass(frozen=True, slots=True)
class EstateList:
    """A file as a register; nothing of it is stored yet. `rejects`: number, reason and cells of each row not taken."""

    joined: Joined
    register: Register
    committees: Mapping[str, Sequence[str]]
    rejects: Sequence[tuple[int, str, Sequence[str]]]

    @property
    def counts(self) -> dict[str, int]:
        estates = self.joined.estates
        return {
            "rows": len(self.joined.estate_of_row) + len(self.rejects),
            "estates": len(estates),
            "joined": len(self.joined.joined),
            "rejects": len(self.rejects),
            "aliases": sum(len(estate.aliases) for estate in estates),
            "lanes": self.register.lane_count,
            "ambiguous": len(self.register.shared_names),
            "with_sub_district": sum(estate.sub_district is not None for estate in estates),
            "located_by_committee": self.joined.located_by_committee,
        }

    @property
    def shared_names(self) -> dict[str, list[Estate]]:
        """The names and lanes that more than one estate claims."""
        return {
            name: [self.register.estates[one] for one in sorted(ids)]
            for name, ids in self.register.shared_names.items()
        }


def read_estates(
    header: Sequence[str], rows: Iterable[ListedRow], *, crs: str, committees: Path | None = None
) -> EstateList:
    """Checks and joins the rows of a table. Raises JobFailed for a table that cannot be used at all."""
    twice = [name for name in KNOWN if header.count(name) > 1]
    if twice:
        raise JobFailed(f"there are two columns {twice[0]}: remove one")
    try:
        system = Crs(crs)
    except ValueError:
        raise JobFailed(f"--crs {crs!r} is not known: say gcj02 or wgs84") from None
    names: dict[str, list[str]] = read_section(SHIPPED, "sub_districts")
    codes = {name: code for code, listed in names.items() for name in (code, *listed)}
    by_code = _committees(committees, codes)
    good, bad = [], []
    for number, cells, fault in rows:
        try:
            if fault is not None:
                raise BadRow(fault)
            good.append((number, estate_of(dict(zip(header, cells, strict=True)), system, codes)))
        except BadRow as error:
            bad.append((number, str(error), cells))
    joined = join(good, by_code)
    return EstateList(joined, Register(joined.estates, names, by_code), by_code, bad)


def facts_of(found: EstateList) -> list[dict[str, object]]:
    """What repair needs to know of each estate, as projects takes it."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "sub_district": one.sub_district,
            "property_kind": one.property_kind,
            "built": one.built,
            "floor_area_m2": f"{one.floor_area_m2:.2f}" if one.floor_area_m2 else None,
            "east": one.lng,
            "north": one.lat,
        }
        for one in found.joined.estates
    ]


def put_to_use(found: EstateList, registers: Path, source: str) -> str:
    """Stores the register; the classifier reads it at its next start. Returns its version. Raises OSError."""
    return RegisterStore(registers).save(found.joined.estates, found.committees, source, datetime.now(UTC))


def _committees(file: Path | None, codes: Mapping[str, str]) -> dict[str, list[str]]:
    if file is None:
        return {}
    try:
        listed = json.loads(file.read_text(encoding="utf-8-sig"))
        assert isinstance(listed, dict)
        return {codes[district]: [str(name) for name in names] for district, names in listed.items()}
    except OSError as error:
        raise JobFailed(f"--committees {file} cannot be read ({error.strerror})") from None
    except KeyError as unknown:
        raise JobFailed(
            f"--committees {file}: {unknown} is no sub-district of the district; write its name as in the register"
        ) from None
    except (ValueError, TypeError, AssertionError):
        raise JobFailed(
            f'--committees {file} is not JSON of the form {{"SUB-DISTRICT": ["NAME", …]}} in UTF-8'
        ) from None
