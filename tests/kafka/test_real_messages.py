"""A year of real messages through all four services on Apache Kafka. They are read where they lie and kept nowhere.

Their folder is CLOSEDLOOP_DATA, or shared/data beside the repository.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contracts.topics import topic_table
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness import evidence
from tests.harness.clients import client
from tests.harness.fixtures import Report
from tests.harness.imports import as_history, import_into, tickets_of
from tests.harness.topics import read_topic
from tests.kafka.bursts import CONCENTRATED, NOT_CONCENTRATED

SOURCE = "messages"


@pytest.fixture(scope="module")
def messages(report: Report) -> Path:
    """The file of messages; without it the tests are skipped, and say so."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    file = Path(os.environ.get("CLOSEDLOOP_DATA", beside)) / "message_stream.csv"
    if not file.is_file():
        reason = f"no real messages: {file} is not there; name their folder with CLOSEDLOOP_DATA"
        report(reason)
        pytest.skip(reason)
    return file


@pytest.fixture(scope="module")
def stream(messages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The messages and the planted ones in one file, in the order of their times."""
    with messages.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    planted = [one for burst in (*CONCENTRATED, *NOT_CONCENTRATED) for one in burst.messages()]
    file = tmp_path_factory.mktemp("messages") / "stream.csv"
    with file.open("w", encoding="gb18030", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(sorted(rows + planted, key=lambda row: row["time"]))
    yield file
    file.unlink()


@pytest.mark.timeout(1800)
def test_every_message_goes_its_way_once_and_exactly_the_planted_problems_come_up(
    stream: Path, apache_stack: Stack, report: Report
) -> None:
    with stream.open(encoding="gb18030", newline="") as lines:
        ids = {row["msg_id"] for row in csv.DictReader(lines)}
    done = import_into(apache_stack, stream, "--mode", "live", "--source", SOURCE, within=900)
    assert done.code == 0, done.errors
    assert done.counts() == (len(ids), 0, 0)
    tickets = tickets_of(apache_stack, SOURCE)
    assert set(tickets) == ids

    history = as_history(tickets)
    evidence.settle(apache_stack, history, within=600)
    verdict = evidence.verdict(apache_stack, history)
    letters = [name for name, topic in topic_table().topics.items() if topic.dead_letters]
    dead = read_topic(apache_stack.bootstrap, apache_stack.flavour, *letters)
    found_at_all = hot_issues(apache_stack)
    issues = [issue for issue in found_at_all if not issue["place"]["estate"].startswith("matter-")]
    outcome = {
        "name": "real messages",
        "sent": len(ids),
        **shares(apache_stack),
        "lost": len(verdict.lost),
        "duplicated": len(verdict.duplicated),
        "dead_lettered": len(dead),
        "hot_issues": [issue["title"] for issue in issues],
        "of_no_registered_estate": len(found_at_all) - len(issues),
        "import_rows_per_s": done.summary["rows_per_s"],
    }
    report(json.dumps(outcome, ensure_ascii=False))

    assert verdict.clean, verdict
    assert not dead
    found = Counter((issue["place"]["estate"], issue["type_code"]) for issue in issues)
    assert found == Counter((burst.estate, burst.type_code) for burst in CONCENTRATED)
    counts = {issue["place"]["estate"]: (issue["calls"], issue["callers"]) for issue in issues}
    assert counts == {burst.estate: (burst.calls, burst.callers) for burst in CONCENTRATED}


def hot_issues(stack: Stack) -> list[dict[str, Any]]:
    with client(stack, "projects", "hub") as projects:
        page = projects.get("/hot-issues", params={"limit": 200}).json()
    assert page["next"] is None
    return list(page["items"])


def shares(stack: Stack) -> dict[str, float]:
    """Of all tickets: dispatched, in review, and of no place that the register knows."""
    with connect(stack.database_urls["intake"]) as connection:
        rows = connection.execute("SELECT state, sub_district IS NULL FROM tickets").fetchall()
    states = Counter(str(state) for state, _ in rows)
    nowhere = sum(bool(unknown) for _, unknown in rows)
    counted = {"dispatched": states["dispatched"], "in_review": states["in review"], "of_no_known_place": nowhere}
    return {name: round(count / len(rows), 4) for name, count in counted.items()}
