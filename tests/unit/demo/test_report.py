"""demo/report: one file that needs nothing else, and says what happened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from demo.clockwork import BEGIN, midnight
from demo.district import District
from demo.evidence import Evidence
from demo.play import Script
from demo.report.findings import Findings
from demo.report.scale import AmountScale, TimeScale
from demo.report.stages import phases, stages
from demo.report.write import Conclusion, write
from demo.story import all_stories
from demo.truth import Judgement
from demo.world import World

START = midnight(BEGIN)
END = START + timedelta(days=900)
ISSUE, PROJECT = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def _at(days: int) -> str:
    return (START + timedelta(days=days)).isoformat()


def _history(*steps: tuple[int, str]) -> list[dict[str, Any]]:
    return [
        {"version": n, "at": _at(day), "state": state, "actor": "a", "detail": "<b>为什么</b>", "note": None}
        for n, (day, state) in enumerate(steps, start=1)
    ]


def _issue(*steps: tuple[int, str], project: str | None = PROJECT) -> dict[str, Any]:
    state = steps[-1][1]
    fault = World(District(1), all_stories()).faults[0]
    return {
        "hot_issue_id": ISSUE,
        "state": state,
        "type_code": "MJ01",
        "type_cn": "屋面渗漏水",
        "type_en": "Roof leakage",
        "place": {
            "estate": fault.estate.id,
            "estate_name": fault.estate.name,
            "sub_district": fault.estate.sub_district,
        },
        "number": "R26-00042-0",
        "callers": 22,
        "calls": 80,
        "first_at": _at(20),
        "confirmed_at": _at(40),
        "decision": "project",
        "project_id": project,
        "before": 50 if state == "verified" else None,
        "after": 4 if state == "verified" else None,
        "verdict": "下降92%，治理见效。" if state == "verified" else None,
        "history": _history(*steps),
        "members": [{"ticket_id": "t-1", "occurred_at": _at(20)}],
    }


CURED = ((43, "confirmed"), (43, "confirmed"), (50, "decided"), (240, "in cure"), (340, "observing"), (530, "verified"))


def _conclusion(issues: Sequence[dict[str, Any]]) -> Conclusion:
    findings = Findings(
        begin=START,
        end=END,
        hot_issues=list(issues),
        projects={
            PROJECT: {"project_id": PROJECT, "history": _history((50, "need"), (80, "consulted"), (240, "started"))}
        },
        months=[
            {"month": f"2023-{n:02}", "tickets": 40 + n, "repair_complaints": 10, "nuisance": 2} for n in range(1, 13)
        ],
        quarters=[
            {"quarter": f"2023Q{n}", "projects": n - 1, "started_floor_area_m2": 9000.0 * (n - 1)} for n in range(1, 5)
        ],
        indicators={
            "on_time": {"rate": 0.9712, "numerator": 1180, "denominator": 1215},
            "solved": {"rate": None, "numerator": 0, "denominator": 0},
        },
        tickets={"archived": 500},
        follow_ups={ISSUE: Counter({"solved": 20, "not solved": 1, "planned": 3})},
        voices={"t-1": "顶楼漏雨<script>alert(1)</script>"},
    )
    figures = {
        **{"tickets": 1234, "lost": 0, "duplicated": 0, "hot_issues": len(issues), "missed": 1, "false_alarms": 0},
        **{"projects": 1, "verified": 1, "reopened": 0, "report": "report.html"},
    }
    calls = World(District(1), all_stories()).calls(START, START + timedelta(days=100))
    script = Script(1, 30, True, True, all_stories(), ())
    judgement = Judgement([("xinxiang", "MJ04")], [])
    return Conclusion(script, figures, findings, Evidence(), judgement, calls, 40, 99.0)


@pytest.fixture
def page(tmp_path: Path) -> str:
    write(_conclusion([_issue(*CURED)]), tmp_path / "deep" / "report.html")
    return (tmp_path / "deep" / "report.html").read_text(encoding="utf-8")


def test_it_needs_nothing_but_itself(page: str) -> None:
    assert not re.search(r"https?:|//[a-z]|<script|<link|<img|@import|url\(", page, re.IGNORECASE)


def test_it_says_what_happened_where_and_how_long_it_took(page: str) -> None:
    for text in ("1,234", "屋面渗漏水", "Roof leakage", "下降92%", "missed: xinxiang MJ04", "50 → 4", "510"):
        assert text in page, text
    assert "97.1% (1,180 / 1,215)" in page
    assert "{{" not in page


def test_words_of_people_are_words_and_no_markup(page: str) -> None:
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;为什么" in page


def test_every_chart_is_well_formed(page: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 5
    for chart in charts:
        ElementTree.fromstring(chart)


def test_a_district_without_problems_has_a_report_too(tmp_path: Path) -> None:
    conclusion = _conclusion([])
    quiet = [{**one, "started_floor_area_m2": 0.0, "projects": 0} for one in conclusion.findings.quarters]
    write(replace(conclusion, findings=replace(conclusion.findings, quarters=quiet)), tmp_path / "report.html")
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_an_issue_without_project_has_a_story(tmp_path: Path) -> None:
    write(_conclusion([_issue((43, "confirmed"), (50, "explained"), project=None)]), tmp_path / "report.html")


def test_phases_follow_each_other_without_gaps() -> None:
    end = END.date()
    found = phases(_issue(*CURED), end)
    assert [one.state for one in found] == ["unnoticed", "confirmed", "decided", "in cure", "observing", "verified"]
    assert sum(one.days for one in found) == (end - found[0].begin).days
    assert [one.days for one in found] == [23, 7, 190, 100, 190, 370]


def test_stages_are_listed_in_order_with_those_of_the_project() -> None:
    found = stages(_issue(*CURED), {"history": _history((50, "need"), (80, "consulted"), (240, "building"))})
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert "Residents are consulted" in [one.en for one in found]
    assert sum(one.en.startswith("Confirmed as a hot issue") for one in found) == 1


@pytest.mark.parametrize("most", [0.5, 1, 4, 7, 43, 99, 1_000, 66_789, 400_000])
def test_an_amount_axis_has_a_few_round_ticks(most: float) -> None:
    ticks = AmountScale(most, 100, 0).ticks()
    assert len(ticks) <= 5
    assert all(tick <= most for tick in ticks)


def test_time_goes_from_left_to_right() -> None:
    scale = TimeScale(date(2023, 1, 1), date(2024, 1, 1), 10, 110)
    assert [scale.x(day) for day in (date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1))] == [
        10,
        10,
        110,
        110,
    ]
    assert scale.quarters() == [date(2023, month, 1) for month in (1, 4, 7, 10)]
