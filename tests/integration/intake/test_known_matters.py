"""What is known is shown before a ticket is filed; the caller follows it and nothing is dispatched once more."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake, Stands, fresh_key, problem
from tests.integration.intake.following import Issue, follow_ups, messages, take
from tests.integration.intake.large_table import FILL, plans, statements
from tests.integration.intake.settling import ANSWER, dispatched
from tests.integration.intake.settling import take as take_step

CALLER = {"caller": {"phone": "13912345678"}}


def known(intake: Intake, **asked: str) -> dict[str, Any]:
    answer = intake.client("hub").get("/known-matters", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def follow(intake: Intake, path: str, key: dict[str, str] | None = None, **body: Any) -> Any:
    return intake.client("hub").post(f"{path}/followers", json=CALLER | body, headers=key or fresh_key())


def ids(listed: list[dict[str, Any]]) -> set[str]:
    return {one["ticket_id"] for one in listed}


def test_an_estate_seen_in_a_ticket_is_recognised_in_later_words(intake: Intake) -> None:
    assert known(intake, text="凉城二村漏雨")["estate"] is None
    ticket_id, market, settled = dispatched(intake), intake.file(), dispatched(intake)
    intake.classify(market, type_code="SC01")
    take_step(intake, settled, "settlement", **ANSWER)
    for asked in ({"text": "凉城二村5号楼顶漏雨"}, {"address": "凉城二村", "text": "漏雨"}):
        found = known(intake, **asked)
        assert found["estate"] == "liangcheng-2"
        assert "MJ01" in found["types"]
        assert ids(found["tickets"]) == {ticket_id}
    assert ids(known(intake, estate="liangcheng-2")["tickets"]) == {ticket_id, market}
    assert known(intake, estate="elsewhere")["tickets"] == []
    problem(intake.client("hub").get("/known-matters"), 422, field="query.text")


def test_a_hot_issue_is_shown_with_its_stage_and_the_dates_of_its_works(intake: Intake) -> None:
    issue = Issue()
    take(intake, issue.becomes("confirmed"), issue.becomes("in cure"))
    intake.execute(
        "INSERT INTO projects (id, number, version, state, planned_start, planned_end)"  # noqa: S608
        f" VALUES ('{issue.project_id}', 'W26-00042-7', 1, 'in works', '2026-08-01', '2026-10-31')"
    )
    (shown,) = known(intake, estate="liangcheng-2")["hot_issues"]
    assert (shown["hot_issue_id"], shown["stage"], shown["project_state"]) == (issue.id, "in works", "in works")
    assert (shown["planned_start"], shown["planned_end"]) == ("2026-08-01", "2026-10-31")
    take(intake, issue.becomes("withdrawn"))
    assert known(intake, estate="liangcheng-2")["hot_issues"] == []


ROAD = Place(sub_district="310109016")


def test_matters_at_a_place_without_a_registered_estate_are_found_by_the_places_name(intake: Intake) -> None:
    pit, lamp, elsewhere, estates = intake.file(), intake.file(), intake.file(), intake.file()
    intake.classify(pit, place=ROAD, place_words=("广灵二路",))
    intake.classify(lamp, type_code="XQ01", place=ROAD, place_words=("广灵二路", "曲阳公园"))
    intake.classify(elsewhere, place=ROAD, place_words=("四平路",))
    intake.classify(estates, place_words=("广灵二路",))  # counts with its estate
    found = known(intake, text="广灵二路又塌了")
    assert (found["estate"], found["places"]) == (None, ["广灵二路"])
    assert ids(found["tickets"]) == {pit, lamp}
    assert ids(known(intake, address="广灵二路近水电路", text="漏雨")["tickets"]) == {pit}
    assert ids(known(intake, text="广灵一路塌了")["tickets"]) == set()
    take_step(intake, lamp, "settlement", **ANSWER)
    assert ids(known(intake, text="广灵二路又塌了")["tickets"]) == {pit}


def test_a_hot_issue_without_a_registered_estate_is_found_by_what_its_callers_name(intake: Intake) -> None:
    member = intake.file(caller={"phone": "13812345678"})
    intake.classify(member, place=ROAD, place_words=("广灵二路",))
    nowhere, other = Issue(), Issue()
    place = Place(sub_district="310109016", estate="matter-7")
    take(intake, nowhere.becomes("confirmed", place=place), nowhere.joined(member), other.becomes("confirmed"))
    take(intake, nowhere.becomes("decided", place=place))
    (shown,) = known(intake, text="广灵二路又塌了")["hot_issues"]
    assert (shown["hot_issue_id"], shown["stage"]) == (nowhere.id, "planned")
    answer = follow(intake, f"/known-matters/{nowhere.id}")
    assert answer.status_code == 202, answer.text
    take(intake, nowhere.becomes("withdrawn", place=place))
    assert known(intake, text="广灵二路又塌了")["hot_issues"] == []


def test_a_follower_of_a_hot_issue_is_notified_and_not_dispatched(intake: Intake) -> None:
    issue, key = Issue(), fresh_key()
    take(intake, issue.becomes("confirmed"), issue.becomes("decided"))
    path = f"/known-matters/{issue.id}"
    first, again = (follow(intake, path, key, note="手机13812345678，我家也漏") for _ in range(2))
    assert (first.status_code, first.json()["repeated"]) == (202, False), first.text
    assert again.json() == first.json() | {"repeated": True}
    ticket = intake.show(first.json()["ticket_id"])
    assert (ticket["state"], ticket["type_code"], ticket["lead"]) == ("filed away", "MJ01", None)
    assert "13812345678" not in ticket["text"]
    assert [one["ticket_id"] for one in follow_ups(intake)] == [ticket["ticket_id"]]
    assert messages(intake) == [(ticket["ticket_id"], "planned")]
    intake.classify(ticket["ticket_id"])
    assert intake.show(ticket["ticket_id"]) == ticket
    problem(follow(intake, path, key), 422, remedy="fresh UUID")
    for nobody in ({"name": "王女士"}, {"phone": "00000000"}, {"id": "匿名"}):
        problem(follow(intake, path, caller=nobody), 422, field="body.caller")
    problem(follow(intake, f"/known-matters/{uuid4()}"), 404)


def test_a_follower_of_a_ticket_is_answered_with_it(intake: Intake) -> None:
    target = dispatched(intake)
    answer = follow(intake, f"/tickets/{target}")
    assert answer.status_code == 202, answer.text
    own = answer.json()["ticket_id"]
    assert (intake.show(own)["state"], intake.show(own)["merged_into"]) == ("merged", target)
    intake.classify(own, type_code="SC01")
    assert intake.show(own)["type_code"] == "MJ01"
    take_step(intake, target, "settlement", **ANSWER)
    assert intake.show(own)["settlement"]["public_answer"] == "已修好。"
    before = intake.rows()
    problem(follow(intake, f"/tickets/{target}"), 422)
    problem(follow(intake, f"/tickets/{intake.file()}"), 422, field="body.ticket_id")
    assert {name: count for name, count in intake.rows().items() if name == "tickets"} == {
        "tickets": before["tickets"] + 1
    }


def test_the_three_kinds_of_repeat_are_kept_apart(intake: Intake) -> None:
    one, other = {"caller": {"phone": "13812345678"}}, {"caller": {"phone": "13912345678"}}
    ticket_id, same, market, neighbour = (intake.file(**who) for who in (one, one, one, other))
    for each in (ticket_id, same, neighbour):
        intake.classify(each)
    intake.classify(market, type_code="SC01")
    intake.classify(intake.file(**other), place=Place(sub_district="310109016", estate="liangcheng-3"))
    old = intake.file(**one, occurred_at="2026-05-01T08:00:00+08:00")
    intake.classify(old)

    def related(role: str = "hub") -> dict[str, set[str]]:
        answer = intake.client(role).get(f"/tickets/{ticket_id}/related")
        assert answer.status_code == 200, answer.text
        return {kind: ids(listed) for kind, listed in answer.json().items()}

    assert related() == {"same_matter": {same, old}, "other_matter": {market}, "other_caller": {neighbour}}
    assert related("department:housing")["other_matter"] == set()


def test_what_is_known_of_a_place_reads_its_part_of_an_index(stands: Stands) -> None:
    intake = stands("test", FILL)
    intake.execute(
        "INSERT INTO estate_names SELECT '小区' || n, 'estate-' || n FROM generate_series(1, 899) AS n",
        "INSERT INTO hot_issues (id, number, version, state, type_code)"
        " SELECT lpad(n::text, 32, '0')::uuid, 'R26-' || n, 1, 'observing', 'MJ01' FROM generate_series(0, 999) AS n",
        "INSERT INTO follow_ups (id, version, hot_issue_id, caller_ref, ticket_id, called_at, joined_at, stage, round,"
        " called_again) SELECT id, 1, lpad((row_number() OVER () % 1000)::text, 32, '0')::uuid, id::text, id,"
        " received_at, received_at, 'noted', 0, false FROM tickets",
        "INSERT INTO place_names SELECT '道路' || row_number() OVER (ORDER BY id), id FROM tickets",
        "ANALYZE",
    )
    (ticket,) = intake.client("hub").get("/tickets?limit=1&state=in review").json()["items"]
    for url in (
        "/known-matters?text=小区77漏雨",
        "/known-matters?text=道路77塌了",
        f"/tickets/{ticket['ticket_id']}/related",
    ):
        with statements(intake) as run:
            answer = intake.client("hub").get(url)
        assert answer.status_code == 200, answer.text
        read = plans(intake, run)
        scanned = {node["Relation Name"] for node in read if node["Node Type"] == "Seq Scan"}
        assert scanned <= {"estate_names", "registered_estates", "hot_issues", "projects"}, (url, scanned)
        assert sum(node["Actual Rows"] * node["Actual Loops"] for node in read if "Index Name" in node) <= 1000
