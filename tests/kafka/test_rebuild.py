"""Projects' database from the topics alone, while the service goes on."""

from __future__ import annotations

import json
import threading

from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness.commands import closedloop_process
from tests.harness.fixtures import NewStack
from tests.harness.waiting import eventually
from tests.kafka.detectors import calls, publish, settled

EVERY_S = 0.2


def test_what_is_rebuilt_equals_a_service_that_goes_on_meanwhile(new_stack: NewStack) -> None:
    stack = new_stack(kafka="apache")
    stack.start()
    live, events = stack.service("projects"), calls()
    enough = threading.Event()

    def go_on() -> None:
        for event in events[20:]:
            publish(stack, [event])
            if enough.wait(EVERY_S):
                return

    publish(stack, events[:20])
    eventually(lambda: settled(live) >= 20, within=60, what="the service has read the first calls")
    traffic = threading.Thread(target=go_on)
    traffic.start()
    try:
        before = settled(live)
        result = closedloop_process(
            "rebuild", "projects", "--into", _empty(stack), "--live", stack.database_urls["projects"],
            "--kafka", stack.bootstrap, "--patience", "10", "--json", "--run-dir", str(stack.run_dir),
        )  # fmt: skip
        after = settled(live)
    finally:
        enough.set()
        traffic.join()
    assert result.returncode == 0, result.stdout + result.stderr
    outcome = json.loads(result.stdout)
    assert (outcome["different"], outcome["malformed"]) == ([], 0)
    assert outcome["events"] >= 20
    assert after > before, "nothing came while it was rebuilt: the test shows nothing"


def _empty(stack: Stack) -> str:
    with connect(stack.postgres.url("postgres")) as connection:
        connection.execute("CREATE DATABASE rebuilt")
    return stack.postgres.url("rebuilt")
