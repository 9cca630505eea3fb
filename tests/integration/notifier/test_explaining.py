"""Who would be notified of an event and why, over HTTP and on the command line; nothing is written by asking."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.chassis.database.work import Workshop
from services.cli.commands import routing
from services.cli.main import app
from services.localstack import run_directory
from tests.integration.applications import As
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take


def asked(**changes: Any) -> dict[str, Any]:
    envelope = dispatched(1)
    body = envelope.event.model_dump(mode="json", exclude_none=True) | changes
    return {"type": envelope.event.type, "time": envelope.time.isoformat(), "event": body}


def explain(as_: As, **changes: Any) -> Any:
    answer = as_("hub").post("/telling-rules/explain", json=asked(**changes))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_says_by_which_rule_and_filter_and_who_not(as_: As) -> None:
    found = explain(as_)
    assert (found["version"], found["units"]) == (1, ["housing"])
    verdicts = {one["rule"]: one for one in found["rules"]}
    urgent = verdicts["urgent-ticket"]
    assert (urgent["filters"], urgent["misfits"]) == (["urgencies"], [])
    assert urgent["told"] == [{"unit": "housing", "post": "duty"}]
    assert urgent["chain"] == [
        [{"unit": "housing", "post": "leader"}],
        [{"unit": "urban-operation", "post": "duty"}],
    ]
    assert verdicts["critical-ticket"]["misfits"] == ["urgencies"]
    assert verdicts["critical-ticket"]["told"] == []


def test_whoever_may_not_hear_is_named_as_such(as_: As) -> None:
    found = {one["rule"]: one for one in explain(as_, about_unit="housing")["rules"]}
    assert found["urgent-ticket"]["told"] == []
    assert found["urgent-ticket"]["hidden"] == [{"unit": "housing", "post": "duty"}]


def test_it_agrees_with_who_is_notified(as_: As, workshop: Workshop) -> None:
    sits(workshop, ("housing", "duty"), ("housing", "leader"), ("urban-operation", "duty"))
    explain(as_)
    assert noticed(workshop) == [], "asking tells nobody"
    take(workshop, dispatched(1))
    said = {(seat["unit"], seat["post"]) for one in explain(as_)["rules"] for seat in one["told"]}
    assert {tuple(row.name.split()) for row in noticed(workshop)} == said


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "ticket.lost.v1"}, "body.type"),
        ({"time": "yesterday"}, "body.time"),
        ({"event": {"state": "new"}}, "body.event.version"),
    ],
    ids=["type", "time", "event"],
)
def test_what_is_no_event_is_refused_by_field(change: dict[str, Any], field: str, as_: As) -> None:
    answer = as_("hub").post("/telling-rules/explain", json={**asked(), **change})
    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json()["errors"]]


def test_an_unknown_unit_is_the_gap_that_would_dead_letter_the_event(as_: As) -> None:
    answer = as_("hub").post("/telling-rules/explain", json=asked(lead="ministry"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.event")


@pytest.mark.parametrize("role", ["department:housing", "deputy", "identity-reader"])
def test_the_rules_are_for_the_hub_supervisors_and_administrators(role: str, as_: As) -> None:
    assert as_(role).get("/telling-rules").status_code == 403
    assert as_(role).post("/telling-rules/explain", json=asked()).status_code == 403


def test_a_supervisor_reads_the_rules_and_asks_on_the_page_alone(as_: As) -> None:
    assert as_("supervisor").get("/telling-rules").status_code == 200
    assert as_("supervisor").post("/telling-rules/explain", json=asked()).status_code == 403


def test_the_editions_are_listed(as_: As) -> None:
    (edition,) = as_("supervisor").get("/telling-rules").json()["items"]
    assert (edition["version"], edition["effective_from"]) == (1, "2023-01-01")
    urgent = next(one for one in edition["rules"] if one["rule"] == "urgent-ticket")
    assert (urgent["filters"], urgent["to"], urgent["read_within"]) == (
        {"urgencies": ["urgent"]},
        {"lead": ["duty"]},
        "PT1H",
    )


def test_the_command_line_says_the_same_without_a_service(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(asked(about_unit="housing")), encoding="utf-8")
    run = CliRunner().invoke(app, ["routing", "explain", "--event", str(file)])
    assert run.exit_code == 0, run.output
    assert "not housing duty: the unit may not hear of it" in run.output
    assert "not by critical-ticket: urgencies does not fit" in run.output
    assert CliRunner().invoke(app, ["routing", "check"]).exit_code == 0
    assert "urgent-ticket" in CliRunner().invoke(app, ["routing", "list"]).output


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"type": "x", "time": "2026-07-01T00:00:00Z", "event": {}}'])
def test_a_file_that_is_no_event_is_refused_with_the_remedy(content: str, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(content, encoding="utf-8")
    run = CliRunner().invoke(app, ["routing", "explain", "--event", str(file)])
    assert run.exit_code != 0
    assert "event.json" in run.output


def test_a_bad_routing_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("routes: []\nrule_sets: []\n", encoding="utf-8")
    run = CliRunner().invoke(app, ["routing", "check", "--file", str(file)])
    assert run.exit_code != 0
    assert "ours.yaml, routes: no row names" in run.output.replace("\n", " ")


def test_the_command_line_says_who_was_notified_of_a_ticket(
    as_: As, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "running_stack", lambda _: {"services": [{"name": "notifier", "url": ""}]})
    monkeypatch.setattr(routing, "client", lambda *_: as_("hub"))
    sits(workshop, ("housing", "duty"))
    number, envelope = "310109202606200017", dispatched(1)
    take(workshop, replace(envelope, event=envelope.event.model_copy(update={"number": number})), dispatched(2))
    run = CliRunner().invoke(app, ["routing", "explain", number])
    assert "housing duty: rule urgent-ticket of version 1, waiting" in run.output
    assert run.output.count("housing duty") == 1
    assert (
        "no officer was notified of it" in CliRunner().invoke(app, ["routing", "explain", "310109202606200018"]).output
    )


@pytest.fixture
def running(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_directory, "read_state", lambda _: {"services": [{"name": "notifier", "url": ""}]})
    monkeypatch.setattr(routing, "client", lambda *_: as_("hub"))


@pytest.mark.usefixtures("running")
def test_it_says_whether_anybody_sits_there_and_is_reachable(workshop: Workshop, tmp_path: Path) -> None:
    sits(workshop, ("housing", "duty"))
    file = tmp_path / "event.json"
    file.write_text(json.dumps(asked()), encoding="utf-8")
    run = CliRunner().invoke(app, ["routing", "explain", "--event", str(file)])
    assert "housing duty (1 there, 0 reachable), urgent" in run.output, "no channel is configured here"
    assert "then housing leader (nobody there), if nobody read it" in run.output


def test_without_a_stack_it_says_that_it_does_not_know_who_sits_there(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(asked()), encoding="utf-8")
    run = CliRunner().invoke(app, ["routing", "explain", "--event", str(file), "--run-dir", str(tmp_path / "none")])
    assert "housing duty, urgent" in run.output
    assert "no stack runs in" in run.output


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["explain", "nonsense"], "nonsense is no ticket's number: it has 18 digits"),
        (["check", "--file", "none.yaml"], "none.yaml, the file: cannot be read"),
    ],
    ids=["number", "file"],
)
def test_what_cannot_be_is_refused_in_a_sentence(command: list[str], said: str) -> None:
    run = CliRunner().invoke(app, ["routing", *command])
    assert run.exit_code == 1
    assert said in run.output


def test_times_are_listed_as_people_say_them() -> None:
    listed = CliRunner().invoke(app, ["routing", "list"]).output
    assert "read within 1 hour → after lead leader within 2 hours" in listed
    assert "within 1 day" in listed
    assert ":00:00" not in listed


@pytest.mark.parametrize("role", ["department:none", "subdistrict:310109999"])
def test_a_token_is_for_a_unit_that_exists(role: str) -> None:
    run = CliRunner().invoke(app, ["token", "--role", role])
    assert run.exit_code == 2
    assert "there is no such" in run.output
