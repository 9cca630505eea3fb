"""A supervising party, a deputy and units who go through supervision over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.integration.projects.conftest import NOW
from tests.integration.projects.loop_of import District

PAPER = "a" * 64
SOLVED = {"reply_class": "A", "text": "已修复", "on": "2026-06-30", "signed_on": "2026-07-01", "signature": PAPER}
PROMISED = {"reply_class": "B", "text": "年内完成", "on": "2026-10-31", "signed_on": "2026-07-01", "signature": PAPER}
PLEASED = {"manner": "satisfied", "result": "mostly"}
DISPLEASED = {"manner": "satisfied", "result": "dissatisfied", "why": "没有说清何时完工"}


class Supervising:
    """`party` acts for the Standing Committee; `unit` answers for housing."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.party = district.as_("supervisor:congress")
        self.unit = district.as_("department:housing")

    def send(self, role: str, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.district.as_(*role.split("+")).post(f"/supervision/{path}", json=body)
        assert answer.status_code == status, f"{role} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def topic(self, **other: Any) -> dict[str, Any]:
        body = {
            "id": str(uuid4()),
            "party": "congress",
            "area": "home",
            "title": "屋面渗漏整治",
            "why": "三个小区反复投诉",
        }
        made: dict[str, Any] = self.send("supervisor:congress", "topics", 201, **(body | other))
        return made

    def inspection(self, **other: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "sub_district": "310109010",
            "units": ["housing"],
            "people": [{"role": "deputy", "number": 3}, {"role": "official", "unit": "construction", "number": 1}],
            "made_at": NOW.isoformat(),
            "findings": [{"note": "顶楼三户渗水", "photographs": [PAPER]}],
        } | other

    def clause(self, topic: dict[str, Any], **other: Any) -> dict[str, Any]:
        clause = {"id": str(uuid4()), "text": "年内完成屋面翻修", "unit": "housing"} | other
        path = f"topics/{topic['topic_id']}/opinions"
        found: dict[str, Any] = self.send("supervisor:congress", path, 201, clauses=[clause])["items"][0]
        return found

    def step(self, clause: dict[str, Any], act: str, role: str = "supervisor:congress", **body: Any) -> dict[str, Any]:
        sent = {"version": clause["version"], **body}
        stepped: dict[str, Any] = self.send(role, f"clauses/{clause['clause_id']}/{act}", **sent)
        return stepped

    def handed_over(self, topic: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
        clause = self.clause(topic or self.topic(), **other)
        return self.step(clause, "hand-over", unit=clause["unit"])

    def replied(self, reply: dict[str, Any], **other: Any) -> dict[str, Any]:
        return self.step(self.handed_over(**other), "reply", "department:housing", **reply)

    def tracked(self, reply: dict[str, Any] = PROMISED) -> dict[str, Any]:
        return self.step(self.replied(reply), "rating", **PLEASED)

    def shown(self, clause: dict[str, Any]) -> dict[str, Any]:
        sheet = self.party.get(f"/supervision/topics/{clause['topic_id']}").json()
        (found,) = (one for one in sheet["opinions"] if one["clause_id"] == clause["clause_id"])
        return dict(found)
