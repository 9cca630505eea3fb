"""`closedloop officers import`: a duty roster replaces the units that it names, or nothing is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.cli.commands import officers
from services.cli.main import app
from tests.integration.applications import As

ROSTER = """unit,post,name,language,channel,address
housing,duty,李伟,zh,sms,13900000000
housing,duty,李伟,zh,email,duty@example.gov.cn
housing,leader,王芳,,,
fire,duty,Desk,en,wecom,key-of-the-group
"""


@pytest.fixture(autouse=True)
def _notifier(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officers, "_client", lambda *_: as_("hub"))


def imported(folder: Path, content: str, *options: str) -> Result:
    file = folder / "roster.csv"
    file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(app, ["officers", "import", str(file), *options])


def test_rows_of_one_officer_are_ways_in_their_order(as_: As, tmp_path: Path) -> None:
    run = imported(tmp_path, ROSTER)
    assert (run.exit_code, run.output) == (0, "3 officers are new, 0 stay, 0 are removed\n")
    found = {one["name"]: one for one in as_("hub").get("/officers").json()["items"]}
    assert [way["channel"] for way in found["李伟"]["ways"]] == ["sms", "email"]
    assert (found["王芳"]["ways"], found["Desk"]["language"]) == ([], "en")
    again = imported(tmp_path, ROSTER.replace("housing,leader,王芳,,,\n", ""))
    assert again.output == "0 officers are new, 2 stay, 1 are removed\n"


def test_every_fault_is_named_by_its_row_and_nothing_is_taken(as_: As, tmp_path: Path) -> None:
    bad = ROSTER.replace("13900000000", "021-1").replace("王芳", "王芳 2").replace("fire,duty", "ministry,duty")
    run = imported(tmp_path, bad)
    assert run.exit_code != 0
    assert "row 4: name: is to be letters alone" in run.output
    assert "row 2: address: is no mobile number" in run.output
    assert "row 5: unit: is neither in departments.yaml nor a supervising party" in run.output
    assert as_("hub").get("/officers").json()["items"] == []


def test_a_dry_run_finds_what_the_import_finds(as_: As, tmp_path: Path) -> None:
    rows = [
        "hosing,duty,李伟,zh,,",
        "housing,representative,王芳,zh,,",
        "fire,duty,赵 1,zh,sms,12",
        "fire,chief,陈静,xx,fax,1",
    ]
    bad = "\n".join(
        ["unit,post,name,language,channel,address", *rows, "fire,duty,Desk,en,email,noreply@example.gov.cn"]
    )
    real, dry = imported(tmp_path, bad), imported(tmp_path, bad, "--dry-run")
    assert (real.exit_code, dry.output) == (1, real.output)
    lines = real.output.splitlines()
    assert [line.split(":")[0].strip() + line.split(":")[1] for line in lines[:-1] if line.startswith("  row")] == [
        "row 2 unit", "row 3 post", "row 4 name", "row 4 address", "row 5 post", "row 5 language", "row 5 channel",
        "row 6 address",
    ]  # fmt: skip
    assert "perhaps housing is meant" in real.output
    assert "pattern" not in real.output


def test_the_hub_may_be_named_as_in_the_rules(as_: As, tmp_path: Path) -> None:
    assert imported(tmp_path, ROSTER.replace("fire,duty", "hub,duty")).exit_code == 0
    assert "urban-operation" in {one["unit"] for one in as_("hub").get("/officers").json()["items"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("unit,name\nhousing,李伟\n", "the column post is missing"),
        ("name\n李伟\n", "the columns unit, post are missing"),
        ("unit,post,name\n", "holds no officer"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_roster_is_refused(content: str, said: str, tmp_path: Path) -> None:
    run = imported(tmp_path, content)
    assert run.exit_code != 0
    assert said in " ".join(run.output.split())


def test_a_dry_run_changes_nothing(as_: As, tmp_path: Path) -> None:
    run = imported(tmp_path, ROSTER, "--dry-run")
    assert run.output == "3 officers would be new, 0 stay, 0 would be removed; nothing was changed\n"
    assert as_("hub").get("/officers").json()["items"] == []
