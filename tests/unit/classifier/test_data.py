"""services/classifier/files/reader_data.py: wrong data files are refused with file, row and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier.files.reader_data import DATA, load_register
from services.classifier.files.word_list import word_list
from services.contracts.data_files import InvalidData
from services.contracts.districts import sub_districts


def test_a_word_for_a_type_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("weak: []\nmore: {XQ99: [停车]}\n")
    with pytest.raises(InvalidData, match=r"words\.yaml, more, XQ99: is no type of the taxonomy; correct the code"):
        word_list(file)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{id: a-b, name: 甲里, sub_district: '310109099'}", "sub_district 310109099 is not in the register"),
        ("{id: a-b, name: 甲里, sub_district: nowhere}", "sub_district"),
        ("{id: a-b, name: 甲, sub_district: '310109009'}", "name"),
        ("{id: a-b, name: 甲里, sub_district: '310109009', alias: [甲]}", "alias"),
    ],
)
def test_an_estate_that_cannot_be_is_refused(tmp_path: Path, row: str, complaint: str) -> None:
    file = tmp_path / "register.yaml"
    file.write_text(f"sub_districts: {{'310109009': [欧阳路街道]}}\nestates: [{row}]\n")
    with pytest.raises(InvalidData, match=rf"register\.yaml, estates.*{complaint}"):
        load_register(file)


def test_the_register_speaks_of_every_sub_district_by_its_full_name() -> None:
    register = load_register(DATA / "register.yaml")
    for code, row in sub_districts().items():
        assert register.locate(row.name_cn, "").place.sub_district == code
