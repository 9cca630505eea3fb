"""The bureau's builder: contracts items by the menu, has them inspected, and accepts them block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.committee import Committee
from demo.interfaces import Person
from services.contracts.districts import SHANGHAI

BLOCK = "3号"
QUANTITY = {"m2": "680.00", "m": "240.00", "piece": "24", "household": "48", "hallway": "6", "block": "3"}
"""By unit of the menu: what a small estate has of it."""
CAPACITY: Mapping[str, Mapping[str, int]] = {
    "E16": {"capacity_before": 60, "capacity_after": 200},
    "E17": {"capacity_before": 0, "capacity_after": 48},
}
"""By element: bicycles and sockets, before and after."""
COST_FEN = 24_000
PAPERS: Mapping[str, Sequence[tuple[str, str]]] = {
    "approved": (("approval", "立项批复"),),
    "contracted": (("contract", "施工合同"),),
    "started": (("design", "设计方案"),),
    "accepted": (("completion_report", "竣工报告"), ("acceptance_record", "竣工验收记录")),
    "audited": (("audit_report", "审计报告"),),
    "handed_over": (("warranty_letter", "质量保修书"),),
}
"""Filed with the state that a project takes."""
UNITS: Mapping[str, tuple[str, str]] = {
    "implementing": ("区旧住房修缮中心", "12310109MB2F0BBB20"),
    "design": ("沪上建筑设计公司", "91310000MA1FL3CC36"),
    "construction": ("申江建设公司", "91310115MA1H7DDD4M"),
    "supervisor": ("公正工程监理公司", "91310109MA1G5AAA1T"),
}
"""Invented; the codes have valid check characters."""
MENDING = (("open", "cured", "construction", "返工重做。"), ("cured", "closed", "residents", "雨后看过，没有再渗。"))
"""From which state to which, on whose behalf, and what they say."""
APPROVED_BY = "housing"
SHED_YEARS = {"E16": 25}
CUT_AFTER, CUT_FROM, CUT_LASTS = timedelta(days=5), time(9), timedelta(hours=3)


class Builder:
    """Acts as `person`. Each act may be repeated: ids are made of the project and of what the act is about."""

    def __init__(self, person: Person, committee: Committee) -> None:
        self._person = person
        self._committee = committee

    def prepare(self, project: str, elements: Sequence[str], now: datetime) -> None:
        """Everything that the gate before works asks for."""
        self.file(project, "started")
        self.confirm(project, _id(project, "paper", "approval"))
        works = self._works(project)
        if works["to_disclose"]:
            self._do(project, "disclosures", what=works["to_disclose"])
        if not works["impacts_planned"]:
            self._do(project, "impacts/plan", version=0)
        self.build(project, 1, now, choice="before-works")

    def agree(self, project: str, elements: Sequence[str], now: datetime) -> None:
        """Lists the items, names the units, and signs with the builder for the sum of the items."""
        paper = self.file(project, "contracted")["contract"]
        if not self._works(project)["items"]:
            self._do(project, "items", items=list(map(_picked, self.rows(elements))))
        works = self._works(project)
        known = {party["role"] for party in works["parties"]}
        for role, (name, code) in UNITS.items():
            if role not in known:
                self._do(project, "parties", role=role, name=name, code=code)
        self._do(
            project,
            "contracts",
            id=_id(project, "contract"),
            party="construction",
            paper_id=paper,
            sum_fen=works["progress"]["contracted_fen"],
            starts=now.date().isoformat(),
            ends=(now + timedelta(days=300)).date().isoformat(),
        )

    def rows(self, elements: Sequence[str]) -> list[dict[str, Any]]:
        """The menu's first row of each element."""
        menu = self._person.get("projects", "/menu")["items"]
        return [next(row for row in menu if row["element"] == element) for element in elements]

    def confirm(self, project: str, approval: str) -> None:
        """What must be done by the approval, what residents choose by the result of their consultation."""
        items = [item for item in self._works(project)["items"] if not item["confirmed_by"]]
        chosen = [item for item in items if item["choice"] in ("choose", "own-vote")]
        must = [item["item_id"] for item in items if item not in chosen]
        if must:
            self._do(project, "items/confirmation", items=must, paper_id=approval)
        if chosen:
            result = self._committee.result_for(project, chosen[0]["menu_item"])
            ids = [item["item_id"] for item in chosen]
            self._do(project, "items/confirmation", items=ids, consultation_id=result)

    def announce_cut(self, project: str, now: datetime) -> None:
        """Residents hear days before that the water is off for a morning."""
        starts = datetime.combine(now.astimezone(SHANGHAI).date() + CUT_AFTER, CUT_FROM, SHANGHAI)
        self._do(
            project,
            "impacts",
            id=_id(project, "water cut"),
            kind="water_cut",
            blocks=[BLOCK],
            starts=starts.isoformat(),
            ends=(starts + CUT_LASTS).isoformat(),
        )

    def cut_over(self, project: str) -> None:
        """The cut went as it was announced."""
        for cut in self._person.get("projects", f"/projects/{project}/impacts")["impacts"]:
            left = {"announced": ("active", "ended"), "active": ("ended",)}.get(cut["state"], ())
            for version, to in enumerate(left, cut["version"]):
                at = cut["starts"] if to == "active" else cut["ends"]
                self._do(project, f"impacts/{cut['impact_id']}/steps", version=version, to=to, at=at)

    def build(self, project: str, share: int | Decimal, now: datetime, choice: str | None = None) -> None:
        """Inspections accept that share of each item; of those of one choice alone, if one is named."""
        for item in self._works(project)["items"]:
            if choice in (None, item["choice"]) and (choice or item["choice"] != "before-works"):
                accepted = (Decimal(item["contracted"]) * share).quantize(Decimal("0.01"))
                self._do(
                    project,
                    "inspections",
                    id=_id(project, "inspection", item["item_id"], str(share)),
                    item_id=item["item_id"],
                    bases=item["bases"],
                    template=item["template"],
                    readings={
                        check["code"]: check.get("least") or check.get("most") or True for check in item["checks"]
                    },
                    accepted=str(accepted),
                    inspected_at=now.isoformat(),
                )

    def mend(self, project: str) -> None:
        """A defect of the first item is found, cured by the builder, and closed by residents."""
        item = self._works(project)["items"][0]["item_id"]
        defect = _id(project, "defect")
        self._do(project, "defects", id=defect, item_id=item, severity="major", note="收边不密实，雨后渗水。")
        said = {
            "cured": ("open", "construction", "返工重做。"),
            "closed": ("cured", "residents", "雨后看过，没有再渗。"),
        }
        for to, (state, party, note) in said.items():
            self._do(project, f"defects/{defect}/steps", state=state, to=to, party=party, note=note)

    def accept(self, project: str, now: datetime) -> None:
        """Everything that the gate before acceptance asks for, block by block with residents."""
        self.file(project, "accepted")
        for block in self._works(project)["blocks"]:
            if not block["accepted"]:
                body = {"block": block["block"], "accepted_on": now.date().isoformat(), "residents": 5}
                self._do(project, "acceptances", **body, years=SHED_YEARS)

    def audit(self, project: str) -> None:
        """The audit finds one part in fifty less to be due than was contracted."""
        report = self.file(project, "audited")["audit_report"]
        for contract in self._works(project)["contracts"]:
            if not contract["audit"]:
                self._do(
                    project,
                    f"contracts/{contract['contract_id']}/audit",
                    version=contract["version"],
                    report=report,
                    audited_fen=contract["due_fen"] * 49 // 50,
                )

    def file(self, project: str, state: str) -> dict[str, str]:
        """The papers that belong to a state, by kind."""
        filed = {}
        for kind, name in PAPERS.get(state, ()):
            filed[kind] = _id(project, "paper", kind)
            body = {"id": filed[kind], "kind": kind, "name": name, "sha256": filed[kind].replace("-", "") * 2}
            self._do(project, "papers", **body, **({"issued_by": APPROVED_BY} if kind == "approval" else {}))
        return filed

    def _works(self, project: str) -> Any:
        return self._person.get("projects", f"/projects/{project}/works")

    def _do(self, project: str, act: str, **body: Any) -> Any:
        return self._person.post("projects", f"/projects/{project}/{act}", body)


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "|".join(parts)))


def _picked(row: dict[str, Any]) -> dict[str, Any]:
    block = {} if row["consent"] == "estate" else {"block": BLOCK}
    capacity = CAPACITY.get(row["element"], {}) if row.get("capacity") else {}
    return {
        "menu_item": row["code"],
        "contracted": QUANTITY[row["unit"]],
        "unit_cost_fen": COST_FEN,
        **block,
        **capacity,
    }
