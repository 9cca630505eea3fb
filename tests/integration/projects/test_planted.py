"""A person's phone, flat and name, written into every field of every route of projects, are read nowhere afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database.work import Workshop
from tests.contract.strings import of_routes
from tests.harness.consulting import JOIN, PARTS, ballots, periods, stepped
from tests.harness.planted import SAID, Planting, found_in_tables
from tests.harness.works import ROOF as ROOF_WORKS
from tests.harness.works import inspection, prepare, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import begin_with, dispatched, ticket_id
from tests.integration.projects.issues import ROOF, WALL, issues
from tests.integration.projects.loop_of import District
from tests.integration.projects.matters import PUMP, background, calls
from tests.integration.projects.supervising import Supervising


@pytest.fixture
def district(workshop: Workshop) -> District:
    """Two hot issues of one estate, and one of a matter without an estate."""
    for first, type_code in enumerate(["MJ01", "MJ02"]):
        numbers = range(first * 10 + 1000, first * 10 + 1005)
        begin_with(workshop, *(dispatched(n, type_code, "quyang-1", by=n, day=20 + n / 10_000) for n in numbers))
    begin_with(workshop, *background(), *calls(PUMP))
    return District(workshop)


def test_what_is_planted_in_every_field_is_read_nowhere(district: District) -> None:
    planting = Planting()

    def command(path: str, *fields: str, status: int = 200, **body: Any) -> Any:
        shown = district.hub.get(path.rpartition("/")[0]).json()
        sent = {"version": shown["version"], **body}
        return planting.send(district.hub, "POST", path, status, *fields, json=sent).json()

    pumping = next(one.id for one in issues(district.workshop) if one.id not in (ROOF, WALL))
    command(f"/hot-issues/{pumping}/membership", "MembershipBody.reason", ticket_id=ticket_id(1), belongs=False,
            reason=SAID)  # fmt: skip
    command(f"/hot-issues/{WALL}/assignment", "AssignmentBody.note", note=SAID)
    command(f"/hot-issues/{WALL}/assignment", "AssignmentBody.lead", status=422, lead=SAID)
    command(f"/hot-issues/{WALL}/decision", "DecisionBody.reason", kind="service", reason=SAID)
    command(f"/hot-issues/{WALL}/cure-done", "CureDoneBody.note", note=SAID)
    command(f"/hot-issues/{ROOF}/decision", "PlanBody.elements", status=422, kind="project", reason=SAID,
            project={"elements": [SAID]})  # fmt: skip
    project = command(f"/hot-issues/{ROOF}/decision", kind="project", reason=SAID)["project_id"]
    _consulted(planting, district, project)
    command(f"/projects/{project}/steps", "ProjectStepBody.note", to="consulted", note=SAID)
    command(f"/projects/{project}/steps", "ProjectStepBody.elements", status=422, to="listed", elements=[SAID])
    district.advance(project, "started")
    item = works(district.hub, project)["items"][0]
    site, good = f"/projects/{project}", inspection(item, NOW)

    def on_site(act: str, *fields: str, status: int = 201, **body: Any) -> Any:
        return planting.send(district.hub, "POST", f"{site}/{act}", status, *fields, json=body).json()

    order = on_site("papers", "PaperBody.name", id=str(uuid4()), kind="change_order", name=SAID, sha256="a" * 64)
    wrong = {"id": str(uuid4()), "kind": "approval", "name": SAID, "sha256": "b" * 64, "issued_by": SAID}
    on_site("papers", "PaperBody.issued_by", status=422, **wrong)
    on_site("items", "PickedBody.contracted", status=422, items=[ROOF_WORKS | {"contracted": SAID}])
    for field in ("readings", "accepted"):
        bad = {"readings": {"ponding": SAID}} if field == "readings" else {"accepted": SAID}
        on_site("inspections", f"InspectionBody.{field}", status=422, **good | bad)
    found = {"id": str(uuid4()), "item_id": item["item_id"], "severity": "minor", "note": SAID}
    defect = on_site("defects", "DefectBody.note", **found)["defect_id"]
    step = {"state": "open", "to": "cured", "party": "construction", "note": SAID}
    on_site(f"defects/{defect}/steps", "DefectStepBody.note", status=200, **step)
    on_site(
        "warranty-visits",
        "FoundThereBody.note",
        status=422,
        id=str(uuid4()),
        ends="2031-07-01",
        version=0,
        on="2026-07-01",
        result="defect",
        defect={key: found[key] for key in ("id", "item_id", "severity", "note")},
    )
    on_site("acceptances", "AcceptanceBody.years", status=422, accepted_on="2026-07-01", residents=1, years={SAID: 2})
    unit = {"role": "construction", "name": SAID, "code": "91310109MA1G5AAA1T", "version": 1}
    on_site("parties", "PartyBody.name", status=422, **unit)
    on_site("parties", "PartyBody.name", status=200, **unit | {"code": "91310000MA1FL3CC36"})
    on_site("parties", "PartyBody.code", status=422, **unit | {"code": SAID})
    for name in ("noise_from", "noise_to", "notice_days", "scaffold_by_block"):
        said = SAID if "noise" in name else {SAID: 3}
        on_site("impacts/plan", f"ImpactPlanBody.{name}", status=422, version=1, **{name: said})
    change = f"items/{item['item_id']}/change"
    on_site(change, "ChangeBody.contracted", status=422, version=2, contracted=SAID)
    on_site(change, "ChangeBody.dropped", status=200, version=2, dropped=SAID, change_order=order["paper_id"])
    command(f"/projects/{project}/steps", "ProjectStepBody.responsible", status=422, to="suspended", note=SAID,
            responsible=SAID, review_on="2027-01-04")  # fmt: skip
    command(f"/projects/{project}/reversals", "ReversalBody.reason", reason=SAID)
    command(f"/projects/{project}/steps", to="cancelled", note=SAID)
    district.until(NOW + timedelta(days=30))
    estate = {"id": "e-1", "name": SAID, "sub_district": "310109010"}
    planting.send(district.hub, "POST", "/estates/batch", 200, "EstateBody.name", json={"estates": [estate]})
    wrong = {"estates": [estate | {"floor_area_m2": SAID}]}
    planting.send(district.hub, "POST", "/estates/batch", 422, "EstateBody.floor_area_m2", json=wrong)
    part = {"part_id": "1", "block": "1", "area_m2": "50", "owner": "a" * 32}
    for field in ("part_id", "area_m2"):
        parts = {"parts": [part | {field: SAID}]}
        planting.send(district.hub, "POST", "/estates/e-1/parts", 422, f"RegisteredPartBody.{field}", json=parts)
    survey = {"id": str(uuid4()), "estate": "e-1", "role": "designer", "unit": SAID, "on_site": True,
              "made_at": NOW.isoformat(), "findings": [{"elements": ["E01"], "note": SAID}]}  # fmt: skip
    planting.send(district.hub, "POST", "/surveys", 201, "SurveyBody.unit", "FindingBody.note", json=survey)
    _supervised(planting, district)
    for path in ("/estates", "/needs", "/surveys?estate=e-1"):
        planting.send(district.hub, "GET", path, 200)
    for path in ("/hot-issues", "/projects", "/areas", "/concentrations"):
        planting.send(district.hub, "GET", path, 200, f"GET {path} estate", params={"estate": SAID})
    planting.send(district.hub, "GET", "/search", 200, "GET /search q", params={"q": SAID})
    for path in (
        f"/hot-issues/{ROOF}",
        f"/hot-issues/{WALL}",
        f"/hot-issues/{pumping}",
        site,
        f"{site}/works",
        f"{site}/impacts",
    ):
        planting.send(district.hub, "GET", path, 200)
        planting.send(district.hub, "GET", f"/pages{path}", 200)
    _ruled(planting, district)
    fields = {name for name in of_routes("projects") if " cursor" not in name}
    assert sorted(fields - planting.fields) == []
    assert planting.found_in_answers() == {}
    assert found_in_tables(district.workshop.engine) == {}


def _supervised(planting: Planting, district: District) -> None:
    """A topic from a suggestion, an inspection, a clause that is answered, rated and followed, and one withdrawn."""
    desk = Supervising(district)

    def send(role: str, path: str, status: int, *fields: str, **body: Any) -> Any:
        sender = district.as_(role)
        return planting.send(sender, "POST", f"/supervision/{path}", status, *fields, json=body).json()

    party, unit = "supervisor:congress", "department:housing"
    said = {"subject": SAID, "reason": SAID, "countermeasure": SAID}
    suggestions = [
        send("deputy", "suggestions", 201, *(f"SuggestionBody.{name}" for name in said), id=str(uuid4()), **said)
        for _ in range(2)
    ]
    refusal = f"suggestions/{suggestions[0]['suggestion_id']}/refusal"
    send(party, refusal, 200, "TopicReasonBody.reason", version=1, reason=SAID)
    topic = {"id": str(uuid4()), "party": "congress", "area": "home", "title": SAID, "why": SAID}
    topic = send(party, "topics", 201, "TopicBody.title", "TopicBody.why", **topic)
    at = f"topics/{topic['topic_id']}"
    found = desk.inspection(findings=[{"note": SAID}])
    send(party, f"{at}/inspections", 201, "SiteFindingBody.note", **found)
    clauses = [{"id": str(uuid4()), "text": SAID, "unit": "housing"} for _ in range(2)]
    given, other = send(party, f"{at}/opinions", 201, "NewClauseBody.text", clauses=clauses)["items"]
    withdrawal = f"clauses/{other['clause_id']}/withdrawal"
    send(party, withdrawal, 200, "ClauseReasonBody.reason", version=1, reason=SAID)
    step = f"clauses/{given['clause_id']}"
    send(party, f"{step}/hand-over", 200, version=1, unit="housing")
    asked = {"reason": SAID, "until": "2027-01-01"}
    late = send(unit, f"{step}/extension", 200, "ExtensionBody.reason", version=2, **asked)
    field = "ExtensionDecisionBody.note"
    send(party, f"{step}/extension/decision", 200, field, version=3, granted=False, note=SAID)
    signed = {"signed_on": late["given_at"][:10], "signature": "a" * 64}
    reply = {"reply_class": "D", "text": SAID, **signed}
    send(unit, f"{step}/reply", 200, "ReplyBody.text", version=4, **reply)
    bad = {"manner": "dissatisfied", "result": "mostly", "why": SAID}
    send(party, f"{step}/rating", 200, "RatingBody.why", version=5, **bad)
    send(unit, f"{step}/reply", 200, version=6, **reply | {"reply_class": "A", "on": late["given_at"][:10]})
    send(party, f"{step}/rating", 200, version=7, manner="mostly", result="mostly")
    done = {"on": late["given_at"][:10], "note": SAID}
    send(party, f"{step}/carried-out", 200, "CarriedOutBody.note", version=8, **done)
    for path in ("topics", at, "suggestions"):
        planting.send(district.hub, "GET", f"/supervision/{path}", 200)


def _ruled(planting: Planting, district: District) -> None:
    """A case from a person's proposal to its end, and a standard from its draft to its retirement."""

    def send(path: str, status: int, *fields: str, **body: Any) -> Any:
        if "version" not in body and not path.endswith(("/cases", "/standards", "/opinions")):
            body["version"] = district.hub.get(path.rpartition("/")[0]).json()["version"]
        return planting.send(district.hub, "POST", path, status, *fields, json=body).json()

    day = district.workshop.clock.now().date().isoformat()
    case = send("/cases", 201, type_code="MJ01", hot_issues=[ROOF])["case_id"]
    codes = ("small_cut", "high_attention", "close_to_residents")
    send(f"/cases/{case}/choice", 200, "ChoiceBody.criteria", criteria=dict.fromkeys(codes, SAID))
    measure = {"unit": "fire", "task": SAID, "due": day}
    found = {"kind": "design", "finding": SAID, "tickets": [ticket_id(1000)]}
    send(f"/cases/{case}/causes", 422, "MeasureBody.unit", **found, measures=[measure | {"unit": SAID}])
    send(f"/cases/{case}/causes", 201, "CauseBody.finding", "MeasureBody.task", **found, measures=[measure])
    send(f"/cases/{case}/closing", 200, "ClosingBody.reason", reason=SAID)
    words = ("name", "removes", "standard")
    row = {f"{what}_{language}": SAID for what in words for language in ("cn", "en")}
    capacity = {"unit_cn": SAID, "unit_en": SAID}
    row |= {"code": "M01-A", "element": "E01", "unit": "m2", "consent": "building", "capacity": capacity}
    content = {
        "text": SAID,
        "clauses": [{"id": "1", "text": SAID}],
        "menu": [row],
        "templates": [{"title": SAID, "sha256": "a" * 64}],
    }
    new = {"title": SAID, "lead": "housing", "type_codes": ["MJ01"], "content": content}
    for name, wrong in (("elements", [SAID]), ("papers", {SAID: []}), ("meetings", {"start": [SAID]})):
        send("/standards", 422, f"ContentBody.{name}", **new | {"content": content | {name: wrong}})
    send("/standards", 422, "StandardBody.lead", **new | {"lead": SAID})
    packed = {"format": "closedloop-standard/1", "from_district": "310109", "number": 1, "seal": "a" * 64, **new}
    send("/standards/packages", 422, "PackageBody.title", version=1, **packed)
    send("/standards/packages", 422, "PackageBody.lead", version=1, **packed | {"lead": SAID})
    planted = [f"MenuRowBody.{name}" for name in row if name.endswith(("_cn", "_en"))]
    planted += ["StandardCapacityBody.unit_cn", "StandardCapacityBody.unit_en", "FormBody.title", "StandardBody.title"]
    standard = send("/standards", 201, "ClauseBody.text", "ContentBody.text", *planted, **new)["standard_id"]
    at = f"/standards/{standard}"
    for role in ("bureau", "sub_district", "deputy", "resident"):
        said = send(f"{at}/opinions", 201, "StandardOpinionBody.words", id=str(uuid4()), role=role, words=SAID)
        answer = f"{at}/opinions/{said['opinion_id']}/answer"
        send(answer, 200, "StandardAnswerBody.why", version=1, adopted=False, why=SAID)
    send(f"{at}/consultation", 200)
    send(f"{at}/issue", 200, effective_from=day)
    there = f"{at}/rollout/310109010"
    send(f"{there}/exemption", 200, "ExemptionBody.reason", version=1, reason=SAID, until=day)
    send(f"{there}/adoption", 200, version=2, number=1, trained_on=day)
    check = {"id": str(uuid4()), "sub_district": "310109010", "version": 3, "number": 1, "clause": "1"}
    check |= {"method": "papers", "checked_on": day, "valid_until": day, "verdict": "satisfied"}
    send(f"{at}/checks", 201, "CheckBody.evidence", **check, evidence=SAID)
    send(f"{at}/retirement", 200, "RetirementBody.reason", last_day=day, reason=SAID)
    for path in (f"/cases/{case}", f"/cases/{case}/sheet", at, f"{at}/rollout"):
        planting.send(district.hub, "GET", path, 200)
    for path in (f"/pages/cases/{case}", f"/pages{at}", f"/pages{at}/rollout"):
        planting.send(district.hub, "GET", path, 200)


