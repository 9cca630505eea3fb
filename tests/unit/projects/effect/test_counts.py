"""Anybody's counts: judged whole, or refused with row, column and remedy."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.cli.main import app
from services.projects.domain.months import Month
from services.projects.jobs.effect.counts import COLUMNS

DAYS = {"decided": "2022-01-20", "works_start": "2023-02-10", "accepted": "2023-08-25"}
TREATED = {"estate": "瑞虹", "group": "treated", "month": "2022-02", "callers": "3", "class": "roof", **DAYS}


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "effect", "--counts", str(file), *options])


def written(file: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return file


def district(estates: int, left: float, controls: int = 30) -> list[dict[str, str]]:
    rng = np.random.default_rng(11)
    rows: list[dict[str, str]] = []

    def add(name: str, days: dict[str, str], after: float) -> None:
        for n in range(48):
            month = Month(2022, 1).plus(n)
            mean = 4 * (after if month > Month(2023, 8) else 1)
            group = "treated" if days["decided"] else "control"
            counted = {"estate": name, "group": group, "month": str(month), "callers": str(rng.poisson(mean))}
            rows.append({**counted, "class": "roof", **days})

    for n in range(estates):
        add(f"修{n}", DAYS, left)
    for n in range(controls):
        add(f"比{n}", dict.fromkeys(DAYS, ""), 1)
    return rows


def test_cured_estates_and_their_class_are_verified(tmp_path: Path) -> None:
    file, out = written(tmp_path / "counts.csv", district(4, 0.2)), tmp_path / "verdicts.csv"
    done = run(file, "--verdicts", str(out))
    assert done.exit_code == 0, done.output
    said = json.loads(done.output.splitlines()[-1])
    assert (said["estates"], said["verified"], said["controls"], said["through"]) == (4, 4, 30, "2025-12")
    assert said["classes"] == {"roof": "verified"}
    with out.open(encoding="utf-8") as lines:
        verdicts = list(csv.DictReader(lines))
    assert [one["verdict"] for one in verdicts] == ["verified"] * 5
    assert [one["estate"] for one in verdicts] == ["修0", "修1", "修2", "修3", ""]
    assert float(verdicts[0]["ratio_low_90"]) < float(verdicts[0]["ratio"]) < float(verdicts[0]["ratio_high_90"])


def test_verdicts_are_json_where_the_name_says_so(tmp_path: Path) -> None:
    file, out = written(tmp_path / "counts.csv", district(1, 1.0)), tmp_path / "verdicts.json"
    assert run(file, "--verdicts", str(out), "--json").exit_code == 0
    (verdict,) = json.loads(out.read_text(encoding="utf-8"))
    assert (verdict["verdict"], verdict["callers_after"] > 60) == ("not_shown", True)


def test_without_controls_there_are_counts_only(tmp_path: Path) -> None:
    file = written(tmp_path / "counts.csv", district(1, 0.2, controls=3))
    assert json.loads(run(file, "--json").output)["counts_only"] == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"month": "2022-13"}, "row 2, month: '2022-13' is no month"),
        ({"callers": "-1"}, "row 2, callers: '-1' is no number of callers"),
        ({"callers": "1.5"}, "row 2, callers: '1.5'"),
        ({"callers": ""}, "row 2, callers: ''"),
        ({"group": "repaired"}, "row 2, group: 'repaired' is neither treated nor control"),
        ({"estate": ""}, "row 2, estate: is blank"),
        ({"accepted": ""}, "row 2, accepted: '' is no day"),
        ({"accepted": "2023-02-30"}, "row 2, accepted: '2023-02-30' is no day"),
        ({"accepted": "2023-01-01"}, "row 2, accepted: of 瑞虹 is before works_start"),
        ({"group": "control"}, "no row has the group treated"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_column(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    out = tmp_path / "verdicts.csv"
    done = run(written(tmp_path / "counts.csv", [TREATED | change]), "--verdicts", str(out))
    assert done.exit_code != 0
    assert fault in done.output
    assert "nothing was judged" in done.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        ({}, "row 3, month: 2022-02 of 瑞虹 stands twice"),
        ({"month": "2022-03", "class": "sewer"}, "stands in row 2 with another group, class or day"),
        ({"month": "2022-03", "accepted": "2024-01-01"}, "stands in row 2 with another group, class or day"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(tmp_path: Path, second: dict[str, str], fault: str) -> None:
    done = run(written(tmp_path / "counts.csv", [TREATED, TREATED | second]))
    assert done.exit_code != 0
    assert fault in done.output


def test_a_gap_in_the_months_is_refused(tmp_path: Path) -> None:
    rows = [row for row in district(1, 1.0) if not "2024-02" <= row["month"] <= "2024-04"]
    done = run(written(tmp_path / "counts.csv", rows))
    assert done.exit_code != 0
    assert "2024-02 to 2024-04 stand in no row" in done.output


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    done = run(written(tmp_path / "counts.csv", [TREATED], COLUMNS[:-1]))
    assert "the column accepted is missing" in done.output


def test_the_simulation_ends_with_a_line_of_figures() -> None:
    done = CliRunner().invoke(app, ["evaluate", "effect", "--runs", "50", "--json"])
    figures: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    named = {"wrong_max", "found_45", "found_30", "class_found", "coverage_90", "too_few_right", "missed"}
    assert named <= figures.keys()
    assert done.exit_code == (1 if figures["missed"] else 0)
