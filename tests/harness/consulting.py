"""A small consultation from its draft to its published result, over projects' routes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

PARTS = [
    {"part_id": f"3-1-{number}01", "building": "3", "hallway": "1", "area_m2": "60.25", "owner": f"owner {number}"}
    for number in range(1, 4)
]
JOIN = {"rule": "two-thirds-of-all", "item": "join", "wording": "本小区列入修缮计划", "removed": "无"}


class Client(Protocol):
    """An HTTP client of somebody who may act on the project."""

    def get(self, url: str) -> Any: ...

    def post(self, url: str, *, json: Any) -> Any: ...


def sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def asked(menu_item: str, block: str | None = None, rule: str = "ordinary", **other: Any) -> dict[str, Any]:
    """An item of the menu as it is put to the vote."""
    where = {"block": block} if block else {}
    return {"rule": rule, "menu_item": menu_item, "wording": "按菜单实施", "removed": "按菜单", **where, **other}


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def drafted(client: Client, project: str, items: Sequence[Any], parts: Sequence[Any] = PARTS) -> dict[str, Any]:
    return done(
        client.post(f"/projects/{project}/consultations", json={"id": str(uuid4()), "items": items, "parts": parts})
    )


def periods(now: datetime) -> dict[str, Any]:
    """A notice and a vote in the district's system that have ended by now, as long as every rule asks."""
    days = {"announced_at": 30, "opens_at": 14, "closes_at": 1}
    when = {name: (now - timedelta(days=before)).isoformat() for name, before in days.items()}
    issued = (now - timedelta(days=1)).date().isoformat()
    held = {"system": "业主电子投票平台", "number": "HK-2026-17", "evidence": sha256("protocol"), "issued_on": issued}
    return {**when, "held_in": held}


def from_now(now: datetime) -> dict[str, str]:
    """A notice that was posted in time for a vote that opens in an hour and lasts ten days."""
    times = {"announced_at": now - timedelta(days=20), "opens_at": now + timedelta(hours=1)}
    return {name: moment.isoformat() for name, moment in (times | {"closes_at": now + timedelta(days=10)}).items()}


def noticed(client: Client, one: dict[str, Any], when: dict[str, Any]) -> dict[str, Any]:
    body = {"version": one["version"], "evidence": sha256("notice"), **when}
    return done(client.post(f"/consultations/{one['consultation_id']}/notice", json=body))


def stepped(client: Client, one: dict[str, Any], *states: str) -> dict[str, Any]:
    for state in states:
        body = {"version": one["version"], "to": state}
        one = done(client.post(f"/consultations/{one['consultation_id']}/steps", json=body))
    return one


def ballots(one: dict[str, Any], parts: Iterable[Any], choice: str, at: str, **other: Any) -> list[dict[str, Any]]:
    """The same answer of each part on every item."""
    return [
        {
            "part_id": part["part_id"],
            "item": item["item"],
            "choice": choice,
            "origin": "paper",
            "at": at,
            "text_hash": item["text_hash"],
            "delivered": True,
        }
        | other
        for part in parts
        for item in one["items"]
    ]


def imported(client: Client, one: dict[str, Any], rows: Sequence[Any], **other: Any) -> dict[str, Any]:
    body = {"id": str(uuid4()), "evidence": sha256("ballots"), "ballots": rows} | other
    return done(client.post(f"/consultations/{one['consultation_id']}/ballots", json=body))


def consult(
    client: Client,
    project: str,
    items: Sequence[Any],
    now: datetime,
    choice: str = "agree",
    parts: Sequence[Any] = PARTS,
) -> dict[str, Any]:
    """Everybody answers the same by paper, in time; the result is published. Returns the consultation."""
    when = periods(now)
    one = stepped(client, noticed(client, drafted(client, project, items, parts), when), "open")
    assert imported(client, one, ballots(one, parts, choice, when["opens_at"]))["rejected"] == []
    return stepped(client, one, "closed", "counted", "published")


def meet(client: Client, project: str, kind: str, now: datetime) -> dict[str, Any]:
    body = {
        "id": str(uuid4()),
        "kind": kind,
        "held_on": now.date().isoformat(),
        "present": {"resident": 12, "owners_committee": 3},
        "minutes": sha256(kind),
    }
    return done(client.post(f"/projects/{project}/meetings", json=body))


def note_opinion(client: Client, project: str) -> dict[str, Any]:
    body = {"id": str(uuid4()), "role": "resident", "words": "车棚离窗太近"}
    return done(client.post(f"/projects/{project}/opinions", json=body))
