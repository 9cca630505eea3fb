"""`closedloop evaluate hot-issues` and `bursts` on files made up for it, and on files that do not fit."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app

START = datetime(2026, 3, 1, 8)
NIGHTS = (
    "投诉听雨新城旁工地水泵整夜轰鸣",
    "听雨新城旁的工地夜里水泵声音太大",
    "听雨新城门口工地水泵噪声大，半夜还在抽水",
    "请管一管听雨新城旁边工地的水泵",
    "听雨新城对面工地水泵夜间抽水噪声扰民",
    "听雨新城旁工地水泵又响了一夜",
)
ELSE = ("公园长椅坏了", "挂号窗口太少", "快递柜收费不合理", "公交车晚点", "扶梯坏了三天", "理发店不退钱", "井盖松了")


def table(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(header)
        writer.writerows(rows)
    return file


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    return result.exit_code, result.output


def stream(folder: Path, callers: Sequence[int]) -> tuple[Path, Path]:
    header = ("msg_id", "user", "title", "detail", "time", "issue_id")
    rows = [(f"b{n}", f"b{n}", text, text, START + timedelta(hours=n), "") for n, text in enumerate(ELSE)]
    rows += [
        (f"m{n}", f"u{who}", text, text, START + timedelta(days=1 + n), "1")
        for n, (who, text) in enumerate(zip(callers, NIGHTS, strict=True))
    ]
    hot = int(len(set(callers)) >= 5)
    issues = table(folder / "issues.csv", ("issue_id", "users", "hot"), [("1", len(set(callers)), hot)])
    return table(folder / "stream.csv", header, reversed(rows)), issues


def test_a_hot_issue_is_found_with_the_message_that_fulfils_the_rule(tmp_path: Path) -> None:
    messages, issues = stream(tmp_path, range(6))
    alarms = tmp_path / "alarms.txt"
    code, output = run("hot-issues", "--stream", messages, "--issues", issues, "--alarms", alarms, "--json")
    assert code == 0, output
    report = json.loads(output.splitlines()[-1])
    assert (report["hot_found"], report["hot_total"], report["alarms"], report["single_caller_alarms"]) == (1, 1, 1, 0)
    assert (report["member_precision"], report["member_recall"]) == (1.0, 1.0)
    assert report["max_delay_messages"] == report["max_delay_hours"] == 0
    assert {"messages_per_s", "rss_mb", "median_delay_messages", "median_delay_hours"} <= report.keys()
    assert alarms.read_text().count("\n    ") == 6
    assert "m4  1  听雨新城对面工地水泵夜间抽水噪声扰民  <- raised it" in alarms.read_text()


def test_one_caller_raises_no_alarm(tmp_path: Path) -> None:
    messages, issues = stream(tmp_path, [7] * 6)
    code, output = run("hot-issues", "--stream", messages, "--issues", issues)
    assert code == 0, output
    assert json.loads(output.splitlines()[-1])["alarms"] == 0


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_bursts_are_found_in_the_table_as_it_was_exported(tmp_path: Path, encoding: str) -> None:
    rows = [("听雨新城", START + timedelta(days=n), f"u{n}") for n in range(6)]
    rows += [("望月里", START + timedelta(days=9 * n), f"v{n}") for n in range(10)]
    rows += [("一人弄", START + timedelta(days=n), "w") for n in range(20)]
    shown = [(place, f"{at:%Y/%m/%d %H:%M}", who) for place, at, who in rows]
    file = table(tmp_path / "t.csv", ("小区", "受理时间", "来电人"), shown, encoding)
    asked = ("bursts", "--tickets", file, "--place-column", "小区", "--time-column", "受理时间")
    code, output = run(*asked, "--caller-column", "来电人")
    assert code == 0, output
    *lines, last = output.splitlines()
    report = json.loads(last)
    assert (report["places"], report["bursts"], report["wrong_place"], report["found_share"]) == (3, 2, 0, 1.0)
    assert any("听雨新城  2026-03-01 – 2026-03-06  6 tickets" in line for line in lines)
    assert json.loads(run(*asked, "--json")[1].splitlines()[-1])["bursts"] == 3


@pytest.mark.parametrize(
    ("rows", "place", "why"),
    [
        ([("a", "2026-03-01")], "地点", "no column 地点; the columns are 小区, 时间"),
        ([("a", "yesterday")], "小区", "时间 is not a time"),
        ([("", "2026-03-01")], "小区", "no row with a place"),
        ([], "小区", "no row with a place"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_remedy(
    tmp_path: Path, rows: list[tuple[str, str]], place: str, why: str
) -> None:
    file = table(tmp_path / "t.csv", ("小区", "时间"), rows)
    code, output = run("bursts", "--tickets", file, "--place-column", place, "--time-column", "时间")
    assert code == 1
    assert why in output
