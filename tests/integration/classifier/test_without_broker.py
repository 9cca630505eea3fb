"""The classifier without a broker: alive, not ready, and it says why."""

from __future__ import annotations

from pathlib import Path

from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.waiting import Stopwatch, eventually
from tests.integration.classifier.process import ClassifierProcess, Topics


def test_it_waits_for_the_broker_and_its_topics_and_stops_when_asked(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.log")
    classifier = ClassifierProcess(broker, tmp_path)
    classifier.start()
    try:
        eventually(lambda: "cannot be reached" in classifier.get("/readyz").text, within=15)
        assert classifier.get("/livez").status_code == 200
        assert classifier.get("/dead-letters", "admin").status_code == 503
        broker.start_and_wait()
        eventually(lambda: "closedloop topics apply" in classifier.get("/readyz").text, within=15)
        Topics(broker)
        eventually(lambda: "joining the group" in classifier.get("/readyz").text, within=15)
        asked = Stopwatch()
        classifier.stop()
        assert asked.seconds() < 5
        assert classifier.returncode == 0
    finally:
        classifier.stop()
        broker.stop()
