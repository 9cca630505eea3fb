"""A stand-in for intake's batch route: knows rows by source id, refuses what it is set to refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

NUMBER = "260701080000000001"

Fault = Callable[[httpx.Request], httpx.Response | None]


def problem(status: int, detail: str, *fields: str) -> httpx.Response:
    errors = [{"field": name, "message": detail} for name in fields]
    return httpx.Response(status, json={"detail": detail, "errors": errors})


@dataclass
class BatchRoute:
    """`faults` are asked in turn before a request is handled; `poison` in a text refuses the whole batch."""

    faults: list[Fault] = field(default_factory=list)
    poison: str | None = None
    known: dict[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.bodies.append(body)
        self.tokens.append(request.headers.get("Authorization", ""))
        if self.faults and (answer := self.faults.pop(0)(request)) is not None:
            return answer
        texts = [ticket["text"] for ticket in body["tickets"]]
        if self.poison is not None and any(self.poison in text for text in texts):
            number = next(n for n, text in enumerate(texts) if self.poison in text)
            return problem(422, "text: is not for us", f"body.tickets.{number}.text")
        return httpx.Response(200, json={"results": [self._row(ticket) for ticket in body["tickets"]]})

    def _row(self, ticket: dict[str, Any]) -> dict[str, Any]:
        source_id, text = ticket["source_id"], ticket["text"]
        repeated = source_id in self.known
        if self.known.setdefault(source_id, text) != text:
            reused = {"field": "source_id", "message": "came before with another content", "remedy": "correct the id"}
            return {"source_id": source_id, "problem": reused}
        return {
            "source_id": source_id,
            "ticket_id": f"ticket-{source_id}",
            "number": "260701080000000001",
            "repeated": repeated,
        }
