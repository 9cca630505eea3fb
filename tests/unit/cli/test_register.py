"""`closedloop register import` and `closedloop evaluate places` as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.classifier.files.register_store import RegisterStore
from services.cli.main import app

ROWS = """source,name,area,address,lng,lat,built,property_co
甲,明月小区,,云锦路10弄,121.49,31.27,1988年建成,无
甲,湖畔银杏花园,,"(虹口某处)玉泉路310弄, 玉泉路320弄1-9号",121.48,31.28,2001年,某物业
乙,湖畔银杏花园,,虹口-某处-玉泉路310弄,121.48,31.28,,
乙,星辰公寓,,虹口-某处-北斗路5号,21.4,31.2,,
"""
RUN = CliRunner()


def imported(folder: Path, content: bytes, *options: str) -> tuple[int, str]:
    file = folder / "estates.csv"
    file.write_bytes(content)
    arguments = ["--registers", str(folder / "registers"), "--rejects", str(folder / "rejects.csv"), *options]
    result = RUN.invoke(app, ["register", "import", str(file), *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_register_is_taken_in_any_usual_encoding_and_summed_up(tmp_path: Path, encoding: str) -> None:
    code, output = imported(tmp_path, ROWS.encode(encoding), "--json")
    report = json.loads(output)
    assert (code, report["rows"], report["estates"], report["joined"], report["rejects"]) == (0, 4, 2, 1, 1)
    assert {one.name for one in RegisterStore(tmp_path / "registers").load().estates.values()} == {
        "明月小区",
        "湖畔银杏花园",
    }
    rejects = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "拒收原因" in rejects
    assert "经纬度不是本市范围内的两个数" in rejects
    assert "星辰公寓" in rejects


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    code, output = imported(tmp_path, ROWS.encode(), "--dry-run")
    assert code == 0
    assert "nothing was changed" in output
    assert [file.name for file in tmp_path.iterdir()] == ["estates.csv"]


@pytest.mark.parametrize(
    ("content", "options", "why"),
    [
        (b"", (), "is empty"),
        ("name,lng\n明月小区,121\n".encode(), (), "address is missing"),
        ("name,name,address\n甲里,乙里,云锦路1弄\n".encode(), (), "two columns name"),
        (b"name,address\n\xff\xff\xff\x81,\x81", (), "is neither UTF-8"),
        (ROWS.encode(), ("--crs", "bd09"), "say gcj02 or wgs84"),
        (ROWS.rstrip().removesuffix(",21.4,31.2,,").encode(), (), "row 5 ends in the middle: the file was cut short"),
        ("name,address\n明月小区,\n".encode(), (), "not one row can be used"),
        (ROWS.encode(), ("--committees", "/nowhere.json"), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_and_changes_nothing(
    tmp_path: Path, content: bytes, options: tuple[str, ...], why: str
) -> None:
    imported(tmp_path, ROWS.encode())
    before = (tmp_path / "registers" / "current").read_text()
    code, output = imported(tmp_path, content, *options)
    assert code == 1
    assert why in output
    assert (tmp_path / "registers" / "current").read_text() == before


def test_places_are_measured_the_same_for_the_same_seed(tmp_path: Path) -> None:
    file = tmp_path / "estates.csv"
    file.write_text(ROWS)
    lines = [
        json.loads(
            RUN.invoke(app, ["evaluate", "places", "--register", str(file), "--seed", "3"]).output.splitlines()[-1]
        )
        for _ in range(2)
    ]
    assert {k: v for k, v in lines[0].items() if k != "mentions_per_s"} == {
        k: v for k, v in lines[1].items() if k != "mentions_per_s"
    }
    assert lines[0]["by_kind"]["name"] == 1
    assert lines[0]["wrong_instead_of_unknown"] == 0
