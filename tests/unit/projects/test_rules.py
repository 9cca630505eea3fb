from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.contracts.data_files import InvalidData
from services.contracts.hot_issue_events import DecisionKind
from services.projects.files.rules import FILE, RulesInForce, load_rules


def test_the_rules_are_those_of_the_domain() -> None:
    found = load_rules(FILE).newest
    detection = found.detection
    assert (detection.window_days, detection.distinct_callers) == (30, 5)
    assert detection.long_window
    assert (detection.long_window.window_days, detection.long_window.distinct_callers) == (90, 8)
    assert detection.baseline
    assert detection.baseline.factor == 3
    assert detection.early_warning
    assert (detection.early_warning.window_days, detection.early_warning.distinct_callers) == (7, 3)
    assert (found.estate_year.window_days, found.estate_year.complaints) == (365, 31)
    assert (found.type_problem.estates, found.type_problem.sub_districts) == (3, 2)
    assert found.decision.working_days == 10
    assert found.decision.made_by == {
        DecisionKind.PROJECT: {"hub", "project-lead"},
        **dict.fromkeys(set(DecisionKind) - {DecisionKind.PROJECT}, frozenset({"hub", "lead"})),
    }
    assert found.reopening.months == 12


CONTENT = FILE.read_text(encoding="utf-8")


def line_of(content: str, part: str) -> int:
    return content[: content.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("distinct_callers: 5", "distinct_callers: 1", "detection.distinct_callers: Input should be greater"),
        ("distinct_callers: 5", "distinct_callers: five", "detection.distinct_callers: Input should be a valid int"),
        ("distinct_callers: 5", "distinct_callers: 9", "long_window must ask for more callers"),
        ("window_days: 90", "window_days: 30", "long_window must be longer than window_days"),
        ("window_days: 90", "window_days: 900", "detection.long_window.window_days: Input should be less than"),
        ("factor: 3", "factor: 1", "detection.baseline.factor: Input should be greater"),
        ("least_callers: 4", "least_callers: 5", "baseline.least_callers must be below distinct_callers"),
        ("window_days: 7, distinct_callers: 3", "window_days: 30, distinct_callers: 5", "early_warning must come"),
        ("reference_m2: 64000", "reference_m2: -5", "detection.floor_area.reference_m2: Input should be greater"),
        ("effective_from: 2000-01-01", "effective_from: 2000-13-01", "effective_from: Input should be a valid date"),
        ("severity: {normal: 1", "severity: {usual: 1", "severity.usual"),
        ("  working_days: 10", "  working_days: ten", "decision.working_days"),
        ("complaints: 31", "complaints: many", "estate_year.complaints"),
        ("months: 12\n", "months: 12\n  fall: 1\n", "reopening.fall: Extra inputs are not permitted; remove"),
        ("version: 1", "version: [", "is not YAML"),
        ("version: 1", "version: 1\nversion: 2", "version stands twice; remove one"),
        ("lead: housing", "lead: hosing", "project.lead: 'hosing' is no department; correct it"),
        ("rule: [hub, lead]", "rule: [hub, leed]", "decision.made_by: 'leed' is no department; correct it"),
        ("rule: [hub, lead]", "rule: []", "decision.made_by.rule: Frozenset should have at least 1 item"),
        ("rule: [hub, lead]", "ruling: [hub, lead]", "decision.made_by.ruling"),
        ("    rule: [hub, lead] ", "    # ", "made_by lacks rule: nobody could decide so"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy_and_the_old_rules_go_on(
    tmp_path: Path, was: str, becomes: str, why: str
) -> None:
    assert was in CONTENT
    file = tmp_path / "rules.yaml"
    file.write_text(CONTENT, encoding="utf-8")
    in_force = RulesInForce(file)
    before = in_force.book()
    file.write_text(CONTENT.replace(was, becomes, 1), encoding="utf-8")
    os.utime(file, (1, 1))
    with pytest.raises(InvalidData) as refused:
        load_rules(file)
    assert str(refused.value).startswith("rules.yaml, line ")
    assert why in str(refused.value)
    with capture_logs() as logs:
        assert in_force.book() is before
        assert in_force.book() is before
    assert [one["why"] for one in logs if one["log_level"] == "error"] == [str(refused.value)]


def test_the_line_is_that_of_the_fault(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(CONTENT.replace("complaints: 31", "complaints: 0"), encoding="utf-8")
    with pytest.raises(InvalidData, match=f"line {line_of(CONTENT, 'complaints: 31')}:"):
        load_rules(file)


def test_an_empty_file_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "rules.yaml"
    empty.write_text("")
    with pytest.raises(InvalidData, match="line 1"):
        load_rules(empty)
    with pytest.raises(InvalidData, match="cannot be read"):
        load_rules(tmp_path / "nowhere.yaml")


def second(version: int = 2, begins: str = "2027-01-01", callers: int = 6) -> str:
    return (
        CONTENT.replace("version: 1", f"version: {version}", 1)
        .replace("effective_from: 2000-01-01", f"effective_from: {begins}", 1)
        .replace("distinct_callers: 5", f"distinct_callers: {callers}", 1)
    )


def test_a_further_edition_is_taken_over_while_the_service_runs(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(CONTENT, encoding="utf-8")
    in_force = RulesInForce(file)
    in_force.book()
    file.write_text(f"{CONTENT}\n---\n{second()}", encoding="utf-8")
    book = in_force.book()
    assert [(one.version, one.detection.distinct_callers) for one in book.editions] == [(1, 5), (2, 6)]
    begins = book.editions[1].begins
    assert (book.at(begins).version, book.at(begins.replace(year=2026)).version) == (2, 1)
    assert begins.isoformat() == "2027-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{CONTENT}\n---\n{second(version=1)}", "version 1 must be higher than 1"),
        (f"{CONTENT}\n---\n{second(begins='1999-01-01')}", "version 2 must begin after 2000-01-01"),
        (second(version=1, begins="2000-01-01"), "version 1 is in force and cannot change"),
        (second(), "version 1 is in force and cannot change or go"),
    ],
)
def test_what_is_in_force_is_not_rewritten(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(CONTENT, encoding="utf-8")
    in_force = RulesInForce(file)
    before = in_force.book()
    file.write_text(content + "\n", encoding="utf-8")
    with capture_logs() as logs:
        assert in_force.book() is before
    assert why in logs[-1]["why"]
