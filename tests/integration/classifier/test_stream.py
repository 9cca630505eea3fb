"""The classifier as a process on the embedded broker: what comes in goes out once, and nothing stops it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from services.classifier.stream.register_feed import ESTATES
from services.contracts.estate_events import EstateRegistered
from services.contracts.event import Envelope, deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.ticket_events import Place, Urgency
from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.waiting import eventually
from tests.integration.classifier.poison import POISON
from tests.integration.classifier.process import CLASSIFICATIONS, DEAD_LETTERS, ClassifierProcess, Topics
from tests.unit.classifier.texts import raw, text_event, ticket

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def topics(embedded_broker: EmbeddedBroker) -> Topics:
    return Topics(embedded_broker)


REGISTERED = EstateRegistered(version=1, estate_id="lake-1", estate_name="琉璃湖小区", sub_district="310109014")


@pytest.fixture(scope="module")
def classifier(
    embedded_broker: EmbeddedBroker, topics: Topics, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClassifierProcess]:
    process = ClassifierProcess(
        embedded_broker, tmp_path_factory.mktemp("classifier"), module="tests.integration.classifier.stumbling"
    )
    registered = Envelope(uuid4(), "/310109/projects", datetime(2026, 7, 1, tzinfo=UTC), REGISTERED)
    topics.write([raw(registered)], topic=ESTATES)
    process.start_and_wait()
    yield process
    process.stop()


def classifications(topics: Topics, *numbers: int) -> list[Envelope]:
    """What the topic says of these tickets, once all have been spoken of."""
    wanted = {ticket(number) for number in numbers}

    def found() -> list[Envelope]:
        records = topics.read(CLASSIFICATIONS)
        envelopes = [Envelope.parse(list(record.headers), record.value, EVENTS) for record in records]
        of_these = [one for one in envelopes if one.event.aggregate_id in wanted]
        assert {one.event.aggregate_id for one in of_these} == wanted
        return of_these

    return eventually(found, within=20)


def test_a_text_is_classified_on_the_ticket_s_key_with_a_deterministic_id(
    classifier: ClassifierProcess, topics: Topics
) -> None:
    text = text_event(1, "屋顶漏水，污水冒溢", address="曲阳路1301弄14号", version=3)
    topics.write([raw(text)])
    (made,) = classifications(topics, 1)
    assert made.id == deterministic_id("classifier", f"{ticket(1)}:3", "ticket.classified.v1")
    assert made.source == "/310109/classifier"
    assert made.traceparent == text.traceparent
    event = made.event.model_dump()
    assert event["version"] == 3
    assert (
        event["place"]
        == Place(sub_district="310109010", estate="youdian-2", estate_name="邮电二村", building="14").model_dump()
    )
    assert event["urgency"] is Urgency.URGENT
    assert event["model_version"].startswith("cold-")


def test_an_estate_that_was_published_before_the_start_is_known_from_the_first_text_on(
    classifier: ClassifierProcess, topics: Topics
) -> None:
    topics.write([raw(text_event(4, "琉璃湖小区楼顶漏雨"))])
    (made,) = classifications(topics, 4)
    place = Place(sub_district="310109014", estate="lake-1", estate_name="琉璃湖小区")
    assert made.event.model_dump()["place"] == place.model_dump()


def test_a_text_that_comes_twice_is_answered_twice_with_the_same_id(
    classifier: ClassifierProcess, topics: Topics
) -> None:
    topics.write([raw(text_event(2)), raw(text_event(2))])
    first, second = eventually(
        lambda: (lambda found: found if len(found) == 2 else None)(classifications(topics, 2)), 20
    )
    assert first.id == second.id


def test_another_version_of_a_text_gets_another_id(classifier: ClassifierProcess, topics: Topics) -> None:
    topics.write([raw(text_event(3)), raw(text_event(3, "路灯不亮", version=2))])
    first, second = eventually(
        lambda: (lambda found: found if len(found) == 2 else None)(classifications(topics, 3)), 20
    )
    assert first.id != second.id
    assert [first.event.version, second.event.version] == [1, 2]


def test_every_poison_becomes_one_dead_letter_with_its_cause_and_the_next_text_is_classified(
    classifier: ClassifierProcess, topics: Topics
) -> None:
    poison = list(POISON.values())
    before = len(topics.read(DEAD_LETTERS))
    # A good text behind each bad one: so that the limit of rejects in a row is not what is tested here.
    records = [one for number, (bad, _) in enumerate(poison) for one in (bad, raw(text_event(100 + number)))]
    places = topics.write(records, partition=0)
    assert len(classifications(topics, *range(100, 100 + len(poison)))) == len(poison)

    letters = topics.read(DEAD_LETTERS, until=before + len(poison))[before:]
    by_place = {}
    for letter in letters:
        about = dict(letter.headers)
        by_place[int(about["dlq_partition"]), int(about["dlq_offset"])] = letter
    assert len(letters) == len(by_place) == len(poison)
    for name, (place, (bad, cause)) in zip(POISON, zip(places[::2], poison, strict=True), strict=True):
        letter, headers = by_place[place], dict(by_place[place].headers)
        assert cause in headers["dlq_cause"].decode(), name
        assert headers["dlq_topic"] == b"ticket-texts", name
        assert headers["dlq_consumer"] == b"classifier", name
        assert (letter.key or None, letter.value) == (bad[0], bad[2]), name
        assert set(bad[1]) <= set(letter.headers), name


def test_a_reader_that_raises_costs_one_dead_letter_that_can_be_replayed_once_it_is_mended(
    classifier: ClassifierProcess, topics: Topics, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    topics.write([raw(text_event(200, "崩溃，屋顶漏水")), raw(text_event(201))])
    classifications(topics, 201)
    (letter,) = [one for one in classifier.get("/dead-letters", "admin").json()["items"] if "planted" in one["cause"]]
    assert letter["status"] == "rejected"
    assert letter["cause"] == "bug: ZeroDivisionError: planted"
    shown = classifier.get(f"/dead-letters/{letter['id']}", "admin").json()
    assert text_event(200).event.aggregate_id in shown["body"]
    assert "崩溃" not in shown["body"]

    again = classifier.ask("POST", f"/dead-letters/{letter['id']}/replay", "admin")
    assert (again.status_code, again.json()["type"]) == (409, "urn:closedloop:problem:still-rejected")

    mended = ClassifierProcess(embedded_broker, tmp_path, instance="mended")
    mended.start()
    try:
        eventually(lambda: mended.get("/model", "hub").status_code == 200, within=20)
        replayed = mended.ask("POST", f"/dead-letters/{letter['id']}/replay", "admin")
        assert (replayed.status_code, replayed.json()["status"]) == (200, "replayed")
        (made,) = classifications(topics, 200)
        assert made.id == deterministic_id("classifier", f"{ticket(200)}:1", "ticket.classified.v1")
        mended.ask("POST", f"/dead-letters/{letter['id']}/replay", "admin")
        assert len(classifications(topics, 200)) == 1
    finally:
        mended.stop()
    waiting = classifier.get("/dead-letters", "admin").json()["items"]
    assert classifier.metric("closedloop_dead_letters") == len(waiting)
    listed = classifier.get("/dead-letters?status=all", "admin").json()["items"]
    assert {one["status"] for one in listed if one["id"] == letter["id"]} == {"replayed"}
    assert letter["id"] not in {one["id"] for one in classifier.get("/dead-letters", "admin").json()["items"]}


@pytest.fixture
def letters(classifier: ClassifierProcess, topics: Topics) -> None:
    """At least four dead letters, in whichever order the tests run."""
    before, poison = len(topics.read(DEAD_LETTERS)), [bad for bad, _ in POISON.values()][:4]
    topics.write(poison)
    topics.read(DEAD_LETTERS, until=before + len(poison))


@pytest.mark.usefixtures("letters")
def test_a_letter_that_a_redelivery_wrote_twice_is_listed_once(classifier: ClassifierProcess, topics: Topics) -> None:
    before = classifier.get("/dead-letters?status=all", "admin").json()["items"]
    again = topics.read(DEAD_LETTERS, until=1)[0]
    with topics.producer() as producer:
        producer.send(DEAD_LETTERS, key=again.key, value=again.value, headers=list(again.headers)).get(timeout=60)
    assert classifier.get("/dead-letters?status=all", "admin").json()["items"] == before


@pytest.mark.usefixtures("letters")
def test_letters_come_in_pages(classifier: ClassifierProcess) -> None:
    every = classifier.get("/dead-letters?status=all", "admin").json()["items"]
    first = classifier.get("/dead-letters?status=all&limit=3", "admin").json()
    rest = classifier.get(f"/dead-letters?status=all&after={first['next']}", "admin").json()
    assert first["items"] + rest["items"] == every
    assert rest["next"] is None


@pytest.mark.usefixtures("letters")
def test_metrics_balance_what_came_with_what_was_answered(classifier: ClassifierProcess, topics: Topics) -> None:
    topics.write([raw(text_event(300))])
    classifications(topics, 300)
    eventually(lambda: classifier.metric("closedloop_consumer_lag_events") == 0, within=10)
    listed = classifier.get("/dead-letters?status=all", "admin").json()["items"]
    replayed_by_another_process = sum(one["status"] == "replayed" for one in listed)
    consumed = {
        outcome: classifier.metric("closedloop_events_consumed_total", outcome=outcome)
        for outcome in ("handled", "rejected", "ignored")
    }
    assert consumed["handled"] == classifier.metric("closedloop_events_published_total", topic=CLASSIFICATIONS) > 0
    assert consumed["rejected"] == classifier.metric("closedloop_events_published_total", topic=DEAD_LETTERS) > 0
    assert len(topics.read(CLASSIFICATIONS)) == consumed["handled"] + replayed_by_another_process
    assert classifier.get("/livez").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/classify", {"hub", "admin"}),
        ("GET", "/model", {"hub", "admin", "supervisor", "department:fire", "subdistrict:310109009"}),
        ("GET", "/dead-letters", {"admin"}),
        ("GET", "/dead-letters/0-99999", {"admin"}),
        ("POST", "/dead-letters/0-99999/replay", {"admin"}),
    ],
)
@pytest.mark.parametrize("role", ["hub", "admin", "supervisor", "department:fire", "subdistrict:310109009", None])
def test_a_route_is_open_to_its_roles_alone(
    classifier: ClassifierProcess, method: str, path: str, allowed: set[str], role: str | None
) -> None:
    status = classifier.ask(method, path, role, json={"text": "路灯不亮"} if method == "POST" else None).status_code
    if role is None:
        assert status == 401
    elif role in allowed:
        assert status in (200, 404)
    else:
        assert status == 403


def test_a_preview_reads_a_text_and_publishes_nothing(classifier: ClassifierProcess, topics: Topics) -> None:
    before = len(topics.read(CLASSIFICATIONS))
    body = {"text": "路灯不亮", "address": "邮电二村"}
    preview = classifier.ask("POST", "/classify", "hub", json=body).json()
    assert (preview["type_code"], preview["place"]["estate"]) == ("MJ10", "youdian-2")
    assert len(topics.read(CLASSIFICATIONS)) == before


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": "a" * 100_001}, {"text": "x", "extra": 1}, "not an object"])
def test_a_preview_of_nonsense_is_refused(classifier: ClassifierProcess, body: object) -> None:
    answer = classifier.ask("POST", "/classify", "hub", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
