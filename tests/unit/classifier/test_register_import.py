"""A district's list of estates: rows checked, doubles joined, coordinates converted, stored whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.estate import Estate
from services.classifier.domain.places_coordinates import Crs, to_gcj02, to_wgs84
from services.classifier.domain.places_import import BadRow, Joined, estate_of, join
from services.classifier.domain.places_writing import number_of
from services.classifier.files.reader_data import DATA, load_register
from services.classifier.files.register_store import CURRENT, RegisterStore
from services.contracts.data_files import InvalidData

AT = datetime(2026, 1, 5, tzinfo=UTC)
DISTRICTS = {"曲阳路街道": "310109010"}


def row(**cells: str) -> dict[str, str]:
    return {"name": "明月小区", "address": "云锦路10弄"} | cells


def joined(*rows: dict[str, str], committees: dict[str, list[str]] | None = None) -> Joined:
    made = [(number, estate_of(cells, Crs.WGS84, DISTRICTS)) for number, cells in enumerate(rows, start=2)]
    return join(made, committees or {})


@given(st.floats(120.9, 122.1), st.floats(30.7, 31.8))
def test_gcj02_is_converted_back_to_within_a_metre(lng: float, lat: float) -> None:
    x, y = to_wgs84(*to_gcj02(lng, lat), Crs.GCJ02)
    assert abs(x - lng) < 1e-5
    assert abs(y - lat) < 1e-5


def test_gcj02_lies_some_hundred_metres_off_and_the_raw_value_is_kept() -> None:
    estate = estate_of(row(lng="121.490000", lat="31.270000"), Crs.GCJ02, DISTRICTS)
    assert (estate.raw_lng, estate.raw_lat, estate.raw_crs) == (121.49, 31.27, "gcj02")
    assert estate.lng is not None
    assert estate.lat is not None
    assert 0.003 < 121.49 - estate.lng < 0.006
    assert 0.001 < estate.lat - 31.27 < 0.003


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": ""}, "name: is empty"),
        ({"name": "明\x00月"}, "control characters"),
        ({"name": "明"}, "name"),
        ({"address": " "}, "address: is empty"),
        ({"lng": "21.4", "lat": "31.2"}, "is not in Shanghai"),
        ({"lng": "31.27", "lat": "121.49"}, "look swapped"),
        ({"lng": "east", "lat": "31.2"}, "are not two numbers"),
        ({"lng": "nan", "lat": "31.2"}, "is not in Shanghai"),
        ({"sub_district": "月球街道"}, "sub_district"),
        ({"floor_area_m2": "-4"}, "floor_area_m2"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_column(cells: dict[str, str], why: str) -> None:
    with pytest.raises(BadRow, match=why):
        estate_of(row(**cells), Crs.GCJ02, DISTRICTS)


def test_the_same_name_with_a_common_address_is_one_estate() -> None:
    made = joined(row(), row(address="云锦路10弄,云锦路20弄", aliases="月亮村|明月"))
    assert len(made.estates) == 1
    assert made.estates[0].aliases == ("月亮村", "明月")
    assert made.joined == ((3, "明月小区"),)


def test_the_same_name_elsewhere_is_another_estate() -> None:
    made = joined(row(), row(address="玉泉路99弄"))
    assert len({estate.id for estate in made.estates}) == 2


def test_a_row_named_for_its_address_is_the_estate_that_has_it() -> None:
    made = joined(row(), row(name="云锦路10弄小区", address="云锦路10弄1-9号"))
    assert [estate.name for estate in made.estates] == ["明月小区"]
    assert made.estates[0].aliases == ("云锦路10弄小区",)


def test_an_estate_gets_the_sub_district_of_the_committee_of_its_name() -> None:
    made = joined(row(), committees={"310109010": ["明月社区"]})
    assert made.estates[0].sub_district == "310109010"
    assert made.located_by_committee == 1


def test_ids_stay_over_imports() -> None:
    assert joined(row()).estates[0].id == joined(row(name="星辰小区"), row()).estates[1].id


@pytest.mark.parametrize(
    ("numeral", "number"), [("一千二百零一", 1201), ("一二〇一", 1201), ("十五", 15), ("一百二", 120)]
)
def test_numerals(numeral: str, number: int) -> None:
    assert number_of(numeral) == number


def test_without_an_import_the_shipped_register_is_used(tmp_path: Path) -> None:
    assert RegisterStore(tmp_path).load().estates == load_register(DATA / "register.yaml").estates


def test_what_was_imported_is_used_and_the_one_before_stays(tmp_path: Path) -> None:
    store, first, second = RegisterStore(tmp_path), joined(row()).estates, joined(row(name="星辰小区")).estates
    before = store.save(first, {}, "first.csv", AT)
    store.save(second, {"310109010": ["明月社区"]}, "second.csv", AT)
    assert [*store.load().estates.values()] == list(second)
    (tmp_path / CURRENT).write_text(before)
    assert [*store.load().estates.values()] == list(first)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"estates": 3, "committees": {}}', '{"estates": [{}], "committees": {}}']
)
def test_a_damaged_register_is_reported_and_not_replaced_by_another(tmp_path: Path, damage: str) -> None:
    store = RegisterStore(tmp_path)
    version = store.save([Estate(id="e-a", name="明月小区")], {}, "a.csv", AT)
    (tmp_path / f"{version}.json").write_text(damage)
    with pytest.raises(InvalidData):
        store.load()
