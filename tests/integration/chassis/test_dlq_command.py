"""`closedloop dlq` against running services: an operator finds letters, looks at one, has them replayed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.chassis.messaging.kafka import producer
from services.chassis.messaging.wire import pack_headers
from services.chassis.settings import KafkaFlavour, Profile, Settings
from services.localstack.postgres import connect
from services.localstack.processes import free_port
from services.localstack.run_directory import read_state
from services.localstack.stack import Stack
from tests.harness.commands import closedloop, closedloop_process
from tests.harness.waiting import eventually
from tests.integration.chassis.events import envelope, received

pytestmark = pytest.mark.long

GARBAGE = 3
TOPICS = ("tickets", "ticket-texts")


@pytest.fixture(scope="module")
def letters(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Each reader of two topics has rejected what is no event."""
    settings = Settings(
        profile=Profile.DEMO, kafka_bootstrap=stack.bootstrap, kafka_flavour=KafkaFlavour.EMBEDDED, http_port=0
    )
    with closing(producer(settings, "test")) as sender:
        for topic in TOPICS:
            for number in range(GARBAGE):
                sender.send(topic, key=b"k", value=b"{%d" % number, headers=[("ce_type", b"ticket.unknown.v9")])
        sender.flush()
    expected = {"intake": 0, "classifier": GARBAGE, "projects": 2 * GARBAGE, "notifier": 2 * GARBAGE}

    def rejected() -> dict[str, list[dict[str, Any]]]:
        found = dlq(stack, "list")
        assert {service: len(letters) for service, letters in found.items()} == expected
        return found

    return eventually(rejected, within=60, every=0.5)


def _of_projects(letters: dict[str, list[dict[str, Any]]]) -> tuple[set[str], str, str, str]:
    """The letters of the consumer of texts, and those of the consumer of tickets in order."""
    by_topic = {topic: [one["id"] for one in letters["projects"] if one["topic"] == topic] for topic in TOPICS}
    first, second, third = by_topic["tickets"]
    return set(by_topic["ticket-texts"]), first, second, third


def dlq(stack: Stack, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = closedloop("dlq", *arguments, "--json", "--run-dir", str(stack.run_dir))
    assert done.returncode == code, done.stderr
    return dict(json.loads(done.stdout))


def test_letters_of_all_services_are_listed_with_place_and_cause(
    stack: Stack, letters: dict[str, list[dict[str, Any]]]
) -> None:
    waiting = dlq(stack, "list")
    assert waiting.keys() == letters.keys()
    done = closedloop_process("dlq", "list", "--run-dir", str(stack.run_dir))
    assert done.returncode == 0
    for service, rejected in waiting.items():
        for letter in rejected:
            place = f"{letter['topic']}-{letter['partition']}@{letter['offset']}"
            [line] = [line for line in done.stdout.splitlines() if line.startswith(f"{service} {letter['id']} ")]
            assert place in line
            assert "unknown event type or version ticket.unknown.v9" in line
    assert done.stdout.splitlines()[-1] == f"{sum(map(len, waiting.values()))} dead letters"


@pytest.mark.parametrize("service", ["classifier", "projects", "notifier"])
def test_a_letter_is_shown_with_headers_and_body(
    stack: Stack, letters: dict[str, list[dict[str, Any]]], service: str
) -> None:
    letter = letters[service][0]
    shown = dlq(stack, "show", service, letter["id"])
    assert shown["body"] == "not JSON, 2 bytes"
    assert ["ce_type", "ticket.unknown.v9"] in shown["headers"]
    plain = closedloop("dlq", "show", service, letter["id"], "--run-dir", str(stack.run_dir)).stdout
    assert "  ce_type: ticket.unknown.v9\n" in plain
    assert f"cause         {letter['cause']}\n" in plain


@pytest.mark.parametrize("service", ["classifier", "projects", "notifier"])
def test_what_still_cannot_work_is_named_and_stays(
    stack: Stack, letters: dict[str, list[dict[str, Any]]], service: str
) -> None:
    letter = letters[service][0]["id"]
    report = dlq(stack, "replay", service, letter, code=1)
    assert report["replayed"] == []
    assert "ticket.unknown.v9" in report["failed"][letter]
    assert letter in {one["id"] for one in dlq(stack, "list", service)[service]}


def test_all_that_can_work_again_are_replayed_once(stack: Stack, letters: dict[str, list[dict[str, Any]]]) -> None:
    """A newer version of projects would read what this one could not; here the stored record is mended instead."""
    good = envelope(received(1))
    others, first, mended, last = _of_projects(letters)
    with connect(stack.database_urls["projects"]) as connection:
        connection.execute(
            "UPDATE dead_letters SET headers = %s, value = %s WHERE id = %s",
            [pack_headers(good.headers()), good.value(), mended],
        )
    report = dlq(stack, "replay", "projects", "--all", code=1)
    assert report["replayed"] == [mended]
    assert set(report["failed"]) == {*others, first, last}
    assert dlq(stack, "replay", "projects", mended)["failed"] == {}
    assert len(dlq(stack, "list", "projects")["projects"]) == 2 * GARBAGE - 1
    assert len(dlq(stack, "list", "projects", "--all")["projects"]) == 2 * GARBAGE
    with connect(stack.database_urls["projects"]) as connection:
        assert connection.execute("SELECT count(*) FROM ticket_sightings").fetchone() == (1,)


@pytest.mark.parametrize("letter", ["00000000-0000-0000-0000-000000000000", "nonsense", "../x"])
def test_a_letter_that_is_not_there_is_refused_with_the_reason(stack: Stack, letter: str) -> None:
    for command in ("show", "replay"):
        done = closedloop("dlq", command, "projects", letter, "--run-dir", str(stack.run_dir))
        assert done.returncode == 1
        assert done.stderr.startswith("projects: ")
        assert "Traceback" not in done.stderr


def test_wrong_arguments_are_refused_by_name() -> None:
    for arguments, named in (
        (["list", "nobody"], "'nobody' is no service"),
        (["replay", "intake"], "give the letter's ID, or --all"),
        (["replay", "intake", "x", "--all"], "give the letter's ID, or --all"),
    ):
        done = closedloop("dlq", *arguments)
        assert done.returncode == 2
        assert named in done.stderr


def test_a_service_that_does_not_answer_is_named(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.cli.running.PATIENCE_S", 0.5)
    state = read_state(stack.run_dir)
    assert state is not None
    silent = f"http://127.0.0.1:{free_port()}"
    services = [one | {"url": silent} if one["name"] == "projects" else one for one in state["services"]]
    (tmp_path / "state.json").write_text(json.dumps(state | {"services": services}))
    done = closedloop("dlq", "list", "projects", "--run-dir", str(tmp_path))
    assert done.returncode == 1
    assert f"projects at {silent}" in done.stderr
    assert "closedloop status" in done.stderr