def _consulted(planting: Planting, district: District, project: str) -> None:
    """A consultation from its draft to its annulment, meetings, an opinion with its answer; and one that agrees."""

    def send(path: str, status: int, *fields: str, **body: Any) -> Any:
        return planting.send(district.hub, "POST", path, status, *fields, json=body).json()

    words = {"wording": SAID, "removed": SAID, "material": SAID, "colour": SAID}
    asked = [f"AskedBody.{name}" for name in words]
    parts = [PARTS[0] | {"owner": SAID}]
    draft = f"/projects/{project}/consultations"
    for wrong in ({"part_id": SAID}, {"building": SAID}):
        send(draft, 422, "PartBody.part_id", id=str(uuid4()), items=[JOIN], parts=[PARTS[0] | wrong])
    said = {"items": [JOIN | words], "parts": parts, "why_differs": SAID}
    one = send(draft, 201, *asked, "PartBody.owner", "ConsultationBody.why_differs", id=str(uuid4()), **said)
    at = f"/consultations/{one['consultation_id']}"
    why, when = {"parts": parts, "why_differs": SAID}, periods(NOW)
    one = send(f"{at}/electorate", 200, "ElectorateBody.why_differs", version=one["version"], **why)
    held = {"version": one["version"], "evidence": "a" * 64, **when, "held_in": when["held_in"] | {"system": SAID}}
    one = send(f"{at}/notice", 200, "HeldInBody.system", **held)
    one = stepped(district.hub, one, "open")
    row = ballots(one, PARTS[:1], "agree", periods(NOW)["opens_at"])[0]
    send(
        f"{at}/ballots",
        422,
        "BallotBody.part_id",
        id=str(uuid4()),
        evidence="a" * 64,
        ballots=[row | {"part_id": SAID}],
    )
    handed = {"part_id": SAID, "at": NOW.isoformat(), "warned": True, "evidence": "a" * 64}
    send(f"{at}/deliveries", 422, "DeliveryBody.part_id", deliveries=[handed])
    sold = {"id": str(uuid4()), "part_id": SAID, "at": NOW.isoformat(), "evidence": "a" * 64}
    send(f"{at}/sales", 422, "SaleBody.part_id", **sold)
    send(f"{at}/codes", 422, "CodesBody.parts", parts=[SAID], why=SAID)
    send(f"{at}/codes", 200, "CodesBody.why", why=SAID)
    one = send(f"{at}/annulment", 200, "AnnulmentBody.reason", version=one["version"], reason=SAID)
    again = {"version": one["version"], "items": [JOIN | {"wording": "列入计划"}], **why}
    send(f"{at}/rounds", 201, "RoundBody.why_differs", **again)
    held = {"id": str(uuid4()), "kind": "hearing", "held_on": "2026-06-30", "minutes": "a" * 64}
    send(f"/projects/{project}/meetings", 422, "MeetingBody.present", **held, present={SAID: 1})
    said = {"id": str(uuid4()), "role": "resident", "words": SAID}
    opinion = send(f"/projects/{project}/opinions", 201, "OpinionBody.words", **said)
    answer = f"/projects/{project}/opinions/{opinion['opinion_id']}/answer"
    send(answer, 200, "OpinionAnswerBody.why", version=1, adopted=False, why=SAID)
    for path in (at, draft, f"/pages{draft}", f"/pages{at}", f"/projects/{project}/hearings"):
        planting.send(district.hub, "GET", path, 200)
    prepare(district.hub, project, "consulted", NOW)
