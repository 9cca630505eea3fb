"""Works that go well, over projects' routes: whatever the gates before a state ask for is done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from tests.harness.consulting import JOIN, asked, consult, meet

READINGS: dict[str, dict[str, Any]] = {
    "roof": {"water_test_hours": 24, "ponding": 2, "overlap": 100, "leak_free": True},
    "facade": {"hollow_area": 1, "colour_as_agreed": True, "fixings_hold": True},
    "pipes": {"pressure_held": 30, "fall": 0.5, "leak_free": True, "surface_made_good": True},
    "wiring": {"insulation": 1, "earthing": 2, "works_as_shown": True},
    "common": {"as_agreed": True, "safe": True, "clean": True},
}
PAPERS_BEFORE = {
    "approved": ("approval",),
    "contracted": ("contract",),
    "started": ("design",),
    "accepted": ("completion_report", "acceptance_record"),
    "audited": ("audit_report",),
    "handed_over": ("warranty_letter",),
}
UNITS = {
    "implementing": ("区旧住房修缮中心", "12310109MB2F0BBB20"),
    "design": ("沪上建筑设计公司", "91310000MA1FL3CC36"),
    "construction": ("申江建设公司", "91310115MA1H7DDD4M"),
    "supervisor": ("公正工程监理公司", "91310109MA1G5AAA1T"),
}
"""Invented, with valid check characters."""
ROOF = {"menu_item": "M01-A", "block": "3", "contracted": "820.50", "unit_cost_fen": 12000}


class Client(Protocol):
    """An HTTP client of somebody who may act on the project."""

    def get(self, url: str) -> Any: ...

    def post(self, url: str, *, json: Any) -> Any: ...


def works(client: Client, project: str) -> dict[str, Any]:
    answer = client.get(f"/projects/{project}/works")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def do(client: Client, project: str, act: str, **body: Any) -> dict[str, Any]:
    """One act that must go well."""
    answer = client.post(f"/projects/{project}/{act}", json=body)
    assert answer.status_code in (200, 201), answer.text
    done: dict[str, Any] = answer.json()
    return done


def paper(client: Client, project: str, kind: str) -> str:
    filed = do(
        client,
        project,
        "papers",
        id=str(uuid4()),
        kind=kind,
        name=kind,
        sha256=hashlib.sha256(kind.encode()).hexdigest(),
        **({"issued_by": "housing"} if kind == "approval" else {}),
    )
    return str(filed["paper_id"])


def inspection(item: dict[str, Any], now: datetime, **other: Any) -> dict[str, Any]:
    """The body of an inspection on what is known, that accepts the whole quantity."""
    return {
        "id": str(uuid4()),
        "item_id": item["item_id"],
        "bases": item["bases"],
        "template": item["template"],
        "readings": READINGS[item["template"]["code"]],
        "accepted": item["contracted"],
        "inspected_at": now.isoformat(),
    } | other


def filed(client: Client, project: str, kind: str) -> str:
    """A paper of this kind that is filed already, or is filed now."""
    known = [one["paper_id"] for one in works(client, project)["papers"] if one["kind"] == kind]
    return known[-1] if known else paper(client, project, kind)


def confirm(client: Client, project: str, items: Sequence[dict[str, Any]], approval: str, now: datetime) -> None:
    """What must be done by the approval, what residents choose by a consultation that everybody agrees in."""
    chosen = [item for item in items if item["choice"] in ("choose", "own-vote")]
    must = [item["item_id"] for item in items if item not in chosen]
    if must:
        do(client, project, "items/confirmation", items=must, paper_id=approval)
    if chosen:
        result = consult(client, project, [asked(item["menu_item"], item["block"]) for item in chosen], now)
        ids = [item["item_id"] for item in chosen]
        do(client, project, "items/confirmation", items=ids, consultation_id=result["consultation_id"])


def name_units(client: Client, project: str) -> None:
    known = {party["role"] for party in works(client, project)["parties"]}
    for role, (name, code) in UNITS.items():
        if role not in known:
            do(client, project, "parties", role=role, name=name, code=code)


def sign(client: Client, project: str, paper_id: str, now: datetime, **other: Any) -> dict[str, Any]:
    """The builder's contract."""
    day = now.date()
    body = {
        "id": str(uuid4()),
        "party": "construction",
        "paper_id": paper_id,
        "sum_fen": 98_460_000,
        "starts": day.isoformat(),
        "ends": day.replace(year=day.year + 1, day=1).isoformat(),
    }
    return do(client, project, "contracts", **body | other)


def prepare(client: Client, project: str, state: str, now: datetime) -> None:
    """Does what the gates before `state` ask for; nothing for a state without gates."""
    for kind in PAPERS_BEFORE.get(state, ()):
        filed(client, project, kind)
    if state == "consulted":
        consult(client, project, [JOIN], now)
    elif state == "scheme_confirmed":
        meet(client, project, "review", now)
    elif state == "contracted":
        name_units(client, project)
        if not works(client, project)["contracts"]:
            sign(client, project, filed(client, project, "contract"), now)
    elif state == "started":
        items = works(client, project)["items"] or do(client, project, "items", items=[ROOF])["items"]
        confirm(client, project, items, filed(client, project, "approval"), now)
        name_units(client, project)
        if left := works(client, project)["to_disclose"]:
            do(client, project, "disclosures", what=left)
        if not works(client, project)["impacts_planned"]:
            do(client, project, "impacts/plan", version=0)
    elif state == "accepted":
        for item in works(client, project)["items"]:
            do(client, project, "inspections", **inspection(item, now))
        for block in works(client, project)["blocks"]:
            if block["accepted"]:
                continue
            body = {
                "block": block["block"],
                "accepted_on": now.date().isoformat(),
                "residents": 3,
                "years": {"E16": 25},
            }
            do(client, project, "acceptances", **body)
    elif state == "audited":
        report = filed(client, project, "audit_report")
        for contract in works(client, project)["contracts"]:
            if not contract["audit"]:
                body = {"version": contract["version"], "report": report, "audited_fen": 98_000_000}
                do(client, project, f"contracts/{contract['contract_id']}/audit", **body)
