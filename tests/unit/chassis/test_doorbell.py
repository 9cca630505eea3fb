from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.chassis.messaging.doorbell import WORKER, Doorbell
from services.chassis.web.health import Health
from tests.harness.waiting import eventually

Listening = Callable[[Doorbell], Callable[[], None]]


@pytest.fixture
def listening() -> Iterator[Listening]:
    """Lets a doorbell listen in a thread; what it returns ends that."""
    begun: list[Callable[[], None]] = []

    def listen(doorbell: Doorbell) -> Callable[[], None]:
        stop, health = threading.Event(), Health()
        health.expect(WORKER, 60)
        thread = threading.Thread(target=doorbell.listen, args=(stop, health), daemon=True)
        thread.start()

        def end() -> None:
            stop.set()
            doorbell.wake()
            thread.join(30)
            assert not thread.is_alive()

        begun.append(end)
        return end

    yield listen
    for end in begun:
        end()


def test_whoever_reads_a_topic_is_rung_for_it_and_for_no_other(tmp_path: Path, listening: Listening) -> None:
    door, elsewhere = Doorbell(tmp_path), Doorbell(tmp_path)
    wanted, other = door.bell(["tickets", "texts"]), door.bell(["projects"])
    listening(door)
    eventually(lambda: any(tmp_path.iterdir()), within=30)
    elsewhere.ring(["hot-issues", "texts"])
    assert wanted.wait(30)
    assert not other.is_set()


def test_all_that_listen_are_rung_and_those_that_ended_do_no_harm(tmp_path: Path, listening: Listening) -> None:
    doors = [Doorbell(tmp_path) for _ in range(3)]
    bells = [door.bell(["tickets"]) for door in doors]
    ends = [listening(door) for door in doors]
    eventually(lambda: len(list(tmp_path.iterdir())) == 3, within=30)
    ends[0]()
    assert len(list(tmp_path.iterdir())) == 2
    assert bells[0].is_set(), "nobody rests longer than its doorbell listens"
    (tmp_path / "1").touch()  # of a process that was killed
    Doorbell(tmp_path).ring(["tickets"])
    assert bells[1].wait(30)
    assert bells[2].wait(30)


def test_without_a_folder_nobody_listens_and_ringing_does_nothing() -> None:
    door = Doorbell(None)
    bell = door.bell(["tickets"])
    door.listen(threading.Event(), Health())
    door.ring(["tickets"])
    assert not bell.is_set()
    door.wake()
    assert bell.is_set()
