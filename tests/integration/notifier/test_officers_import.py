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
    assert (run.exit_code, run.output) == (0, "3 officers are new, 0 stay, 0 are told no more\n")
    found = {one["name"]: one for one in as_("hub").get("/officers").json()["items"]}
    assert [way["channel"] for way in found["李伟"]["ways"]] == ["sms", "email"]
    assert (found["王芳"]["ways"], found["Desk"]["language"]) == ([], "en")
    again = imported(tmp_path, ROSTER.replace("housing,leader,王芳,,,\n", ""))
    assert again.output == "0 officers are new, 2 stay, 1 are told no more\n"


def test_every_fault_is_named_by_its_row_and_nothing_is_taken(as_: As, tmp_path: Path) -> None:
    bad = ROSTER.replace("13900000000", "021-1").replace("王芳", "王芳 2").replace("fire,duty", "ministry,duty")
    run = imported(tmp_path, bad)
    assert run.exit_code != 0
    assert "row 4: name" in run.output, "what is no officer at all is named first"
    run = imported(tmp_path, bad.replace("王芳 2", "王芳"))
    assert "row 2: address: is no mobile number" in run.output
    assert "row 5: unit: is neither in departments.yaml nor a supervising party" in run.output
    assert as_("hub").get("/officers").json()["items"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("unit,name\nhousing,李伟\n", "the column post is missing"),
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
    assert run.output == "3 officers of 2 units were read; nothing was changed\n"
    assert as_("hub").get("/officers").json()["items"] == []
