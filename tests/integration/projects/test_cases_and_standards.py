"""From a proposal to a case that is closed by its standard, which eight sub-districts adopt."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from services.chassis.database.work import Workshop
from services.cli.commands import standard as cli_standard
from services.cli.main import app
from services.contracts.case_events import (
    TypicalCaseEvent,
    TypicalCaseEvidenceChanged,
    TypicalCaseMeasureChanged,
    TypicalCaseStandardOverdue,
)
from services.contracts.standard_events import RolloutChanged, StandardCheckChanged, StandardIssued, StandardReviewDue
from services.contracts.ticket_events import TicketReclassified
from tests.integration.projects.asking import events_of
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import corrected, take, ticket_id
from tests.integration.projects.loop_of import District
from tests.integration.projects.ruling import (
    CONTENT,
    EVIDENCE,
    HERE,
    LEAD,
    adopted_everywhere,
    analysed,
    cause,
    checked,
    consulted,
    drafted,
    here,
    in_place,
    issued,
    on_case,
    on_standard,
    proposed,
    revised,
    rollout_of,
    standard_of,
)
from tests.integration.projects.storms import somewhere


@pytest.fixture
def district(workshop: Workshop) -> District:
    return District(workshop)


def test_a_case_becomes_a_standard_that_all_eight_adopt(district: District) -> None:
    case_id = analysed(district)
    standard_id = issued(district, case_id)
    adopted_everywhere(district, standard_id)
    shown = rollout_of(district, standard_id)
    assert shown["tally"] == {"adopted": 8, "older": 0, "exempt": 0, "unknown": 0, "planned": 0}
    closed = on_case(district, case_id, "closing").json()
    assert (closed["state"], closed["standard_id"], closed["reason"]) == ("closed", standard_id, None)
    assert [one.state for one in events_of(district, TypicalCaseEvent)] == [
        *("chosen", "chosen", "analysed", "analysed", "closed")
    ]
    assert len(events_of(district, RolloutChanged)) == 16
    revised(district, standard_id, "2026-07-02")
    district.until(NOW + timedelta(days=2))
    assert rollout_of(district, standard_id)["tally"]["older"] == 8


def test_hot_issues_that_come_later_join_the_open_case_and_are_counted_with_it(district: District) -> None:
    case_id = analysed(district)
    before = district.hub.get(f"/cases/{case_id}/sheet").json()
    assert (before["ticket_count"], before["later_ticket_count"]) == (15, 0)
    take(district.workshop, *(somewhere(50 + n, 4, by=n, day=50 + n) for n in range(5)))
    (event,) = events_of(district, TypicalCaseEvidenceChanged)
    sheet = district.hub.get(f"/cases/{case_id}/sheet").json()
    assert (sheet["ticket_count"], sheet["later_ticket_count"]) == (20, 5)
    (later,) = [one["id"] for one in sheet["issues"] if one["later"]]
    assert (event.joined, event.left, event.later_issues) == ((later,), (), (later,))
    assert (event.state, sheet["case"]["state"], sheet["case"]["later_issues"]) == ("analysed", "analysed", [later])
    assert ticket_id(54) in [one["ticket_id"] for one in sheet["tickets"]]
    assert on_case(district, case_id, "causes", **cause(tickets=[ticket_id(54)])).status_code == 201
    gone = [corrected(TicketReclassified, 50 + n, "OT", None, by=n, day=50 + n) for n in range(4)]
    take(district.workshop, *gone)
    assert events_of(district, TypicalCaseEvidenceChanged)[-1].left == (later,)
    assert district.hub.get(f"/cases/{case_id}").json()["later_issues"] == []
    assert on_case(district, case_id, "closing", reason="由市级标准覆盖").status_code == 200
    take(district.workshop, *(somewhere(70 + n, 5, by=n, day=50 + n) for n in range(5)))
    assert len(events_of(district, TypicalCaseEvidenceChanged)) == 2


def test_a_case_is_not_closed_without_its_rule_unless_a_reason_is_kept(district: District) -> None:
    case_id = analysed(district)
    drafted(district, case_id)
    refused = on_case(district, case_id, "closing")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.reason")
    closed = on_case(district, case_id, "closing", reason="由市级标准覆盖").json()
    assert (closed["state"], closed["standard_id"]) == ("closed", None)


def test_a_draft_that_is_dropped_frees_its_case(district: District) -> None:
    case_id = analysed(district)
    wrong = {"title": "x", "lead": "housing", "case_id": case_id, "content": CONTENT}
    for types, field in ((["XQ99"], "body.type_codes.0"), (["MJ04"], "body.type_codes")):
        answer = district.as_(LEAD).post("/standards", json=wrong | {"type_codes": types})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    dropped = drafted(district, case_id)["standard_id"]
    answer = on_standard(district, dropped, "retirement", last_day="2026-07-01", reason="与市级标准重复")
    assert (answer.status_code, answer.json()["state"]) == (200, "retired")
    assert district.hub.get(f"/cases/{case_id}").json()["standard_id"] is None
    standard_id = issued(district, case_id)
    assert on_case(district, case_id, "closing").json()["standard_id"] == standard_id


def test_a_case_whose_standard_is_retired_is_closed_as_one_without(district: District) -> None:
    case_id = analysed(district)
    standard_id = issued(district, case_id)
    answer = on_standard(district, standard_id, "retirement", last_day="2026-07-01", reason="市级标准已覆盖")
    assert answer.status_code == 200, answer.text
    assert on_case(district, case_id, "closing").json()["errors"][0]["field"] == "body.reason"
    assert on_case(district, case_id, "closing", reason="由市级标准覆盖").json()["standard_id"] is None


def test_what_does_not_fit_a_case_is_refused_by_its_field(district: District) -> None:
    case_id = proposed(district)["case_id"]
    assert on_case(district, case_id, "choice", "department:fire", criteria=EVIDENCE).status_code == 403
    little = on_case(district, case_id, "choice", criteria={"small_cut": "一类"})
    assert little.json()["errors"][0]["field"] == "body.criteria"
    assert on_case(district, case_id, "analysis").json()["current_state"] == "proposed"
    assert on_case(district, case_id, "choice", criteria=EVIDENCE).status_code == 200
    assert on_case(district, case_id, "analysis").json()["errors"][0]["field"] == "body.causes"
    for wrong, field in (
        ({"tickets": [ticket_id(4711)]}, "body.tickets"),
        ({"measures": []}, "body.measures"),
        ({"measures": [{"unit": "nobody", "task": "x", "due": "2026-08-01"}]}, "body.measures.0.unit"),
        ({"measures": [{"unit": "fire", "task": "x", "due": "2026-06-01"}]}, "body.measures.0.due"),
    ):
        answer = on_case(district, case_id, "causes", **cause(**wrong))
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_countermeasure_is_a_task_with_a_clock(district: District) -> None:
    case_id = analysed(district)
    district.until(NOW + timedelta(days=40))
    given, late = events_of(district, TypicalCaseMeasureChanged)
    assert (given.unit, given.overdue, late.overdue) == ("construction", False, True)
    path = f"measures/{given.measure_id}/completion"
    assert on_case(district, case_id, path, "department:fire").status_code == 403
    assert on_case(district, case_id, path, "department:construction").status_code == 200
    assert on_case(district, case_id, path).status_code == 409
    assert events_of(district, TypicalCaseMeasureChanged)[-1].overdue is False


def test_a_pilot_that_was_accepted_asks_for_a_standard_within_thirty_days(district: District) -> None:
    case_id = analysed(district)
    issue = district.hub.get(f"/cases/{case_id}").json()["hot_issues"][0]
    project = district.decide(issue, kind="project")["project_id"]
    assert on_case(district, case_id, "pilot", project_id=project).status_code == 200
    district.advance(project, "accepted")
    shown = district.hub.get(f"/cases/{case_id}").json()
    assert shown["pilot_accepted_at"] is not None
    district.until(NOW + timedelta(days=29))
    assert events_of(district, TypicalCaseStandardOverdue) == []
    district.until(NOW + timedelta(days=31))
    (late,) = events_of(district, TypicalCaseStandardOverdue)
    assert (late.case_id, late.state) == (case_id, "pilot")


def test_versions_of_a_standard_neither_overlap_nor_gap_nor_supersede_themselves(district: District) -> None:
    standard_id = drafted(district)["standard_id"]
    early = on_standard(district, standard_id, "issue", effective_from="2026-07-01")
    assert (early.status_code, early.json()["current_state"]) == (409, "draft")
    consulted(district, standard_id)
    first = {"effective_from": "2026-07-01", "effective_to": "2026-12-31"}
    for wrong, field in (
        ({"effective_from": "2026-06-30"}, "body.effective_from"),
        ({"effective_from": "2027-01-01"}, "body.effective_to"),
        ({"supersedes": 1}, "body.supersedes"),
        ({"review_on": "2026-08-01"}, "body.review_on"),
        ({"adopt_by": "2026-06-01"}, "body.adopt_by"),
        ({"effective_from": "2026-08-01", "adopt_by": "2026-07-31"}, "body.adopt_by"),
    ):
        answer = on_standard(district, standard_id, "issue", **first | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    changed = CONTENT | {"text": "屋面防水翻修办法（修改稿）"}
    assert on_standard(district, standard_id, "content", content=changed).status_code == 200
    anew = on_standard(district, standard_id, "consultation").json()["errors"][0]
    assert (anew["field"], "bureau" in anew["message"]) == ("body.opinions", True)
    consulted(district, standard_id)
    late = {"id": str(uuid4()), "role": "resident", "words": "太晚了"}
    path = f"/standards/{standard_id}/opinions"
    assert district.as_(LEAD).post(path, json=late).status_code == 201
    unanswered = on_standard(district, standard_id, "issue", **first).json()["errors"][0]
    assert (unanswered["field"], "1 are left" in unanswered["message"]) == ("body.opinions", True)
    reply = {"version": 1, "adopted": False, "why": "已在条款中"}
    assert district.as_(LEAD).post(f"{path}/{late['id']}/answer", json=reply).status_code == 200
    assert on_standard(district, standard_id, "issue", **first).status_code == 200
    assert on_standard(district, standard_id, "editions").status_code == 201
    consulted(district, standard_id)
    for day, what in (("2026-12-31", "overlaps version 1"), ("2027-01-02", "leaves a gap")):
        fault = on_standard(district, standard_id, "issue", effective_from=day, supersedes=1).json()["errors"][0]
        assert what in fault["message"]
    itself = on_standard(district, standard_id, "issue", effective_from="2027-01-01", supersedes=2).json()
    assert "this version itself" in itself["errors"][0]["message"]
    assert on_standard(district, standard_id, "issue", effective_from="2027-01-01", supersedes=1).status_code == 200
    asked = {"day": "2027-01-01"}
    now = district.hub.get(f"/standards/{standard_id}/in-force", params=asked).json()
    assert now["in_force"]["number"] == 2
    before = district.hub.get(
        f"/standards/{standard_id}/in-force", params=asked | {"known": "2026-06-30T00:00:00Z"}
    ).json()
    assert before["in_force"] is None
    retired = {"reason": "市级标准已覆盖"}
    for day, what in (("2026-12-31", "version 2 begins"), ("2027-07-02", "more than a year ahead")):
        fault = on_standard(district, standard_id, "retirement", last_day=day, **retired).json()["errors"][0]
        assert (fault["field"], what in fault["message"]) == ("body.last_day", True)
    for number, status in ((1, 200), (2, 200), (1, 422)):  # in force, issued for later, and not back again
        adoption = {"number": number, "trained_on": "2026-06-30"}
        assert in_place(district, standard_id, HERE, "adoption", **adoption).status_code == status


def test_a_type_has_one_standard_in_force_at_a_time(district: District) -> None:
    first = issued(district)
    second = drafted(district)["standard_id"]
    consulted(district, second)
    refused = on_standard(district, second, "issue", effective_from="2026-08-01").json()["errors"][0]
    assert (refused["field"], f"standard {first}, which rules MJ01" in refused["message"]) == (
        "body.effective_from",
        True,
    )
    ends = {"last_day": "2026-07-31", "reason": "由新办法替代"}
    assert on_standard(district, first, "retirement", **ends).status_code == 200
    for day, status in (("2026-07-31", 422), ("2026-08-01", 200)):
        assert on_standard(district, second, "issue", effective_from=day).status_code == status


def test_a_clause_does_not_end_while_a_finding_on_it_is_open(district: District) -> None:
    standard_id = issued(district)
    adopted_everywhere(district, standard_id)
    bad = checked(district, standard_id, "2", verdict="not_satisfied", mend_by="2026-07-20")
    assert bad.status_code == 201, bad.text
    ended = [CONTENT["clauses"][0], CONTENT["clauses"][1] | {"status": "withdrawn"}]
    content = CONTENT | {"clauses": ended}
    assert checked(district, standard_id, "2", verdict="unknown").status_code == 201  # clears nothing
    until = {"reason": "正在征收", "until": "2026-12-31"}
    exempt = in_place(district, standard_id, HERE, "exemption", **until)
    assert (exempt.status_code, exempt.json()["errors"][0]["field"]) == (422, "body.findings")
    assert on_standard(district, standard_id, "editions", content=content).status_code == 201
    consulted(district, standard_id)
    step = {"effective_from": "2026-07-02", "supersedes": 1}
    refused = on_standard(district, standard_id, "issue", **step)
    assert refused.status_code == 409
    assert "clause 2 has an open finding" in refused.json()["detail"]
    assert refused.json()["current_version"] == standard_of(district, standard_id)["version"]
    district.until(NOW + timedelta(days=21))
    assert [one.overdue for one in events_of(district, StandardCheckChanged)] == [False, False, True]
    assert checked(district, standard_id, "2", checked_on="2026-07-21").status_code == 201
    assert on_standard(district, standard_id, "issue", **step | {"effective_from": "2026-08-01"}).status_code == 200
    assert len(here(district, standard_id)["checks"]) == 3  # ending a clause deletes no check


def test_a_sub_district_is_accepted_once_each_clause_is_good_and_an_overdue_check_is_unknown(
    district: District,
) -> None:
    standard_id = issued(district)
    assert checked(district, standard_id, "1").status_code == 409  # nothing is adopted there
    adopted_everywhere(district, standard_id)
    assert checked(district, standard_id, "1", valid_until="2026-08-01").status_code == 201
    assert "clauses 2" in in_place(district, standard_id, HERE, "acceptance").json()["errors"][0]["message"]
    assert checked(district, standard_id, "2", verdict="not_applicable").status_code == 201
    assert here(district, standard_id)["state"] == "checked"
    assert in_place(district, standard_id, HERE, "acceptance").json()["state"] == "accepted"
    district.until(NOW + timedelta(days=40))
    shown = rollout_of(district, standard_id)
    assert (shown["tally"]["unknown"], shown["tally"]["adopted"]) == (1, 7)
    assert here(district, standard_id)["checks"][0]["says"] == "unknown"


def test_one_is_late_and_one_is_exempt_until_a_day(district: District) -> None:
    standard_id = issued(district)
    until = {"reason": "正在征收", "until": "2026-12-31"}
    assert in_place(district, standard_id, HERE, "exemption", "department:quyanglu", **until).status_code == 403
    assert in_place(district, standard_id, HERE, "exemption", **until).status_code == 200
    district.until(NOW + timedelta(days=100))
    shown = rollout_of(district, standard_id)
    assert (shown["tally"]["exempt"], shown["tally"]["planned"]) == (1, 7)
    assert sum(one["overdue"] for one in shown["items"]) == 7
    district.until(NOW + timedelta(days=200))
    assert here(district, standard_id)["overdue"] is True
    assert rollout_of(district, standard_id)["tally"]["planned"] == 8


def test_a_standard_is_reviewed_within_a_year_and_kept_or_retired(district: District) -> None:
    standard_id = issued(district)
    district.until(NOW + timedelta(days=367))
    assert len(events_of(district, StandardReviewDue)) == 1
    kept = on_standard(district, standard_id, "keeping").json()
    assert (kept["review_overdue"], kept["review_on"]) == (False, "2028-07-03")
    assert on_standard(district, standard_id, "retirement", last_day="2027-01-01", reason="x").status_code == 422
    retired = on_standard(district, standard_id, "retirement", last_day="2027-07-31", reason="市级标准已覆盖").json()
    assert (retired["state"], retired["retired_on"]) == ("retired", "2027-07-31")
    assert on_standard(district, standard_id, "editions").status_code == 409
    shown = district.hub.get(f"/standards/{standard_id}/in-force", params={"day": "2027-08-01"}).json()
    assert shown["in_force"] is None


def test_of_two_issues_one_wins(district: District) -> None:
    standard_id = drafted(district)["standard_id"]
    consulted(district, standard_id)
    body = {"version": standard_of(district, standard_id)["version"], "effective_from": "2026-07-01"}
    path = f"/standards/{standard_id}/issue"
    assert [district.hub.post(path, json=body).status_code for _ in range(2)] == [200, 409]
    assert len(events_of(district, StandardIssued)) == 1


def test_later_works_start_from_the_standard_and_running_ones_keep_theirs_and_show_the_difference(
    district: District,
) -> None:
    case_id = analysed(district)
    running, later = district.hub.get(f"/cases/{case_id}").json()["hot_issues"][:2]
    before = district.decide(running, kind="project")["project_id"]
    row = {
        **{f"{what}_{language}": "闭水48小时" for what in ("name", "standard", "removes") for language in ("cn", "en")},
        **{"code": "M01-A", "element": "E01", "unit": "m2", "consent": "building"},
    }
    papers = {"start": ["material_certificate"]}
    issued(district, case_id, day="2026-07-02", menu=[row], papers=papers)
    district.until(NOW + timedelta(days=2))
    after = district.decide(later, kind="project")["project_id"]
    for project, version in ((before, 1), (after, 2)):
        district.advance(project, "listed")
        picked = {"items": [{"menu_item": "M01-A", "block": "3", "contracted": "100", "unit_cost_fen": 5}]}
        answer = district.hub.post(f"/projects/{project}/items", json=picked)
        assert answer.status_code == 201, answer.text
        shown = district.hub.get(f"/projects/{project}/works").json()
        assert [one["menu_version"] for one in shown["items"]] == [version]
        missing = next(hold for hold in shown["holds"]["start"] if hold["gate"] == "papers_there")
        assert ("material_certificate" in missing["by"]) is (version == 2)
    outdated = district.hub.get(f"/projects/{before}/scheme").json()["outdated"]
    assert [(one["frozen"]["version"], one["today"]["version"]) for one in outdated] == [(1, 2)]
    scheme = district.hub.get(f"/projects/{after}/scheme").json()
    assert (scheme["outdated"], [one["number"] for one in scheme["standards"]]) == ([], [1])
    assert district.hub.get(f"/projects/{before}/scheme").json()["standards"] == []
    known = district.hub.get("/menu", params={"in_force": "2026-07-02", "known": "2026-06-30"}).json()["items"]
    assert next(one["version"] for one in known if one["code"] == "M01-A") == 1


def test_another_district_takes_up_the_package_as_a_draft_and_a_changed_file_is_refused(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard_id = issued(district, papers={"start": ["material_certificate"]})
    ended = [CONTENT["clauses"][0], CONTENT["clauses"][1] | {"status": "withdrawn"}]
    revised(district, standard_id, "2026-07-02", clauses=ended)
    monkeypatch.setattr(cli_standard, "register_client", lambda *_: district.as_("hub"))
    file, page = tmp_path / "roofs.json", tmp_path / "roofs.html"
    hub = ["--url", "http://projects", "--token", "x"]
    run = CliRunner().invoke(app, ["standard", "export", standard_id, "--out", str(file), *hub])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(app, ["standard", "import", str(file), "--lead", "construction", *hub])
    assert run.exit_code == 0, run.output
    taken = standard_of(district, run.stdout.split(":")[0])
    assert (taken["state"], taken["lead"], taken["title"]) == ("draft", "construction", "屋面防水翻修办法")
    assert [one["id"] for one in taken["editions"][0]["content"]["clauses"]] == ["1"]
    file.write_text(file.read_text(encoding="utf-8").replace("闭水查明", "目测查明"), encoding="utf-8")
    run = CliRunner().invoke(app, ["standard", "import", str(file), *hub])
    assert (run.exit_code, "the seal does not fit" in run.output) == (1, True)
    missing = CliRunner().invoke(app, ["standard", "export", str(uuid4()), "--print", str(page), *hub])
    assert (missing.exit_code, page.exists()) == (1, False)
