"""All four services as processes: tickets go their whole way, and the operator's commands tell of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import LiteralString

import psutil
import pytest

from services.contracts.department_state_events import OPEN_STATES
from services.contracts.services import DATABASES
from services.contracts.topics import topic_table
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness import evidence
from tests.harness.clients import client, metric, token
from tests.harness.commands import closedloop, closedloop_process
from tests.harness.exports import calls, export
from tests.harness.fixtures import NewFolder
from tests.harness.imports import as_history, import_into, tickets_of
from tests.harness.load import Load
from tests.harness.topics import read_topic
from tests.harness.waiting import eventually

pytestmark = pytest.mark.long


def test_every_acknowledged_ticket_reaches_its_department_once(stack: Stack) -> None:
    load = Load([stack.service("intake").url], token(stack, "hub"), rate=30)
    history = load.run(count=60)
    evidence.settle(stack, history, within=30)
    verdict = evidence.verdict(stack, history)
    print(verdict.line("whole system", recovery_s=0))
    assert len(history.acked) == 60
    assert verdict.clean, verdict
    assert metric(stack, "intake", "closedloop_tickets_received_total") >= 60


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_every_row_of_an_imported_file_goes_its_whole_way_once(stack: Stack, tmp_path: Path, encoding: str) -> None:
    rows = calls(60, seed=len(encoding))
    done = import_into(stack, export(tmp_path / "calls.csv", rows, encoding=encoding), "--mode", "live")
    assert done.code == 0, done.errors
    assert done.counts() == (60, 0, 0)
    tickets = {key: ticket for key, ticket in tickets_of(stack, "file").items() if key in {r["工单编号"] for r in rows}}
    assert len(tickets) == len(set(tickets.values())) == 60
    evidence.settle(stack, as_history(tickets), within=60)
    verdict = evidence.verdict(stack, as_history(tickets))
    assert verdict.clean, verdict


def test_the_state_topics_hold_what_intake_calls_open(stack: Stack) -> None:
    history = Load([stack.service("intake").url], token(stack, "hub"), rate=30, seed=19).run(count=30)
    evidence.settle(stack, history, within=30)
    topics = list(topic_table().streams)
    newest = {(one.topic, one.key): one.value for one in read_topic(stack.bootstrap, stack.flavour, *topics)}
    documents = [json.loads(value) for value in newest.values() if value]
    open_states = {
        (one["ticket_id"], one["department"], one["ticket_version"], one["state"])
        for one in documents
        if one["standing"] == "open"
    }
    with connect(stack.database_urls["intake"]) as connection:
        held = {tuple(row) for row in connection.execute(_HELD, [list(OPEN_STATES)]).fetchall()}
    assert open_states == held
    assert history.ids & {ticket for ticket, *_ in open_states}


_HELD: LiteralString = """
    SELECT id::text, unnest(co_handlers || lead), version, state FROM tickets WHERE state = ANY(%s)
"""


def test_send_follows_a_ticket_hop_by_hop(stack: Stack) -> None:
    done = closedloop_process("send", "--json", "--run-dir", str(stack.run_dir))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [hop["hop"].split()[0] for hop in report["hops"]] == ["202", "text", "classification", "dispatch", "message"]
    assert all(hop["took_ms"] >= 0 for hop in report["hops"])
    assert "embedded" in report["broker"]
    assert report["missing"] is None


def test_send_names_the_hop_that_did_not_come_and_where_to_look(stack: Stack) -> None:
    classifier = stack.service("classifier")
    classifier.freeze()
    try:
        done = closedloop("send", "--within", "3", "--run-dir", str(stack.run_dir))
    finally:
        classifier.thaw()
    assert done.returncode == 1
    assert "classification on classifications: did not happen within 3 s" in done.stderr
    assert str(classifier.log) in done.stderr


def test_status_counts_tickets_and_shows_every_service_ready(stack: Stack) -> None:
    eventually(lambda: closedloop("status", "--run-dir", str(stack.run_dir)).returncode == 0, within=30)
    report = json.loads(closedloop("status", "--json", "--run-dir", str(stack.run_dir)).stdout)
    with client(stack, "intake", "hub") as intake:
        assert report["tickets"] == intake.get("/tickets/summary").json()
    assert [service["reasons"] for service in report["services"]] == [{}] * 4
    assert {one["topic"] for service in report["services"] for one in service["lag"]} >= {"tickets", "classifications"}


def test_status_says_which_service_is_away(stack: Stack) -> None:
    notifier = stack.service("notifier")
    notifier.stop()
    try:
        done = closedloop("status", "--json", "--run-dir", str(stack.run_dir))
    finally:
        notifier.start_and_wait()
    assert done.returncode == 1
    away = {service["name"] for service in json.loads(done.stdout)["services"] if service["reasons"]}
    assert away == {"notifier"}


def test_migrating_again_changes_nothing(stack: Stack) -> None:
    server = stack.server_url
    done = closedloop("migrate", "all", "--database", server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{name}: tables are up to date" for name in DATABASES]


def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    done = closedloop_process("up", "--run-dir", str(stack.run_dir))
    assert done.returncode == 1
    assert f"process {os.getpid()}" in done.stderr
    assert "--run-dir" in done.stderr


def test_commands_without_a_stack_say_how_to_start_one(tmp_path: Path) -> None:
    for command in ("send", "status"):
        done = closedloop(command, "--run-dir", str(tmp_path))
        assert done.returncode == 1
        assert "closedloop up" in done.stderr


def test_up_ends_on_sigterm_even_while_starting_and_leaves_nothing_behind(new_folder: NewFolder) -> None:
    folder = new_folder()
    command = [sys.executable, "-m", "services.cli.main", "up", "--run-dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as up:
        try:
            eventually(lambda: (folder / "logs" / "intake-1.log").exists(), within=30)
            children = psutil.Process(up.pid).children(recursive=True)
            assert len(children) > 2
            up.send_signal(signal.SIGTERM)
            assert up.wait(timeout=60) == 130
        finally:
            up.kill()
    assert not psutil.wait_procs(children, timeout=10)[1]
