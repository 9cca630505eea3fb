"""Files into intake: every good row becomes one ticket, once, whatever happens on the way."""

from __future__ import annotations

import csv
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.contracts.services import SERVICES
from services.localstack.stack import Stack
from tests.harness.clients import token
from tests.harness.exports import calls, export
from tests.harness.fixtures import NewStack
from tests.harness.imports import import_command, import_into, tickets_of
from tests.harness.tcp_proxy import TcpProxy
from tests.harness.waiting import eventually

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stack(new_stack: NewStack) -> Stack:
    """Intake alone: what becomes of the tickets afterwards is no matter here."""
    stack = new_stack(instances=dict.fromkeys(SERVICES, 0) | {"intake": 1})
    stack.start()
    return stack


def test_the_same_file_again_is_the_same_tickets(stack: Stack, tmp_path: Path) -> None:
    file = export(tmp_path / "calls.csv", calls(600, seed=11))
    options = ("--mode", "live", "--source", "twice")
    assert import_into(stack, file, *options).counts() == (600, 0, 0)
    before = tickets_of(stack, "twice")
    again = import_into(stack, file, *options)
    assert again.code == 0
    assert again.counts() == (0, 600, 0)
    assert tickets_of(stack, "twice") == before


def test_the_same_ids_of_another_source_are_other_tickets(stack: Stack, tmp_path: Path) -> None:
    file = export(tmp_path / "calls.csv", calls(3, seed=12))
    for source in ("north", "south"):
        assert import_into(stack, file, "--mode", "live", "--source", source).counts() == (3, 0, 0)
    assert not set(tickets_of(stack, "north").values()) & set(tickets_of(stack, "south").values())


def test_rows_that_intake_refuses_are_in_the_reject_file_and_harm_no_other(stack: Stack, tmp_path: Path) -> None:
    rows = calls(12, seed=13)
    rows[1]["受理时间"] = f"{datetime.now() + timedelta(days=3):%Y-%m-%d %H:%M:%S}"
    rows[2]["受理时间"] = "1999-12-31 23:59:59"
    rows[3]["诉求内容"] = "长" * 20_001
    rows[4]["工单编号"] = rows[0]["工单编号"]
    rows[5]["工单编号"] = "9" * 200
    rows[6]["受理时间"] = "2024-02-30 08:00:00"
    rows[7]["诉求内容"] = " "
    rows[8] = dict(rows[0])
    file = export(tmp_path / "calls.csv", rows)
    done = import_into(stack, file, "--mode", "live", "--source", "faulty")
    assert done.code == 0, done.errors
    assert done.counts() == (4, 1, 7)
    with Path(done.summary["reject_file"]).open(encoding="utf-8-sig", newline="") as lines:
        rejected = list(csv.DictReader(lines))
    reasons = {int(one["rejected_row"]): one["rejected_reason"] for one in rejected}
    assert {number: reason.split(": ")[0] for number, reason in reasons.items()} == {
        3: "occurred_at",
        4: "occurred_at",
        5: "text",
        6: "source_id",
        7: "source_id",
        8: "受理时间",
        9: "诉求内容",
    }
    assert "future" in reasons[3]
    assert "another content" in reasons[6]
    assert [{name: one[name] for name in rows[0]} for one in rejected if one["rejected_row"] == "5"] == [rows[3]]
    assert set(tickets_of(stack, "faulty")) == {rows[n]["工单编号"] for n in (0, 9, 10, 11)}


def test_a_batch_lost_to_a_dropped_connection_is_sent_again(stack: Stack, tmp_path: Path) -> None:
    file = export(tmp_path / "calls.csv", calls(1500, seed=14))
    intake = urlsplit(stack.service("intake").url)
    assert intake.hostname is not None
    assert intake.port is not None
    with TcpProxy((intake.hostname, intake.port)) as proxy:
        options = ("--mode", "live", "--source", "dropped", "--url", f"http://{proxy.address}")
        command = [*import_command(file, *options), "--token", token(stack, "hub")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            try:
                for at_least in (1, 501, 1001):
                    eventually(lambda n=at_least: len(tickets_of(stack, "dropped")) >= n, within=60, every=0.005)  # type: ignore[misc]
                    proxy.reset()
                out, errors = running.communicate(timeout=300)
            finally:
                running.kill()
    assert running.returncode == 0, errors
    assert '"rejected": 0' in out
    assert set(tickets_of(stack, "dropped")) == {row["工单编号"] for row in calls(1500, seed=14)}
    assert proxy.connections > 1


def test_an_import_that_is_killed_is_finished_by_running_it_again(stack: Stack, tmp_path: Path) -> None:
    file = export(tmp_path / "calls.csv", calls(1200, seed=15))
    options = ("--mode", "live", "--source", "killed")
    running = subprocess.Popen(
        import_command(file, *options, "--run-dir", str(stack.run_dir)), stderr=subprocess.DEVNULL
    )
    try:
        eventually(lambda: tickets_of(stack, "killed"), within=60, every=0.01)
    finally:
        running.kill()
        running.wait()
    done = import_into(stack, file, *options)
    received, repeated, rejected = done.counts()
    assert repeated >= 500
    assert (received + repeated, rejected) == (1200, 0)
    assert len(set(tickets_of(stack, "killed").values())) == 1200
