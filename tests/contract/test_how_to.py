"""The step-by-step guides are true: what they cite is where they say, their Python runs, their checks name tests."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs/how-to").glob("*.md"))
BLOCK = re.compile(r"^( *)```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CITED = re.compile(r"`(\w+)`(?: and `(\w+)`)?,? (?:in|of)\s+`((?:services|tests)/[\w/.]+\.(?:py|yaml))`")
CHECK = re.compile(r"python -m pytest ([^`#\n]+)")


def read(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def blocks(guide: Path) -> list[str]:
    return [textwrap.dedent(code) for _, code in BLOCK.findall(read(guide))]


def cited(text: str) -> list[tuple[str, str]]:
    """Each name that the text says is in a file, with the file."""
    return [(name, file) for *names, file in CITED.findall(text) for name in names if name]


def named_in(name: str, file: Path) -> bool:
    return re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_a_guide_cites_is_in_the_file_that_it_names(guide: Path) -> None:
    assert [f"{name} in {file}" for name, file in cited(read(guide)) if not named_in(name, ROOT / file)] == []


def test_a_citation_of_what_is_not_in_the_file_is_found() -> None:
    [(name, file)] = cited("call `_nothing_like_it` in `services/intake/domain/ticket.py`")
    assert not named_in(name, ROOT / file)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_python_of_a_guide_can_be_read(guide: Path) -> None:
    for code in blocks(guide):
        ast.parse(code)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_checks_of_a_guide_name_tests_that_exist(guide: Path) -> None:
    paths = [path for command in CHECK.findall(read(guide)) for path in command.split() if path.startswith("tests/")]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_methods_of_a_ticket_that_the_guide_calls_are_its_own() -> None:
    from services.intake.domain.ticket import Ticket

    called = re.findall(r"self\.(\w+)\(", read(ROOT / "docs/how-to/add-a-step.md"))
    assert called
    assert [name for name in called if not hasattr(Ticket, name)] == []


def test_the_guide_to_rules_lists_every_file_of_rules() -> None:
    listed = re.findall(r"^\| (.+?) \|", read(ROOT / "docs/how-to/add-a-rule.md"), re.MULTILINE)
    named = {name.rsplit("/", 1)[-1] for row in listed for name in re.findall(r"`([\w/.]+)`", row)}
    texts = {"officer_words.yaml", "refusals.yaml", "consultation_words.yaml"}  # words, and
    records = {"processing_records.yaml", "register.yaml"}  # data that decide nothing
    folders = (ROOT / "services").glob("*/data/*.yaml")
    files = {file.name for file in folders if file.parts[-3] != "contracts"}
    assert files - texts - records - named == set()
    assert {name for name in named if name.endswith(".yaml")} - files == set()


def test_an_example_of_a_routing_row_fits_the_table() -> None:
    found = re.search(r"```yaml\n(- \{event.*?)```", read(ROOT / "docs/how-to/add-a-notification.md"), re.DOTALL)
    assert found
    [row] = yaml.safe_load(found[1])
    rows = yaml.safe_load((ROOT / "services/notifier/data/routing.yaml").read_text(encoding="utf-8"))["routes"]
    assert row.keys() <= {key for one in rows for key in one}


def test_an_example_of_a_rule_for_people_is_the_one_in_force_in_short() -> None:
    found = re.search(r"```yaml\n( +- rule:.*?)```", read(ROOT / "docs/how-to/add-a-notification.md"), re.DOTALL)
    assert found
    [short] = yaml.safe_load(found[1])
    sets = yaml.safe_load((ROOT / "services/notifier/data/routing.yaml").read_text(encoding="utf-8"))["rule_sets"]
    [whole] = [one for one in sets[-1]["rules"] if one["rule"] == short["rule"]]
    for name, value in short.items():
        assert all(one in whole[name] for one in value) if isinstance(value, list) else whole[name] == value


def test_every_place_of_the_index_exists() -> None:
    index = read(ROOT / "docs/architecture.md").partition("### Where is …")[2].partition("### contracts")[0]
    places = re.findall(r"`((?:\w+/)+\w+\.(?:py|yaml))`", index)
    assert len(places) > 25
    assert [one for one in places if not any((root / one).exists() for root in (ROOT / "services", ROOT))] == []


def test_the_command_of_the_guide_runs_as_it_says() -> None:
    [code] = blocks(ROOT / "docs/how-to/add-a-command.md")
    module: dict[str, object] = {}
    exec(compile(code, "types.py", "exec"), module)
    app = typer.Typer()
    app.command()(module["types"])  # type: ignore[type-var]
    listed = CliRunner().invoke(app, ["--area", "MJ"])
    assert listed.exit_code == 0
    assert listed.stdout.startswith("MJ01  ")
    assert "there are XQ, MJ and SC" in CliRunner().invoke(app, ["--area", "ZZ"]).output
    assert "Example: closedloop types" in CliRunner().invoke(app, ["--help"]).output
