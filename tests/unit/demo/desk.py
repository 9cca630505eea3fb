"""Services that only write down what they are told, for tests of those who tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Told = tuple[str, str, dict[str, Any]]


@dataclass
class Services:
    """`lists` by path are what is asked for; `told` is (role, path, body) in order. Every version is 7."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    refuses_answers: bool = False

    def as_role(self, role: str) -> Person:
        return Person(role, self)

    def all_at_once(self, act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [act(item) for item in items]

    def bodies(self, end: str) -> list[dict[str, Any]]:
        return [body for _, path, body in self.told if path.endswith(end)]


@dataclass
class Person:
    role: str
    services: Services

    def get(self, service: str, path: str, **query: Any) -> Any:
        return {"version": 7, "state": "any", "project_id": "p-1" if "hot-issues" in path else None}

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        self.services.told.append((self.role, path, body))
        if path.endswith("/batch"):
            rows = body["tickets"]
            return {
                "results": [
                    {"source_id": row["source_id"], "ticket_id": f"t-{row['source_id']}", "repeated": False}
                    for row in rows
                ]
            }
        if path.endswith("/answers"):
            refusal = {"problem": {"status": 409}} if self.services.refuses_answers else {}
            return {"results": [{"ticket_id": one} | refusal for one in body["ticket_ids"]], "more": False}
        return {"version": 8}

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        yield from self.services.lists.pop(f"{path} {query.get('state') or query.get('stage')}", [])
