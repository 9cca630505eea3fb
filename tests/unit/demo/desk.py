"""Services that only record what people do with them, for tests of those people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.contracts.elements import elements

A_SITE: dict[str, Any] = {
    "items": [
        {
            "item_id": "i-1",
            "choice": "must",
            "menu_item": "M01-A",
            "contracted": "10.00",
            "confirmed_by": None,
            "bases": [],
            "template": {},
            "checks": [],
        },
    ],
    "parties": [],
    "contracts": [],
    "progress": {"contracted_fen": 240_000},
    "blocks": [{"block": "3号", "accepted": False}],
    "to_disclose": ["hours"],
    "impacts_planned": False,
}
"""Works of one item, whatever is done there."""
A_ROW = {
    "code": "M01-A",
    "consent": "building",
    "unit": "m2",
    "name_cn": "屋面翻修",
    "standard_cn": "卷材",
    "removes_cn": "旧卷材",
}
A_BALLOT = {"consultation_id": "c-1", "version": 1, "items": [{"item": "join", "menu_item": None, "text_hash": "0"}]}
COURSE = {"drafted": "noticed", "noticed": "open", "open": "closed", "closed": "counted", "counted": "published"}
"""What a consultation becomes next."""
AN_IMPACT = {"impact_id": "cut", "state": "announced", "version": 1, "starts": "begin", "ends": "end"}
Request = tuple[str, str, dict[str, Any]]


@dataclass
class Services:
    """`lists` by path are what is asked for; `requests` are (role, path, body) in order. Every version is 7."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    refusal_of_answers: dict[str, Any] | None = None

    def as_role(self, role: str) -> Person:
        return Person(role, self)

    def all_at_once(self, act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [act(item) for item in items]

    def bodies(self, end: str) -> list[dict[str, Any]]:
        return [body for _, path, body in self.requests if path.endswith(end)]


@dataclass
class Person:
    role: str
    services: Services

    def get(self, service: str, path: str, **query: Any) -> Any:
        return looked_up(path) or {"version": 7, "state": "any", "project_id": "p-1" if "hot-issues" in path else None}

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        self.services.requests.append((self.role, path, body))
        if path.endswith("/batch"):
            rows = body["tickets"]
            return {
                "results": [
                    {"source_id": row["source_id"], "ticket_id": f"t-{row['source_id']}", "repeated": False}
                    for row in rows
                ]
            }
        if path.endswith("/answers"):
            refusal = {"problem": self.services.refusal_of_answers} if self.services.refusal_of_answers else {}
            return {"results": [{"ticket_id": one} | refusal for one in body["ticket_ids"]], "more": False}
        return consulted(path, body) or {"version": 8}

    def step(
        self, service: str, thing: str, step: str, body: dict[str, Any], *, version: int | None = None, wanted: Any
    ) -> None:
        self.post(service, f"{thing}/{step}", {"version": version or 7} | body)

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        yield from self.services.lists.pop(f"{path} {query.get('state') or query.get('stage')}", [])


def looked_up(path: str) -> dict[str, Any] | None:
    """Works, the menu, disturbances and consultations, as they always are."""
    if path.endswith("/works"):
        return A_SITE
    if path == "/menu":
        return {"items": [A_ROW | {"element": element} for element in elements()]}
    if path.endswith("/impacts"):
        return {"impacts": [AN_IMPACT]}
    if path.endswith("/consultations"):
        return {"items": [A_BALLOT | {"items": [{"menu_item": A_ROW["code"]}]}]}
    if path.startswith("/consultations/"):
        return A_BALLOT | {"round": 1}
    return None


def consulted(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """What becomes of a consultation, or of an opinion."""
    if path.endswith("/consultations"):
        return _asked("drafted")
    if path.endswith("/opinions"):
        return {"version": 1, "adopted": None, "opinion_id": "o-1"}
    if path.endswith("/rounds"):
        return _asked("drafted")
    if path.startswith("/consultations/"):
        return _asked(body.get("to", "noticed"))
    return None


def _asked(state: str) -> dict[str, Any]:
    return A_BALLOT | {"state": state, "may_become": [COURSE[state]] if state in COURSE else []}
