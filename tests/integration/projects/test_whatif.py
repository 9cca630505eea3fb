"""What other rules would have raised, and that nothing live changes by asking."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.chassis.database.work import Workshop
from services.cli.main import app
from services.projects.files.rules import FILE
from tests.integration.projects.events import begin_with, dispatched, take
from tests.integration.projects.matters import PUMP, background, tickets

CONTENT = FILE.read_text(encoding="utf-8")
ASKED = ("--from", "2026-06-01", "--to", "2026-12-31")


@pytest.fixture
def calls(workshop: Workshop) -> Workshop:
    begin_with(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=n) for n in range(7)))
    begin_with(workshop, *(dispatched(10 + n, "MJ02", "quyang-2", by=n, day=n) for n in range(5)))
    begin_with(workshop, *(dispatched(20 + n, "SC01", "jiaxing-1", by=n, day=n) for n in range(4)))
    return workshop


def ask(workshop: Workshop, rules: Path, *more: str) -> str:
    url = workshop.engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(app, ["whatif", "--rules", str(rules), *ASKED, "--database", url, *more])
    assert result.exit_code == 0, result.output
    return result.output


def changed(folder: Path, was: str, becomes: str) -> Path:
    file = folder / "tried.yaml"
    file.write_text(CONTENT.replace(was, becomes, 1), encoding="utf-8")
    return file


def test_stricter_rules_raise_later_or_not_and_say_why(calls: Workshop, tmp_path: Path) -> None:
    tried = changed(tmp_path, "distinct_callers: 5", "distinct_callers: 7")
    found = json.loads(ask(calls, tried, "--json"))
    assert [one["estate"] for one in found["lost"]] == ["quyang-2"]
    assert [(one["estate"], one["was"][:10], one["raised_at"][:10]) for one in found["moved"]] == [
        ("quyang-1", "2026-06-05", "2026-06-07")
    ]
    assert found["changed"] == [{"rule": "detection.distinct_callers", "now": 5, "then": 7}]
    said = ask(calls, tried)
    assert "现行规则（第1版）认定集中问题2个，试算规则（第1版）认定1个" in said
    assert "at most 5 callers within 30 days" in said
    assert "2 days later" in said


def test_matters_of_no_registered_estate_are_replayed_too(workshop: Workshop, tmp_path: Path) -> None:
    texts = [event for n, text in enumerate(PUMP, start=1) for event in tickets(n, text, by=n, day=n / 8)]
    take(workshop, *background(), *texts)
    tried = changed(tmp_path, "distinct_callers: 5", "distinct_callers: 6")
    found = json.loads(ask(workshop, tried, "--json"))
    (moved,) = found["moved"]
    assert (moved["type_code"], moved["window_callers"], "临溪桥小学" in moved["estate_name"]) == ("OT", 6, True)
    assert "晚3小时" in ask(workshop, tried)


def test_laxer_rules_raise_more(calls: Workshop, tmp_path: Path) -> None:
    tried = changed(tmp_path, "  baseline:", "  #").read_text(encoding="utf-8")
    file = tmp_path / "lax.yaml"
    file.write_text(tried.replace("distinct_callers: 5", "distinct_callers: 4", 1), encoding="utf-8")
    found = json.loads(ask(calls, file, "--json"))
    assert [(one["estate"], one["callers"]) for one in found["gained"]] == [("jiaxing-1", 4)]


def test_what_is_a_citywide_event_by_the_rules_tried_is_said(calls: Workshop, tmp_path: Path) -> None:
    tried = changed(tmp_path, "citywide: {estates: 12, sub_districts: 4", "citywide: {estates: 3, sub_districts: 2")
    take(calls, *(dispatched(50 + n, "MJ01", ["quyang-2", "jiaxing-1"][n % 2], by=n, day=4) for n in range(9)))
    found = json.loads(ask(calls, tried, "--json"))
    assert (found["events_now"], found["events_then"]) == (0, 1)
    assert "Citywide events" in ask(calls, tried)


def test_nothing_live_changes(calls: Workshop, tmp_path: Path) -> None:
    before = state(calls)
    ask(calls, changed(tmp_path, "distinct_callers: 5", "distinct_callers: 7"))
    assert state(calls) == before


def state(workshop: Workshop) -> list[object]:
    written = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables ORDER BY 1"
    with workshop.engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        return list(connection.execute(text(written)).all())


def test_a_wrong_file_is_refused_with_its_line(calls: Workshop, tmp_path: Path) -> None:
    url = calls.engine.url.render_as_string(hide_password=False)
    wrong = changed(tmp_path, "distinct_callers: 5", "distinct_callers: 1")
    result = CliRunner().invoke(app, ["whatif", "--rules", str(wrong), *ASKED, "--database", url])
    assert result.exit_code == 1
    assert "detection.distinct_callers" in result.output
