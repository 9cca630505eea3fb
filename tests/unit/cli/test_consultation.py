"""`closedloop consultation count` and `verify` as an official runs them."""

from __future__ import annotations

import inspect
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from services.cli.main import app
from services.projects.files.consultation_rules import shipped_rules

RUN = CliRunner()
PARTS = """part_id,building,hallway,area_m2,owner
101,1,1,80.50,A
102,1,1,79.5,B
201,1,2,100,C
202,1,2,60.25,A
301,2,1,50,builder
302,2,1,50,开发商
"""
BALLOTS = """part_id,item,choice,origin,at,delivered
101,roof,agree,paper,2026-03-01 10:00,yes
102,roof,agree,electronic,2026-03-01 11:00,yes
201,roof,disagree,paper,2026-03-01 12:00,yes
202,roof,agree,paper,2026-03-02 10:00,yes
301,roof,empty,,,yes
302,roof,empty,,,no
"""


class Files:
    """The two files in a folder, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.parts, self.ballots = folder / "parts.csv", folder / "ballots.csv"
        self.write()

    def write(self, parts: str = PARTS, ballots: str = BALLOTS, encoding: str = "utf-8") -> None:
        self.parts.write_bytes(parts.encode(encoding))
        self.ballots.write_bytes(ballots.encode(encoding))

    def count(self, *options: str, rule: str = "ordinary") -> tuple[int, str]:
        arguments = ["--parts", str(self.parts), "--ballots", str(self.ballots), "--rule", rule, *options]
        result = RUN.invoke(app, ["consultation", "count", *arguments], env={"COLUMNS": "200"})
        return result.exit_code, result.output

    def answer(self, *options: str, rule: str = "ordinary") -> dict[str, Any]:
        code, output = self.count(*options, rule=rule)
        assert code == 0, output
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found

    def item(self, *options: str, rule: str = "ordinary") -> dict[str, Any]:
        found: dict[str, Any] = self.answer(*options, rule=rule)["items"][0]
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_count_ends_with_one_json_line_of_each_item(files: Files) -> None:
    found = files.answer()
    assert {name: found["electorate"][name] for name in ("parts", "heads", "area_m2")} == {
        "parts": 6,
        "heads": 4,
        "area_m2": 420.25,
    }
    (roof,) = found["items"]
    assert (roof["item"], roof["rule"], roof["passed"], roof["failed_conditions"]) == ("roof", "ordinary", True, [])
    assert roof["heads"] == {"all": 4, "taking_part": 3, "agreeing": 2}
    assert roof["area_m2"] == {"all": 420.25, "taking_part": 320.25, "agreeing": 220.25}
    assert roof["countings"]["cast"]["heads"] == roof["heads"]
    assert roof["countings"]["with_silence"]["heads"] == {"all": 4, "taking_part": 4, "agreeing": 3}
    assert roof["countings"]["with_silence"]["area_m2"]["agreeing"] == 270.25
    assert (roof["decided_by"], roof["silence"], roof["silent_parts"]) == ("cast", "no_rule", 1)
    area = roof["conditions"][0]
    assert (area["name"], area["have"], area["of"], area["unit"]) == ("participation_area", 32025, 42025, "0.01 m2")


def test_the_json_line_comes_alone_where_that_is_asked(files: Files) -> None:
    code, output = files.count("--json")
    assert code == 0
    assert json.loads(output)["items"]


def test_a_failed_item_says_in_both_languages_what_is_missing(files: Files) -> None:
    files.write(ballots="".join(BALLOTS.splitlines(keepends=True)[:2]))
    code, output = files.count()
    assert code == 0
    assert "未通过" in output
    assert "not passed" in output
    assert "还差2人 / 2 owners more" in output
    assert "还差199.67 m² / 199.67 m² more" in output
    assert files.item()["failed_conditions"] == ["participation_area", "participation_heads"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_files_are_read_in_any_usual_encoding(files: Files, encoding: str) -> None:
    expected = files.answer()
    files.write(encoding=encoding)
    assert files.answer() == expected


def test_chinese_headers_and_words_of_a_spreadsheet_are_understood(files: Files, tmp_path: Path) -> None:
    expected = files.answer()
    parts = PARTS.replace("part_id,building,hallway,area_m2,owner", "房号,幢号,单元,建筑面积（㎡）,业主编号")
    ballots = BALLOTS.replace(
        "part_id,item,choice,origin,at,delivered", "房号,表决事项,表决意见,投票方式,投票时间,是否送达"
    )
    for english, chinese in (
        ("disagree", "不同意"),
        ("agree", "同意"),
        ("empty", "未表决"),
        ("paper", "纸质"),
        ("electronic", "电子"),
        ("yes", "是"),
        (",no\n", ",否\n"),
    ):
        ballots = ballots.replace(english, chinese)
    for name, content in (("parts", parts), ("ballots", ballots)):
        book = Workbook()
        assert book.active is not None
        book.active.append(["荷风苑征询明细"])
        for line in content.splitlines():
            book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line.split(",")])
        book.save(tmp_path / f"{name}.xlsx")
    files.parts, files.ballots = tmp_path / "parts.xlsx", tmp_path / "ballots.xlsx"
    assert files.answer()["items"] == expected["items"]


def test_the_order_of_the_rows_does_not_matter(files: Files) -> None:
    expected = files.answer(rule="ordinary-silence")
    source = random.Random(3)
    for _ in range(5):
        shuffled = []
        for content in (PARTS, BALLOTS):
            header, *rows = content.splitlines(keepends=True)
            source.shuffle(rows)
            shuffled.append(header + "".join(rows))
        files.write(*shuffled)
        assert files.answer(rule="ordinary-silence") == expected


def test_a_second_ballot_of_a_part_is_no_fault_but_shown(files: Files) -> None:
    files.write(ballots=BALLOTS + "102,roof,disagree,paper,2026-03-05 10:00,yes\n101,roof,agree,paper,2026-03-05,yes\n")
    roof = files.item()
    assert [(one["row"], one["counted_row"], one["reason"]) for one in roof["set_aside"]] == [
        (3, 8, "outranked"),
        (9, 2, "repeated"),
    ]
    assert roof["answers"] == {"agree": 2, "disagree": 2, "abstain": 0, "invalid": 0}
    _, output = files.count()
    assert "第3行不计，计第8行" in output


def test_two_ballots_of_one_part_are_refused_by_a_rule_that_takes_one(files: Files, tmp_path: Path) -> None:
    rule = shipped_rules()["ordinary"].model_dump(mode="json")
    own = tmp_path / "rule.json"
    own.write_text(json.dumps({**rule, "name": "own", "duplicates": {"origins": [], "again": "refuse"}}))
    files.write(ballots=with_row(BALLOTS, "101,roof,agree,paper,2026-03-05,yes"))
    code, output = files.count(rule=str(own))
    assert code == 1
    assert "row 8, part_id: 101 votes on roof in row 2, too, and the rule takes one ballot a part" in output


def test_of_two_answers_at_one_time_the_first_row_counts_and_the_other_is_held_back(files: Files) -> None:
    files.write(ballots=with_row(BALLOTS, "101,roof,disagree,paper,2026-03-01 10:00,yes"))
    assert [(one["row"], one["reason"]) for one in files.item()["set_aside"]] == [(8, "held_back")]


def test_a_ballot_whose_delivery_is_not_said_was_not_delivered(files: Files) -> None:
    files.write(ballots=BALLOTS.replace("301,roof,empty,,,yes", "301,roof,empty,,,"))
    assert files.item(rule="ordinary-silence")["silence"] == "nobody_silent"
    files.write(ballots=BALLOTS.replace("301,roof,empty,,,yes", "301,roof,empty,,,2026-02-20 09:00"))
    assert files.item(rule="ordinary-silence")["silence"] == "applied"


def test_a_line_of_totals_is_checked_and_is_no_part(files: Files) -> None:
    files.write(parts=PARTS + "合计,,,420.25,\n")
    assert files.answer()["electorate"]["parts"] == 6
    assert files.answer("--total-area", "420.25")["electorate"]["parts"] == 6


def with_row(content: str, row: str) -> str:
    return f"{content}{row}\n"


@pytest.mark.parametrize(
    ("parts", "place", "why"),
    [
        (PARTS.replace("80.50", "-80.5"), "row 2, area_m2", "negative: give the area of the register"),
        (PARTS.replace("80.50", "0"), "row 2, area_m2", "'0' is zero"),
        (PARTS.replace("80.50", "0.00"), "row 2, area_m2", "is zero"),
        (PARTS.replace("80.50", "80.505"), "row 2, area_m2", "more than two decimals"),
        (PARTS.replace("80.50", "nan"), "row 2, area_m2", "is no area: give square metres such as 80.25"),
        (PARTS.replace("80.50", "1e3"), "row 2, area_m2", "is no area"),
        (PARTS.replace("80.50", "inf"), "row 2, area_m2", "is no area"),
        (PARTS.replace("80.50", ""), "row 2, area_m2", "is no area"),
        (PARTS.replace("80.50", "80,50.1"), "row 2, the row", "has 6 cells"),
        (PARTS.replace("80.50", "9" * 40), "row 2, area_m2", "is no area"),
        (with_row(PARTS, "101,1,1,80.50,A"), "row 8, part_id", "101 stands in row 2, too"),
        (with_row(PARTS, ",1,1,80.50,A"), "row 8, part_id", "is blank"),
        (with_row(PARTS, "401,1,1,80.50,"), "row 8, owner", "for all that the builder has not sold write builder"),
        (with_row(PARTS, "合计,,,420.24,"), "row 8, area_m2", "the parts add up to 420.25 m², the total is 420.24"),
        (PARTS.replace("owner", "holder"), "owner: ", "there is no such column; the columns are part_id, building"),
        (PARTS.replace("owner", "area_m2"), "owner: ", "there is no such column; the columns are part_id, building"),
        (PARTS.replace("hallway", "业主"), "owner: ", "two columns are called so (业主, owner): rename one"),
        (PARTS + '401,1,1,"80.50,A', "row 8, the row", "is not CSV"),
        (PARTS + "401,1,1", "row 8, the row", "it was cut short; copy or export it again"),
        (PARTS.splitlines()[0] + "\n", "the file", "holds no part, only a header"),
        ("", "", "is empty"),
    ],
)
def test_parts_that_cannot_be_are_refused_with_row_field_and_remedy(
    files: Files, parts: str, place: str, why: str
) -> None:
    files.write(parts=parts)
    code, output = files.count()
    assert code == 1
    assert "parts.csv: " in output
    assert place in output
    assert why in output
    assert '"items"' not in output


@pytest.mark.parametrize(
    ("ballots", "place", "why"),
    [
        (with_row(BALLOTS, "999,roof,agree,paper,2026-03-01 10:00,yes"), "row 8, part_id", "999 is no part"),
        (with_row(BALLOTS, "101,roof,perhaps,paper,2026-03-01 10:00,yes"), "row 8, choice", "say agree, disagree"),
        (with_row(BALLOTS, "101,roof,,paper,2026-03-01 10:00,yes"), "row 8, choice", "is blank and is no answer"),
        (with_row(BALLOTS, "101,,agree,paper,2026-03-01 10:00,yes"), "row 8, item", "is blank"),
        (with_row(BALLOTS, "101,roof,agree,paper,31.13.2026,yes"), "row 8, at", "is not a time: write it as"),
        (with_row(BALLOTS, "101,roof,agree,paper,2026-02-30,yes"), "row 8, at", "is no time of any calendar"),
        (with_row(BALLOTS, "101,shed,agree,paper,2026-03-01,perhaps"), "row 8, delivered", "is not clear"),
        (BALLOTS.replace("origin", "way"), "origin: ", "there is no such column; the columns are part_id, item"),
        (BALLOTS + "101,shed,agr", "row 8, the row", "it was cut short; copy or export it again"),
        (BALLOTS + "101,shed,agree,paper", "row 8, the row", "it was cut short; copy or export it again"),
        (BALLOTS.splitlines()[0] + "\n", "the file", "holds no ballot, only a header"),
    ],
)
def test_ballots_that_cannot_be_are_refused_with_row_field_and_remedy(
    files: Files, ballots: str, place: str, why: str
) -> None:
    files.write(ballots=ballots)
    code, output = files.count()
    assert code == 1
    assert "ballots.csv: " in output
    assert place in output
    assert why in output
    assert '"items"' not in output


def test_what_came_too_early_or_too_late_is_refused_and_a_day_closes_at_its_end(files: Files) -> None:
    assert files.answer("--opens", "2026-03-01", "--closes", "2026-03-02")
    code, output = files.count("--closes", "2026-03-01")
    assert code == 1
    assert "row 5, at: 2026-03-02 10:00:00+08:00 is after 2026-03-01 23:59:59" in output
    code, output = files.count("--opens", "2026-03-01 10:30")
    assert code == 1
    assert "row 2, at: 2026-03-01 10:00:00+08:00 is before 2026-03-01 10:30" in output
    files.write(ballots=with_row(BALLOTS, "101,shed,agree,paper,,yes"))
    code, output = files.count("--closes", "2026-03-09")
    assert code == 1
    assert "row 8, at: is blank" in output
    assert files.answer()


def test_a_vote_on_another_text_is_refused(files: Files, tmp_path: Path) -> None:
    header, *rows = BALLOTS.splitlines()
    lines = [f"{header},text_hash", *(f"{row},aa" for row in rows)]
    files.write(ballots="\n".join(lines) + "\n")
    assert files.item()["passed"]
    files.write(ballots="\n".join([*lines[:2], f"{rows[1]},bb", *lines[3:]]) + "\n")
    code, output = files.count()
    assert code == 1
    assert "row 3, text_hash: was given on another text of roof" in output
    rule = tmp_path / "rule.yaml"
    rule.write_text("default: ordinary\nitems:\n  roof: {text_hash: cc}\n")
    code, output = files.count(rule=str(rule))
    assert code == 1
    assert "row 2, text_hash: was given on another text of roof" in output
    files.write()
    code, output = files.count(rule=str(rule))
    assert code == 1
    assert "row 2, text_hash: is blank" in output


def test_only_the_building_that_shares_it_decides(files: Files) -> None:
    first = "".join(line for line in BALLOTS.splitlines(keepends=True) if not line.startswith("3"))
    files.write(ballots=first)
    found = files.item("--building", "1", rule="building-ordinary")
    assert found["heads"] == {"all": 3, "taking_part": 3, "agreeing": 2}
    assert found["area_m2"]["all"] == 320.25
    code, output = files.count(rule="building-ordinary")
    assert (code, "needs --building: say which of 1, 2" in output) == (1, True)
    code, output = files.count("--building", "7", rule="building-ordinary")
    assert (code, "there is no building 7: say which of 1, 2" in output) == (1, True)
    code, output = files.count("--building", "1")
    assert (code, "the rule ordinary asks the whole estate" in output) == (1, True)
    files.write()
    code, output = files.count("--building", "1", rule="building-ordinary")
    assert code == 1
    assert "row 6, part_id: 301 has no vote on roof, which building 1 alone decides" in output


def test_the_one_building_there_is_need_not_be_named(files: Files) -> None:
    one = "".join(line for line in PARTS.splitlines(keepends=True) if not line.startswith("3"))
    files.write(parts=one, ballots="".join(BALLOTS.splitlines(keepends=True)[:5]))
    assert files.item(rule="building-special")["building"] == "1"
    files.write(parts=one.replace(",1,2,", ",1,,"), ballots="".join(BALLOTS.splitlines(keepends=True)[:3]))
    code, output = files.count(rule="hallway-ordinary")
    assert (code, "some parts have no hallway" in output) == (1, True)


def test_each_item_may_have_a_rule_of_its_own(files: Files, tmp_path: Path) -> None:
    rule = tmp_path / "rule.yaml"
    rule.write_text("default: ordinary\nitems:\n  roof: {rule: special}\n  lamps: {}\n", encoding="utf-8")
    files.write(ballots=BALLOTS + BALLOTS.split("\n", 1)[1].replace("roof", "shed"))
    found = {one["item"]: (one["rule"], one["passed"]) for one in files.answer(rule=str(rule))["items"]}
    assert found == {"roof": ("special", False), "lamps": ("ordinary", False), "shed": ("ordinary", True)}


def test_silence_counts_by_a_rule_that_says_so(files: Files) -> None:
    votes = "part_id,item,choice,origin,at,delivered\n101,roof,agree,paper,2026-03-01,yes\n"
    votes += "202,roof,agree,paper,2026-03-01,yes\n"
    files.write(ballots=votes + "".join(f"{part},roof,empty,,,yes\n" for part in (102, 201)))
    assert not files.item()["passed"]
    roof = files.item(rule="ordinary-silence")
    assert (roof["passed"], roof["decided_by"], roof["majority"]) == (True, "with_silence", "agree")
    assert roof["heads"] == roof["countings"]["with_silence"]["heads"]
    assert roof["countings"]["cast"]["passed"] is False


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--opens", "soon"), "--opens 'soon' is not a time"),
        (("--opens", "2026-03-02", "--closes", "2026-03-01"), "is not after"),
        (("--total-area", "420.24"), "area_m2: the parts add up to 420.25 m², the total is 420.24 m²"),
        (("--total-area", "many"), "--total-area: 'many' is no area"),
        (("--rule", "unanimous"), "give a file, or one of ordinary"),
        (("--parts", "/nowhere.csv"), "cannot be read"),
        (("--export", "/nowhere/record.json"), "cannot be written"),
    ],
)
def test_bad_options_are_reported(files: Files, options: tuple[str, ...], why: str) -> None:
    code, output = files.count(*options)
    assert code == 1
    assert why in output
    assert '"items"' not in output


def test_many_faults_are_reported_together_but_not_all(files: Files) -> None:
    files.write(parts=PARTS.splitlines()[0] + "\n" + "".join(f"{one},1,1,0,o\n" for one in range(100)))
    code, output = files.count()
    assert code == 1
    assert output.count("is zero") == 20
    assert "… and 80 more" in output
    assert "nothing was counted" in output


def test_a_record_is_recounted_and_what_was_touched_is_named(files: Files, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    files.answer("--export", str(record), rule="ordinary-silence")
    result = RUN.invoke(app, ["consultation", "verify", str(record)])
    last = json.loads(result.output.splitlines()[-1])
    assert (result.exit_code, last["valid"], last["ballots"]) == (0, True, 6)
    assert "开发商" not in record.read_text(encoding="utf-8")
    assert RUN.invoke(app, ["consultation", "verify", str(record), "--seal", last["seal"]]).exit_code == 0
    content = record.read_text(encoding="utf-8")
    for was, becomes, code in (
        ('"choice": "disagree"', '"choice": "agree"', "broken_link"),
        ('"area": 8050', '"area": 8051', "changed_part"),
        ('"passed": true', '"passed": false', "different_result"),
        (content[-300:], "", "no_record"),
    ):
        assert was in content
        record.write_text(content.replace(was, becomes, 1), encoding="utf-8")
        result = RUN.invoke(app, ["consultation", "verify", str(record)])
        last = json.loads(result.output.splitlines()[-1])
        assert (result.exit_code, last["valid"], last["faults"][0]["code"]) == (1, False, code)
        assert result.output.startswith(code)
    assert RUN.invoke(app, ["consultation", "verify", str(tmp_path / "none.json")]).exit_code == 1


def test_an_export_over_one_of_the_files_is_refused(files: Files) -> None:
    code, output = files.count("--export", str(files.parts))
    assert (code, "name another" in output) == (1, True)
    assert files.parts.read_text(encoding="utf-8") == PARTS


def test_the_help_names_the_rules_that_come_with_the_service() -> None:
    from services.cli.commands.consultation import count

    described = str(inspect.signature(count).parameters["rule"].annotation)
    assert [name for name in shipped_rules() if not re.search(rf"(?<![\w-]){name}(?![\w-])", described)] == []
