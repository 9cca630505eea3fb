"""Parties and contracts of works: named, signed, changed and audited, each with its papers."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.works_events import WorksContractChanged, WorksPartyNamed
from tests.harness.works import UNITS, do, name_units, paper, sign, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF, published
from tests.integration.projects.loop_of import District

BUILDER, CODE = UNITS["construction"]


@pytest.fixture
def project(district: District) -> str:
    opened: str = district.decide(ROOF, kind="project")["project_id"]
    district.advance(opened, "tendered")
    return opened


def send(district: District, project: str, act: str, reader: str = "hub", **body: Any) -> Any:
    return district.as_(reader).post(f"/projects/{project}/{act}", json=body)


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [fault["field"] for fault in answer.json()["errors"]]


def test_a_contract_is_changed_and_audited_by_its_papers(district: District, project: str) -> None:
    name_units(district.hub, project)
    signed = sign(district.hub, project, paper(district.hub, project, "contract"), NOW, sum_fen=1_000_00)
    path, order = f"contracts/{signed['contract_id']}", paper(district.hub, project, "change_order")
    for nothing in (0, True):
        refused = send(district, project, f"{path}/changes", version=1, change_order=order, delta_fen=nothing)
        assert fields(refused) == ["body.delta_fen"]
    changed = do(district.hub, project, f"{path}/changes", version=1, change_order=order, delta_fen=200_00)
    assert (changed["due_fen"], changed["version"]) == (1_200_00, 2)
    assert fields(send(district, project, f"{path}/changes", version=2, change_order=order, delta_fen=1)) == [
        "body.change_order"
    ]
    report = paper(district.hub, project, "audit_report")
    early = send(district, project, f"{path}/audit", version=2, report=report, audited_fen=1)
    assert (early.status_code, early.json()["current_state"]) == (409, "tendered")
    district.advance(project, "accepted")
    above = send(district, project, f"{path}/audit", version=2, report=report, audited_fen=1_200_01)
    assert fields(above) == ["body.audited_fen"]
    held = send(district, project, "steps", version=district.project(project)["version"], to="audited")
    assert "contracts_audited" in {hold["gate"] for hold in held.json()["holds"]}
    audited = do(district.hub, project, f"{path}/audit", version=2, report=report, audited_fen=1_150_00)
    assert audited["audit"] == {"report": report, "audited_fen": 1_150_00}
    changes = [one for one in published(district.workshop, "projects") if isinstance(one, WorksContractChanged)]
    assert [one.version for one in changes] == [1, 2, 3]


def test_nothing_is_contracted_without_units_and_the_builder_s_contract(district: District, project: str) -> None:
    shut = send(district, project, "steps", version=district.project(project)["version"], to="contracted")
    held = {hold["gate"]: hold["by"] for hold in shut.json()["holds"]}
    assert held["parties_named"] == ["construction", "design", "implementing"]
    assert held["builder_contracted"] == ["construction"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "91310115MA1H7DDD4N"}, "code"),
        ({"code": "申江建设"}, "code"),
        ({"role": "residents"}, "role"),
        ({"name": ""}, "name"),
        ({"role": "supervisor"}, "code"),
    ],
)
def test_a_party_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    do(district.hub, project, "parties", role="construction", name=BUILDER, code=CODE)
    body = {"version": 1, "role": "construction", "name": BUILDER, "code": CODE} | change
    body["version"] = 1 if body["role"] == "construction" else 0
    assert fields(send(district, project, "parties", **body)) == [f"body.{field}"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sum_fen": 0}, "sum_fen"),
        ({"ends": "2026-01-01"}, "ends"),
        ({"party": "design"}, "party"),
        ({"paper_id": str(uuid4())}, "paper_id"),
    ],
)
def test_a_contract_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    do(district.hub, project, "parties", role="construction", name=BUILDER, code=CODE)
    body = {
        "id": str(uuid4()),
        "party": "construction",
        "paper_id": paper(district.hub, project, "contract"),
        "sum_fen": 100,
        "starts": "2026-10-08",
        "ends": "2027-05-31",
    }
    assert fields(send(district, project, "contracts", **body | change)) == [f"body.{field}"]
    assert works(district.hub, project)["contracts"] == []


def test_a_contract_sent_twice_is_one(district: District, project: str) -> None:
    do(district.hub, project, "parties", role="construction", name=BUILDER, code=CODE)
    once, filed = str(uuid4()), paper(district.hub, project, "contract")
    assert sign(district.hub, project, filed, NOW, id=once) == sign(district.hub, project, filed, NOW, id=once)
    (signed,) = works(district.hub, project)["contracts"]
    other = {name: signed[name] for name in ("party", "paper_id", "starts", "ends")} | {"id": once, "sum_fen": 1}
    assert fields(send(district, project, "contracts", **other)) == ["body.id"]
    assert len(works(district.hub, project)["contracts"]) == 1


def test_of_two_who_name_different_units_at_once_one_does(district: District, project: str) -> None:
    answers: list[int] = []
    together = threading.Barrier(2)

    def name(role: str) -> None:
        client = district.as_("hub")
        together.wait(60)
        unit, code = UNITS[role]
        body = {"role": "construction", "name": unit, "code": code}
        answers.append(client.post(f"/projects/{project}/parties", json=body).status_code)

    threads = [threading.Thread(target=name, args=(role,)) for role in ("construction", "design")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200, 409]
    named = [one for one in published(district.workshop, "projects") if isinstance(one, WorksPartyNamed)]
    assert [one.version for one in named] == [1]


@pytest.mark.parametrize(("role", "status"), [("supervisor", 403), ("department:fire", 404)])
def test_others_name_nobody(district: District, project: str, role: str, status: int) -> None:
    body = {"role": "construction", "name": BUILDER, "code": CODE}
    assert send(district, project, "parties", role, **body).status_code == status
