"""Models that raise, dawdle, change under load, and texts read again, on Apache Kafka: nothing is lost or mixed up."""

from __future__ import annotations

import dataclasses
import itertools
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.classifier.files.model_files import ARRAYS, SHIPPED, load, save
from services.classifier.files.model_store import ModelStore
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.localstack.apache_kafka import ApacheKafka
from tests.harness.fixtures import Report
from tests.harness.waiting import Stopwatch, eventually
from tests.integration.classifier.process import CLASSIFICATIONS, DEAD_LETTERS, FINGERPRINT_KEY, Topics
from tests.kafka.classifying import Load, answers
from tests.kafka.conftest import Start
from tests.unit.classifier.texts import raw, text_event, ticket

KEYED = os.environ | {"CLOSEDLOOP_FINGERPRINT_KEY": FINGERPRINT_KEY}

_numbers = itertools.count(1_000_000)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """Two models that disagree on every text: `roof` reads as what ships does, `none` takes all for OT."""
    shipped = load(SHIPPED)
    nothing = shipped.model.offset.copy()
    nothing[shipped.model.labels.index("OT")] = 1_000
    for name, offset in (("roof", shipped.model.offset), ("none", nothing)):
        model = dataclasses.replace(shipped.model, version=name, offset=offset)
        save(model, shipped.vocabulary, {"version": name}, tmp_path / "models" / name)
    made = ModelStore(tmp_path / "models")
    made.activate("roof")
    return made


def readings(topics: Topics) -> list[Envelope]:
    return [Envelope.parse(list(one.headers), one.value, EVENTS) for one in topics.read(CLASSIFICATIONS)]


def test_a_model_that_changes_under_load_loses_nothing_and_mixes_nothing(
    topics: Topics, start: Start, store: ModelStore, report: Report
) -> None:
    classifier = start(restart=True, env={"CLOSEDLOOP_MODELS": str(store.folder)})

    def in_use(name: str) -> bool:
        answer = classifier.get("/model", "hub")
        return answer.status_code == 200 and bool(answer.json()["model_version"] == name)

    with Load(topics) as load_:
        for name in ("none", "roof", "none"):
            load_.wait_for(150)
            store.activate(name)
            changed = Stopwatch()
            eventually(lambda name=name: in_use(name), within=10)  # type: ignore[misc]
            assert changed.seconds() < 5
        assert classifier.restarts == 0
        classifier.kill()
        load_.wait_for(150)
        eventually(lambda: in_use("none"), within=20)
        (store.folder / "roof" / ARRAYS).write_bytes(b"PK")
        (store.folder / "active.json").write_text('{"active": "roof", "before": []}')
        load_.wait_for(300)
        assert in_use("none")
        assert classifier.get("/readyz").status_code == 200
    answers(topics, load_.acknowledged)
    said = Counter((one.event.model_version, one.event.type_code) for one in readings(topics) if _is_first(one))
    report(f"model swapped x3, kill -9 x1, broken model x1: sent {len(load_.acknowledged)}, lost 0, {dict(said)}")
    assert set(said) == {("roof", "MJ01"), ("none", "OT")}


def _is_first(envelope: Envelope) -> bool:
    return isinstance(envelope.event, TicketClassified)


def test_a_raising_model_costs_its_own_texts_and_no_other(topics: Topics, start: Start) -> None:
    start(module="tests.integration.classifier.stumbling")
    before = len(topics.read(DEAD_LETTERS))
    numbers = [next(_numbers) for _ in range(300)]
    raising = numbers[::10]
    places = topics.write([raw(text_event(n, "崩溃" if n in set(raising) else "屋顶漏水")) for n in numbers])
    answers(topics, sorted(set(numbers) - set(raising)))
    letters = topics.read(DEAD_LETTERS, until=before + len(raising))[before:]
    found = [(int(dict(one.headers)["dlq_partition"]), int(dict(one.headers)["dlq_offset"])) for one in letters]
    assert sorted(found) == sorted(places[::10])


def test_a_slow_model_falls_behind_and_loses_nothing(topics: Topics, start: Start) -> None:
    classifier = start(restart=True, module="tests.integration.classifier.slow")
    with Load(topics, rate=100) as load_:
        load_.wait_for(300)
        classifier.kill()
        load_.wait_for(200)
    answers(topics, load_.acknowledged, within=90)
    assert classifier.restarts == 1
    assert classifier.get("/readyz").status_code == 200


def reclassify(kafka: ApacheKafka, store: ModelStore, rate: float) -> Sequence[str]:
    return [
        *(sys.executable, "-m", "services.cli.main", "reclassify", "--since", "2026-01-01", "--json"),
        *("--kafka", kafka.bootstrap, "--models", str(store.folder), "--rate", str(rate)),
    ]


def test_texts_read_again_are_published_once_where_they_differ_even_if_the_run_is_killed(
    kafka: ApacheKafka, topics: Topics, start: Start, store: ModelStore
) -> None:
    start(env={"CLOSEDLOOP_MODELS": str(store.folder)})
    changed, same = [next(_numbers) for _ in range(500)], [next(_numbers) for _ in range(50)]
    topics.write([raw(text_event(n)) for n in changed] + [raw(text_event(n, "学校乱收补课费")) for n in same])
    answers(topics, [*changed, *same])
    store.activate("none")
    run = subprocess.Popen(reclassify(kafka, store, 200), env=KEYED)
    eventually(lambda: any(isinstance(one.event, TicketReadAgain) for one in readings(topics)), within=60)
    run.kill()
    run.wait()
    for _ in range(2):
        subprocess.run(reclassify(kafka, store, 2_000), check=True, timeout=120, env=KEYED)
    reread: dict[str, set[str]] = {}
    for one in readings(topics):
        if isinstance(one.event, TicketReadAgain):
            assert (one.event.model_version, one.event.type_code) == ("none", "OT")
            reread.setdefault(one.event.ticket_id, set()).add(str(one.id))
    assert {ticket(n) for n in changed} <= set(reread)
    assert not {ticket(n) for n in same} & set(reread)
    assert {len(ids) for ids in reread.values()} == {1}
