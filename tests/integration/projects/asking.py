"""Needs over projects' routes, and what was published of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District


def needs(district: District, **asked: str) -> list[dict[str, Any]]:
    answer = district.hub.get("/needs", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return sorted(found, key=lambda need: (need["place"]["estate"], need["element"] or ""))


def ask(district: District, *elements: str, estate: str = "quyang-1", role: str = "hub", **other: Any) -> Any:
    body = {"id": str(uuid4()), "source": "committee", "estate": estate, "elements": elements} | other
    return district.as_(role).post("/needs", json=body)


def events_of(district: District, kind: type[Any]) -> list[Any]:
    return [event for event in published(district.workshop, "projects") if isinstance(event, kind)]
