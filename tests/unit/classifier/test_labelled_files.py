"""services/classifier/files/labelled_files.py: every wrong file is named with its row and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier.files.labelled_files import examples, labelled
from services.contracts.data_files import InvalidData
from services.contracts.taxonomy import taxonomy

KNOWN = [*taxonomy().types, "OT"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("title,detail\na,b\n", "the header: has none of the columns code, type_code, label; add one"),
        ("code\nOT\n", "the header: has neither the column text nor detail; add one"),
        ("text,code\na,XQ99\n", "row 1: code 'XQ99' is no type; correct the row"),
        ("text,code\na,OT\nb,\n", "row 2"),
        ("text,code,accept\na,OT,OT|ZZ\n", "row 1: code 'ZZ' is no type"),
        ("text,code\n", "the file: holds no row"),
        ("", "the file: holds no row"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=complaint):
        labelled(file, KNOWN)


def test_bytes_that_are_no_csv_and_a_file_that_is_missing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes("text,code\n路灯,OT\n".encode("gb18030"))
    with pytest.raises(InvalidData, match="cannot be read as CSV in UTF-8"):
        labelled(tmp_path / "x.csv", KNOWN)
    with pytest.raises(InvalidData, match="is not there"):
        labelled(tmp_path / "none.csv", KNOWN)


def test_title_and_detail_become_heading_and_body(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("title,detail,code,accept\n路灯不亮,晚上很黑,MJ10,MJ10|OT\n", encoding="utf-8-sig")
    (row,) = labelled(file, KNOWN)
    assert (row.text, row.label, row.accept) == ("路灯不亮\n晚上很黑", "MJ10", frozenset({"MJ10", "OT"}))


def test_every_type_has_examples_and_none_stands_twice() -> None:
    rows = examples()
    assert {row.label for row in rows} == set(KNOWN)
    assert all(row.accept <= set(KNOWN) for row in rows)
    assert len({row.text for row in rows}) == len(rows)
