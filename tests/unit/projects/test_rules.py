from __future__ import annotations

from pathlib import Path

import pytest

from services.contracts.data_files import InvalidData
from services.projects.adapters.rules_file import FILE, load_rules, rules


def test_the_rules_are_those_of_the_domain() -> None:
    found = rules()
    assert (found.detection.window_days, found.detection.distinct_callers) == (30, 5)
    assert found.decision.working_days == 10
    assert (found.observation.least_before, found.observation.fall_at_least) == (10, 0.5)
    assert found.observation.apart == {"MJ16", "MJ17", "MJ18", "MJ19"}
    assert found.reopening.months == 12


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("distinct_callers: 5", "distinct_callers: 1", "line 9: detection.distinct_callers: Input should be greater"),
        ("distinct_callers: 5", "callers: 5", "detection.distinct_callers: Field required; add it"),
        ("  working_days: 10", "  working_days: ten", "line 13: decision.working_days"),
        ("fall_at_least: 0.5", "fall_at_least: 50", "line 20: observation.fall_at_least"),
        ("months: 6\n", "months: 6\n  fall: 1\n", "line 19: observation.fall: Extra inputs are not permitted; remove"),
        ("MJ18, MJ19", "MJ18, roof", "line 21: observation.apart"),
        ("version: 1", "version: [", "is not YAML"),
        ("lead: housing", "lead: hosing", "line 29: project.lead: 'hosing' is no department; correct it"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(tmp_path: Path, was: str, becomes: str, why: str) -> None:
    content = FILE.read_text(encoding="utf-8")
    assert was in content
    faulty = tmp_path / "rules.yaml"
    faulty.write_text(content.replace(was, becomes), encoding="utf-8")
    with pytest.raises(InvalidData) as refused:
        load_rules(faulty)
    assert str(refused.value).startswith("rules.yaml, line ")
    assert why in str(refused.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "rules.yaml"
    empty.write_text("")
    with pytest.raises(InvalidData, match="line 1"):
        load_rules(empty)
