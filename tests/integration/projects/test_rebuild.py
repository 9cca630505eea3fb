"""The topics alone give back what the live database holds: evidence, hot issues, decisions, projects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from kafka import KafkaAdminClient, KafkaProducer
from sqlalchemy import create_engine, select, text
from typer.testing import CliRunner

from services.chassis.clock import FixedClock
from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.messaging.wire import unpack_headers
from services.chassis.settings import KafkaFlavour
from services.cli.main import app
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Event
from services.contracts.ticket_events import RequestKind, TicketReclassified, TicketSettled
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.fixtures import NewDatabase
from tests.harness.works import do, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import (
    classified,
    corrected,
    dispatched,
    envelope,
    read_again,
    received,
    take,
    ticket_id,
)
from tests.integration.projects.loop_of import District
from tests.integration.projects.ruling import (
    EVIDENCE,
    HERE,
    cause,
    checked,
    in_place,
    issued,
    on_case,
    on_standard,
    revised,
)
from tests.integration.projects.supervising import Supervising

ROOF, WALL, STALLS, PARKING = (
    hot_issue_id(Cell(*cell), 0)
    for cell in (("quyang-1", "MJ01"), ("quyang-1", "MJ02"), ("quyang-2", "SC01"), ("jiaxing-1", "XQ04"))
)

ONE = ticket_id(1)


def played(district: District) -> list[Event]:
    """A year of a district with everything that can become of a hot issue; what intake and classifier published."""
    events: list[Event] = []

    def come(*new: Event) -> None:
        events.extend(new)
        take(district.workshop, *new)

    for first, (type_code, estate) in enumerate(
        [("MJ01", "quyang-1"), ("MJ02", "quyang-1"), ("SC01", "quyang-2"), ("XQ04", "jiaxing-1")]
    ):
        come(*(dispatched(100 * first + n, type_code, estate, by=n, day=n) for n in range(6)))
    come(received(900, by=1, day=3), classified(900, "MJ01", "quyang-1"), classified(901, "MJ03", "quyang-1"))
    come(*(dispatched(500 + n, "XQ13", "quyang-2", by=n, day=n) for n in range(3)))  # an early warning
    come(read_again(100, "MJ01", "quyang-1"), corrected(TicketReclassified, 300, "XQ13", "jiaxing-1", by=0, day=0))
    come(corrected(TicketReclassified, 301, "XQ13", "jiaxing-1", by=1, day=1))  # too few are left: withdrawn
    assert district.issue(PARKING)["state"] == "suspected"
    listed = [
        {
            "id": "quyang-1",
            "name": "明月小区",
            "sub_district": "310109010",
            "floor_area_m2": "8000.50",
            "property_kind": "mixed",
        },
        {"id": "quyang-2", "name": "星辰公寓", "east": 121.485, "north": 31.2712},
    ]
    assert district.hub.post("/estates/batch", json={"estates": listed}).status_code == 200
    survey = {"id": ONE, "estate": "quyang-1", "role": "designer", "unit": "设计院", "on_site": True,
              "made_at": NOW.isoformat(), "findings": [{"elements": ["E01", "E16"], "note": "车棚不够"}]}  # fmt: skip
    assert district.hub.post("/surveys", json=survey).status_code == 201
    wrong_estate = {**survey, "id": str(uuid4()), "findings": [{"elements": ["E08"], "note": "楼道灯坏"}]}
    assert district.hub.post("/surveys", json=wrong_estate).status_code == 201
    assert district.hub.post(f"/surveys/{wrong_estate['id']}/withdrawal").status_code == 200
    gone = {"id": "quyang-3", "name": "湖畔花园"}
    assert district.hub.post("/estates/batch", json={"estates": [gone]}).status_code == 200
    assert district.hub.post("/estates/quyang-3/removal", json={"version": 1}).status_code == 200
    come(*(dispatched(750 + n, "MJ19", "quyang-2", by=n, day=n, kind=RequestKind.ENQUIRY) for n in range(2)))
    _plan(district)
    _supervise(district)
    _rule(district, lambda: come(*(dispatched(760 + n, "MJ01", "jiaxing-9", by=n, day=n) for n in range(6))))
    project = district.decide(ROOF, kind="project")["project_id"]
    (draft,) = [one for one in district.hub.get("/plans").json()["items"] if one["state"] == "draft"]
    ranked = district.hub.post(f"/plans/{draft['plan_id']}/ranking", json={"version": draft["version"]}).json()
    assert project in [id for entry in ranked["entries"] for id in entry["projects"]]
    district.decide(WALL, kind="merge", merge_into=ROOF)
    district.until(NOW + timedelta(days=40))  # nobody decides on the stalls in time
    district.advance(project, "building")
    pause = {"responsible": "housing", "review_on": "2026-09-01", "note": "frost"}
    for body in ({"to": "suspended", **pause}, {"to": "building"}):
        stepped = {"version": district.project(project)["version"], **body}
        assert district.hub.post(f"/projects/{project}/steps", json=stepped).status_code == 200
    district.advance(project, "accepted")
    wrong = {"version": district.project(project)["version"], "reason": "a slip"}
    assert district.hub.post(f"/projects/{project}/reversals", json=wrong).status_code == 200
    district.advance(project, "started")
    cut = {"id": str(uuid4()), "kind": "water_cut", "blocks": ["3"]}
    times = {name: (NOW + timedelta(days=days)).isoformat() for name, days in (("starts", 45), ("ends", 46))}
    impact = do(district.hub, project, "impacts", **cut, **times)["impact_id"]
    do(district.hub, project, f"impacts/{impact}/steps", version=1, to="cancelled")
    noisy = dispatched(700, "MJ16", "quyang-1", by=7, day=70)
    answered = {"settled_at": NOW + timedelta(days=41), "unit_solved": True, "version": 5}
    come(noisy, TicketSettled.model_validate(noisy.model_dump() | answered))
    item = works(district.hub, project)["items"][0]["item_id"]
    do(district.hub, project, "defects", id=str(uuid4()), item_id=item, severity="minor", note="起鼓")
    district.advance(project, "accepted")
    ends = works(district.hub, project)["warranties"][0]["ends"]
    _visited(district, project, date.fromisoformat(ends))
    come(*(dispatched(600 + n, "MJ01", "quyang-1", by=n, day=75 + n) for n in range(6)))  # it is there again
    district.decide(STALLS, kind="service")
    district.cure_done(STALLS)
    return events


def _visited(district: District, project: str, ends: date) -> None:
    """In the last weeks of the warranty, years ahead of all else that is played here."""
    clock = district.workshop.clock
    assert isinstance(clock, FixedClock)
    ahead = ends - clock.now().date() - timedelta(days=30)
    visit = {"on": str(ends - timedelta(days=30)), "result": "nobody_home", "photographs": ["d" * 64]}
    later = {"again_on": str(ends - timedelta(days=10))}
    clock.advance(ahead)
    do(
        district.hub,
        project,
        "warranty-visits",
        id=str(uuid4()),
        block="3",
        ends=str(ends),
        version=0,
        **visit,
        **later,
    )
    clock.advance(-ahead)


def _supervise(district: District) -> None:
    """One clause that is followed, one that a unit returned, one that waits; and a suggestion that became a topic."""
    desk = Supervising(district)
    said = {"id": ONE, "subject": "充电", "reason": "车棚不够", "countermeasure": "利用空地"}
    suggestion = desk.send("deputy", "suggestions", 201, **said)
    topic = desk.topic(suggestion_id=suggestion["suggestion_id"])
    desk.send(
        "supervisor:congress", f"topics/{topic['topic_id']}/inspections", 201, **desk.inspection(estate_id="quyang-1")
    )
    desk.tracked()
    desk.step(desk.handed_over(topic), "return", "department:housing", reason="属建管委职责")
    desk.handed_over(topic)


def _plan(district: District) -> None:
    """A published plan, the draft of its next version, and a request to the maintenance fund that waits."""
    plan = district.hub.post("/plans", json={"year": 2027, "budget_fen": 10**9}).json()
    for entry in plan["entries"]:
        said = {"version": entry["version"], "decision": "postponed", "reason": "lower_rank"}
        if entry["place"]["estate"] == "quyang-1":
            said = {"version": entry["version"], "decision": "listed", "cost_fen": 10**8, "agreement": 80}
        decided = district.hub.post(f"/plans/{plan['plan_id']}/entries/{entry['place']['estate']}", json=said)
        assert decided.status_code == 200, decided.text
    published = district.hub.post(f"/plans/{plan['plan_id']}/publication", json={"version": 3})
    assert published.status_code == 200, published.text
    assert district.hub.post("/plans", json={"year": 2027, "budget_fen": 1}).status_code == 201
    asked = {"id": str(uuid4()), "estate": "quyang-1", "kind": "pump", "cost_fen": 5, "safety": True}
    assert district.hub.post("/fund-uses", json=asked).status_code == 201


def _rule(district: District, come_later: Callable[[], None]) -> None:
    """A case with a countermeasure that is late, and evidence that came later; its standard in two versions, adopted,
    checked, exempted, late."""
    case_id = district.hub.post("/cases", json={"type_code": "MJ01", "hot_issues": [ROOF]}).json()["case_id"]
    for act, body in (("choice", {"criteria": EVIDENCE}), ("causes", cause(tickets=[ticket_id(1)])), ("analysis", {})):
        assert on_case(district, case_id, act, "hub", **body).status_code in (200, 201)
    come_later()
    assert len(district.hub.get(f"/cases/{case_id}").json()["later_issues"]) == 1
    standard_id = issued(district, case_id)
    adoption = {"number": 1, "trained_on": "2026-06-30"}
    assert in_place(district, standard_id, HERE, "adoption", **adoption).status_code == 200
    bad = {"verdict": "not_satisfied", "mend_by": "2026-07-20"}
    assert checked(district, standard_id, "1", **bad).status_code == 201
    let_off = {"reason": "正在征收", "until": "2026-12-31"}
    assert in_place(district, standard_id, "310109014", "exemption", **let_off).status_code == 200
    revised(district, standard_id, "2026-08-01", text="第二版")
    assert on_standard(district, standard_id, "editions").status_code == 201
    assert on_case(district, case_id, "closing").status_code == 200


@pytest.fixture
def district(workshop: Workshop) -> District:
    return District(workshop)


def test_the_topics_alone_give_back_what_the_live_database_holds(
    district: District, embedded_broker: EmbeddedBroker, new_database: NewDatabase
) -> None:
    events = played(district)
    _publish(embedded_broker, district.workshop, [*events[::-1], *events])  # against their order, and twice
    assert district.issue(ROOF)["state"] == "reopened"
    live = district.workshop.engine.url.render_as_string(hide_password=False)
    target = new_database()
    result = _rebuild(embedded_broker, target, live)
    assert result.stdout, result.output + repr(result.exception)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["different"], answer["malformed"]) == (0, [], 0)
    assert answer["events"] > 100
    assert answer["aggregates"] > 15
    again = _rebuild(embedded_broker, target, live)
    assert again.exit_code == 1
    assert "holds tickets already" in again.output
    engine = create_engine(target)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0
        waiting = text("SELECT DISTINCT kind FROM timers WHERE fired_at IS NULL ORDER BY 1")
        assert list(connection.execute(waiting).scalars()) == [
            "adopt",
            "attach-complaints",
            "cure-defect",
            "decide",
            "observe",
            "review standard",
            "supervision",
            "warranty-visit",
        ]
    engine.dispose()
    with district.workshop.open() as work:
        work.connection.execute(text("UPDATE hot_issues SET callers = callers + 1 WHERE id = :id"), {"id": ROOF})
        spoilt = text("UPDATE ticket_sightings SET caller_ref = NULL WHERE ticket_id = :id")
        work.connection.execute(spoilt, {"id": ONE})
    differs = _rebuild(embedded_broker, new_database(), live)
    assert (differs.exit_code, len(json.loads(differs.stdout)["different"])) == (1, 2)
    assert f"hot issue {ROOF}" in json.loads(differs.stdout)["different"]


def _rebuild(broker: EmbeddedBroker, into: str, live: str) -> Result:
    kafka = ("--kafka", broker.bootstrap, "--flavour", "embedded", "--patience", "2")
    arguments = ["rebuild", "projects", "--into", into, "--live", live, *kafka, "--json"]
    return CliRunner().invoke(app, arguments, env={"CLOSEDLOOP_FINGERPRINT_KEY": (b"f" * 32).hex()})


def _publish(broker: EmbeddedBroker, workshop: Workshop, events: Iterable[Event]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, **FLAVOURS[KafkaFlavour.EMBEDDED].producer, acks="all")
    sent: list[Any] = []
    for event in events:
        topic = "classifications" if isinstance(event, TicketClassified | TicketReadAgain) else "tickets"
        one = envelope(event)
        sent.append(producer.send(topic, key=one.key, value=one.value(), headers=one.headers()))
    with workshop.engine.connect() as connection:
        for row in connection.execute(select(outbox).order_by(outbox.c.seq)):
            sent.append(producer.send(row.topic, key=row.key, value=row.value, headers=unpack_headers(row.headers)))
    for one in sent:
        one.get(timeout=60)
    producer.close()
