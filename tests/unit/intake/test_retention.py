"""How long what is kept: the table, and what is wrong with a row."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from services.contracts.data_files import InvalidData
from services.intake.domain.retention import RetentionClass
from services.intake.files.retention_rules import FILE, retention_rules


def test_every_class_has_a_time_and_says_who_says_so() -> None:
    rules = {one.kept: one for one in retention_rules()}
    assert rules.keys() == set(RetentionClass)
    assert (rules[RetentionClass.CALLER].months, rules[RetentionClass.READING].months) == (24, 36)
    assert 6 <= rules[RetentionClass.RECORDING].months <= 12
    assert all("(I)" in one.source or "L22" in one.source for one in rules.values())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"months": 0}, "classes row 1: months"),
        ({"months": "two years"}, "classes row 1: months"),
        ({"source": ""}, "classes row 1: source"),
        ({"kept": "calls"}, "classes row 1: kept"),
        ({"kept": "link"}, "classes row 5: kept .* stands twice"),
        ({"days": 3}, "classes row 1: days"),
    ],
)
def test_an_error_names_the_row(tmp_path: Path, change: dict[str, object], named: str) -> None:
    rows = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["classes"]
    file = tmp_path / "retention.yaml"
    file.write_text(yaml.safe_dump({"classes": [{**rows[0], **change}, *rows[1:]]}), encoding="utf-8")
    with pytest.raises(InvalidData, match=named):
        retention_rules(file)


def test_a_class_without_a_row_is_an_error(tmp_path: Path) -> None:
    rows = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["classes"]
    file = tmp_path / "retention.yaml"
    file.write_text(yaml.safe_dump({"classes": rows[1:]}), encoding="utf-8")
    with pytest.raises(InvalidData, match="lack caller"):
        retention_rules(file)
