"""Typical cases and standards over projects' routes: from three hot issues to a standard that sub-districts adopt."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.contracts.districts import sub_districts
from tests.integration.projects.events import take, ticket_id
from tests.integration.projects.loop_of import District
from tests.integration.projects.storms import somewhere

LEAD = "department:housing"
HERE = "310109010"
EVIDENCE = {
    "small_cut": "屋面渗漏一类",
    "high_attention": "三个小区同时集中反映",
    "close_to_residents": "雨天家中漏水",
}
CONTENT: dict[str, Any] = {
    "text": "屋面防水翻修办法",
    "clauses": [{"id": "1", "text": "翻修前闭水查明渗漏点"}, {"id": "2", "text": "竣工后闭水二十四小时"}],
    "elements": ["E01"],
}


def three_hot_issues(district: District) -> None:
    """One type in three estates of two sub-districts: the rule proposes a case."""
    for estate in range(3):
        take(district.workshop, *(somewhere(10 * estate + n, estate, by=n, day=10 * estate + n) for n in range(5)))


def proposed(district: District) -> dict[str, Any]:
    three_hot_issues(district)
    found: dict[str, Any] = district.hub.get("/cases").json()["items"][0]
    return found


def on_case(district: District, case_id: str, act: str, role: str = LEAD, **body: Any) -> Any:
    """Takes the step on the case as it is now."""
    version = district.hub.get(f"/cases/{case_id}").json()["version"]
    return district.as_(role).post(f"/cases/{case_id}/{act}", json={"version": version} | body)


def cause(**other: Any) -> dict[str, Any]:
    measures = [{"unit": "construction", "task": "闭水试验写入合同", "due": "2026-08-01"}]
    return {"kind": "rule_gap", "finding": "没有闭水要求", "tickets": [ticket_id(1)], "measures": measures} | other


def analysed(district: District) -> str:
    case_id: str = proposed(district)["case_id"]
    for act, body in (("choice", {"criteria": EVIDENCE}), ("causes", cause()), ("analysis", {})):
        answer = on_case(district, case_id, act, **body)
        assert answer.status_code in (200, 201), answer.text
    return case_id


def drafted(district: District, case_id: str | None = None, **content: Any) -> dict[str, Any]:
    body = {"title": "屋面防水翻修办法", "lead": "housing", "type_codes": ["MJ01"], "content": CONTENT | content}
    answer = district.as_(LEAD).post("/standards", json=body | ({"case_id": case_id} if case_id else {}))
    assert answer.status_code == 201, answer.text
    standard: dict[str, Any] = answer.json()
    return standard


def standard_of(district: District, standard_id: str) -> dict[str, Any]:
    found: dict[str, Any] = district.hub.get(f"/standards/{standard_id}").json()
    return found


def on_standard(district: District, standard_id: str, act: str, role: str = LEAD, **body: Any) -> Any:
    version = standard_of(district, standard_id)["version"]
    return district.as_(role).post(f"/standards/{standard_id}/{act}", json={"version": version} | body)


def consulted(district: District, standard_id: str) -> None:
    """Everybody who must be is heard and answered."""
    for role in ("bureau", "sub_district", "deputy", "resident"):
        said = {"id": str(uuid4()), "role": role, "words": "赞成"}
        path = f"/standards/{standard_id}/opinions"
        heard = district.as_(LEAD).post(path, json=said)
        assert heard.status_code == 201, heard.text
        answer = {"version": 1, "adopted": True, "why": "已采纳"}
        assert district.as_(LEAD).post(f"{path}/{said['id']}/answer", json=answer).status_code == 200
    answer = on_standard(district, standard_id, "consultation")
    assert answer.status_code == 200, answer.text


def issued(district: District, case_id: str | None = None, day: str = "2026-07-01", **content: Any) -> str:
    standard_id: str = drafted(district, case_id, **content)["standard_id"]
    consulted(district, standard_id)
    answer = on_standard(district, standard_id, "issue", effective_from=day)
    assert answer.status_code == 200, answer.text
    return standard_id


def revised(district: District, standard_id: str, day: str, supersedes: int = 1, **content: Any) -> None:
    """The next version is issued."""
    body = {"content": CONTENT | content} if content else {}
    assert on_standard(district, standard_id, "editions", **body).status_code == 201
    consulted(district, standard_id)
    answer = on_standard(district, standard_id, "issue", effective_from=day, supersedes=supersedes)
    assert answer.status_code == 200, answer.text


def rollout_of(district: District, standard_id: str) -> dict[str, Any]:
    found: dict[str, Any] = district.hub.get(f"/standards/{standard_id}/rollout").json()
    return found


def here(district: District, standard_id: str, sub_district: str = HERE) -> dict[str, Any]:
    items = rollout_of(district, standard_id)["items"]
    return next(one for one in items if one["sub_district"] == sub_district)


def in_place(district: District, standard_id: str, sub_district: str, act: str, role: str = LEAD, **body: Any) -> Any:
    version = here(district, standard_id, sub_district)["version"]
    path = f"/standards/{standard_id}/rollout/{sub_district}/{act}"
    return district.as_(role).post(path, json={"version": version} | body)


def adopted_everywhere(district: District, standard_id: str, number: int = 1, trained_on: str = "2026-06-30") -> None:
    for code, place in sub_districts().items():
        role = f"department:{place.office}"
        answer = in_place(district, standard_id, code, "adoption", role, number=number, trained_on=trained_on)
        assert answer.status_code == 200, answer.text


def checked(district: District, standard_id: str, clause: str, **other: Any) -> Any:
    body = {
        "id": str(uuid4()),
        "sub_district": HERE,
        "version": here(district, standard_id)["version"],
        "number": 1,
        "clause": clause,
        "method": "on_site",
        "evidence": "查看三处工地",
        "checked_on": "2026-07-01",
        "valid_until": "2026-12-31",
        "verdict": "satisfied",
    }
    return district.as_(LEAD).post(f"/standards/{standard_id}/checks", json=body | other)
