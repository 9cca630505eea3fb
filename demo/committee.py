"""The owners' committee: asks owners by paper, item by item, holds the review, and answers what was said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.interfaces import Person

HALLWAYS, FLOORS = 2, 6
JOIN = {"rule": "two-thirds-of-all", "item": "join", "wording": "本小区申请列入修缮计划", "removed": "无"}
UNCLEAR = {"wording": "外墙等修缮", "removed": "见方案"}
CLEAR = {"wording": "外墙修缮：原面砖全部保留，只补空鼓处", "removed": "空鼓粉刷；面砖不铲"}
ANNOUNCED, OPENED, CLOSED = timedelta(days=22), timedelta(days=6), timedelta(hours=2)
"""Before the result is published: notice for sixteen days, voting for nearly six."""


class Committee:
    """Acts as `person`, the bureau, which counts. Each act may be repeated."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def ask_to_join(self, project: str, now: datetime) -> None:
        """Two thirds of all owners want their estate repaired."""
        self._ask(project, "join", [JOIN], now)

    def ask_by_item(
        self, project: str, rows: Sequence[dict[str, Any]], block: str, now: datetime, *, unclear: bool = False
    ) -> None:
        """Each item of the menu by itself, with what goes; then the review meeting, and an opinion with its answer.

        `unclear`: the ballot names the item, and not what goes.
        """
        items = [_asked(row, block) | (UNCLEAR if unclear else {}) for row in rows]
        self._ask(project, "scheme", items, now)
        at = f"/projects/{project}"
        review = {
            "id": _id(project, "review"),
            "kind": "review",
            "held_on": now.date().isoformat(),
            "present": {"resident": 23, "owners_committee": 3, "deputy": 1},
            "minutes": _sha256(project, "minutes"),
        }
        self._person.post("projects", f"{at}/meetings", review)
        said = {"id": _id(project, "opinion"), "role": "resident", "words": "施工时间请避开午休。"}
        opinion = self._person.post("projects", f"{at}/opinions", said)
        if opinion["adopted"] is None:
            answer = {"version": opinion["version"], "adopted": True, "why": "中午十二点到两点不施工，写入合同。"}
            self._person.post("projects", f"{at}/opinions/{opinion['opinion_id']}/answer", answer)

    def ask_again(self, project: str, row: dict[str, Any], block: str, now: datetime) -> None:
        """A further round on one item: this time the ballot says what stays and what goes."""
        words = "外墙修缮没说要铲面砖，我们以为会保留。"
        said = {"id": _id(project, "tiles"), "role": "resident", "words": words}
        opinion = self._person.post("projects", f"/projects/{project}/opinions", said)
        if opinion["adopted"] is None:
            answer = {"version": opinion["version"], "adopted": True, "why": "停工；写明面砖保留，重新征询。"}
            self._person.post("projects", f"/projects/{project}/opinions/{opinion['opinion_id']}/answer", answer)
        before = self._person.get("projects", f"/consultations/{self.result_for(project, row['code'])}")
        if before["round"] > 1:
            return
        clear = _asked(row, block) | CLEAR
        asked = {"version": before["version"], "items": [clear]}
        at = f"/consultations/{before['consultation_id']}/rounds"
        self._take_through(project, "again", self._person.post("projects", at, asked), now)

    def result_for(self, project: str, menu_item: str) -> str:
        """The consultation that asked about an item."""
        found = self._person.get("projects", f"/projects/{project}/consultations")["items"]
        asked = [one for one in found if any(item["menu_item"] == menu_item for item in one["items"])]
        return str(asked[-1]["consultation_id"])

    def _ask(self, project: str, what: str, items: Sequence[dict[str, Any]], now: datetime) -> None:
        draft = {"id": _id(project, what), "items": items, "parts": parts()}
        one = self._person.post("projects", f"/projects/{project}/consultations", draft)
        self._take_through(project, what, one, now)

    def _take_through(self, project: str, what: str, one: dict[str, Any], now: datetime) -> None:
        """From the draft to the published result."""
        at = f"/consultations/{one['consultation_id']}"
        if one["state"] == "drafted":
            notice = {
                "version": one["version"],
                "announced_at": (now - ANNOUNCED).isoformat(),
                "opens_at": (now - OPENED).isoformat(),
                "closes_at": (now - CLOSED).isoformat(),
                "evidence": _sha256(project, what, "notice"),
                "held_in": {
                    "system": "业主电子投票平台",
                    "number": f"HK-{now:%Y-%m%d}",
                    "evidence": _sha256(project, what, "protocol"),
                    "issued_on": (now - CLOSED).date().isoformat(),
                },
            }
            one = self._person.post("projects", f"{at}/notice", notice)
        for state in ("open", "closed", "counted", "published"):
            if state in one["may_become"]:
                one = self._person.post("projects", f"{at}/steps", {"version": one["version"], "to": state})
            if state == "open" and one["state"] == "open":
                self._person.post("projects", f"{at}/ballots", self._ballots(project, what, one, now))

    def _ballots(self, project: str, what: str, one: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Of twenty-four flats twenty agree, two do not, and two say nothing."""
        voted = (now - timedelta(days=3)).isoformat()
        rows = [
            {
                "part_id": part["part_id"],
                "item": item["item"],
                "choice": "disagree" if number in (5, 17) else "agree",
                "origin": "paper",
                "at": voted,
                "delivered": True,
                "text_hash": item["text_hash"],
            }
            for number, part in enumerate(parts())
            for item in one["items"]
            if number not in (8, 20)
        ]
        evidence = _sha256(project, what, "ballots")
        return {"id": _id(project, what, "ballots"), "evidence": evidence, "ballots": rows}


def parts() -> list[dict[str, str]]:
    """Block 3: two hallways, six floors, two flats on each."""
    return [
        {
            "part_id": f"3-{hallway}-{floor}0{flat}",
            "building": "3",
            "hallway": str(hallway),
            "area_m2": f"{52 + 6 * flat}.50",
            "owner": f"{hallway}-{floor}-{flat}",
        }
        for hallway in range(1, HALLWAYS + 1)
        for floor in range(1, FLOORS + 1)
        for flat in (1, 2)
    ]


def _asked(row: dict[str, Any], block: str) -> dict[str, Any]:
    where = {} if row["consent"] == "estate" else {"block": block}
    return {
        "rule": "ordinary" if row["consent"] == "estate" else "building-ordinary",
        "menu_item": row["code"],
        "wording": f"{row['name_cn']}：{row['standard_cn']}",
        "removed": row["removes_cn"],
        **where,
    }


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "|".join(("consultation", *parts))))


def _sha256(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
