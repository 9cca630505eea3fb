"""Follow-ups, the call list and the indicators of a month cost no more when the district is old."""

from __future__ import annotations

import pytest

from tests.integration.intake.conftest import Intake, Stands
from tests.integration.intake.large_table import filled, plans, statements

ISSUE = "00000000-0000-0000-0000-000000000007"
HOURLY = "timestamptz '2020-01-01' + n * interval '1 hour'"
ASKED = {
    "all follow-ups": "/follow-ups",
    "a later page": "/follow-ups?cursor={cursor}",
    "a stage": "/follow-ups?stage=asked",
    "a stage's later page": "/follow-ups?stage=asked&cursor={cursor}",
    "a stage with none": "/follow-ups?stage=not solved",
    "an issue": f"/follow-ups?hot_issue={ISSUE}",
    "an issue's stage": f"/follow-ups?hot_issue={ISSUE}&stage=asked",
    "one follow-up": "/follow-ups/{follow_up_id}",
    "the call list": "/follow-ups/messages",
    "the call list's end": "/follow-ups/messages?after=49990",
}


@pytest.fixture
def large(stands: Stands) -> Intake:
    """50,000 tickets, settled and visited an hour after each other; as many follow-ups, answers and messages."""
    return stands(
        "test",
        filled(
            settle_by=HOURLY,
            settled_at="timestamptz '2020-01-01'",
            visited_at=HOURLY,
            caller_solved="true",
            dispatched_at=HOURLY,
        ),
        "CREATE VIEW numbered AS"
        " SELECT id, received_at, row_number() OVER (ORDER BY received_at, id) AS n FROM tickets",
        "INSERT INTO visits SELECT id, 0, visited_at, true, NULL FROM tickets",
        "INSERT INTO clocks"
        " (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at, paused)"
        " SELECT id, 'contact', 3, 'contact', 1, true, settle_by, settle_by, settle_by, interval '0' FROM tickets",
        "INSERT INTO projects (id, number, version, state)"
        " SELECT lpad(n::text, 32, '0')::uuid, 'W26-' || n, 1, 'listed' FROM generate_series(0, 999) AS n",
        "INSERT INTO hot_issues (id, number, version, state, type_code, project_id)"
        " SELECT id, number, 1, 'observing', 'MJ01', id FROM projects",
        "INSERT INTO follow_ups SELECT id, 1, lpad((n % 1000)::text, 32, '0')::uuid, n::text, id, received_at,"
        " received_at, CASE n % 100 WHEN 7 THEN 'asked' ELSE 'solved' END, 0, NULL, NULL, NULL, false FROM numbered",
        "INSERT INTO follow_up_answers SELECT id, 0, joined_at, 'desk', true, NULL, ticket_id FROM follow_ups",
        "INSERT INTO tellings"
        " (id, ticket_id, hot_issue_id, person, occasion, occurrence, facts, way, state, planned_at, not_before)"
        " SELECT id, ticket_id, hot_issue_id, caller_ref, 'asked', hot_issue_id || '|0|asked', '{}', 'sms', 'sent',"
        " joined_at, joined_at FROM follow_ups",
        "INSERT INTO caller_messages (follow_up_id, round, stage, at) SELECT id, 0, 'asked', joined_at FROM follow_ups",
        "ANALYZE",
    )


def test_follow_ups_and_the_call_list_read_a_page_or_an_issue_of_an_index(large: Intake) -> None:
    client = large.client("hub")
    page = client.get("/follow-ups").json()
    known = {"cursor": page["next"], "follow_up_id": page["items"][0]["follow_up_id"]}
    for what, url in ASKED.items():
        with statements(large) as asked:
            answer = client.get(url.format(**known))
        assert answer.status_code == 200, what
        read = plans(large, asked)
        assert asked, what
        assert not [node for node in read if node["Node Type"] == "Seq Scan" and node["Actual Rows"] > 1000], what
        rows = sum(node["Actual Rows"] * node["Actual Loops"] for node in read if "Index Name" in node)
        assert rows <= 1000, (what, rows)


def test_the_indicators_of_a_month_read_that_month(large: Intake) -> None:
    with statements(large) as asked:
        answer = large.client("hub").get("/indicators?from=2021-03-01&to=2021-03-31&department=dep-1")
    assert answer.status_code == 200, answer.text
    read = plans(large, asked)
    assert not [(node["Relation Name"], node.get("Filter")) for node in read if node["Node Type"] == "Seq Scan"]
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in read if "Index Name" in node) <= 10 * 31 * 24
