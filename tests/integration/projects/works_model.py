"""Works of one project as plain dictionaries: the rules written a second time, one sentence after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

WAY = [
    *("listed", "approved", "designed", "scheme_public", "scheme_confirmed", "tendered", "contracted"),
    *("started", "building", "accepted", "audited", "handed_over", "warranty"),
]
UNDER_WAY = ("started", "building", "suspended")
PAPERS = {
    "contracted": {"contract"},
    "started": {"design", "contract"},
    "accepted": {"completion_report", "acceptance_record"},
    "audited": {"audit_report"},
    "handed_over": {"warranty_letter", "audit_report"},
}
UNITS = {"implementing", "design", "construction", "supervisor"}


@dataclass
class Seen:
    """An inspection. `fits`: None where a reading is missing."""

    id: str
    bases: frozenset[str]
    fits: bool | None
    accepted: Decimal


@dataclass
class Item:
    contracted: Decimal
    block: str
    confirmed: bool = False
    dropped: bool = False
    spent: bool = False
    version: int = 1
    seen: dict[str, Seen] = field(default_factory=dict)

    def heads(self) -> list[Seen]:
        """Those that count, and that no other that counts went on from."""
        return [one for one in self.seen.values() if self._counts(one) and not self._is_base(one)]

    def waiting(self) -> list[Seen]:
        """Those that do not count yet, and that no other that counts went on from."""
        return [one for one in self.seen.values() if not self._counts(one) and not self._is_base(one)]

    def _counts(self, one: Seen) -> bool:
        return all(base in self.seen for base in one.bases)

    def _is_base(self, one: Seen) -> bool:
        return any(one.id in other.bases for other in self.seen.values() if self._counts(other))

    def verdict(self) -> str:
        heads = self.heads()
        if len(heads) != 1 or heads[0].fits is None:
            return "unknown"
        return "accepted" if heads[0].fits else "refused"

    def accepted(self) -> Decimal:
        return self.heads()[0].accepted if self.verdict() == "accepted" else Decimal(0)

    def done(self) -> bool:
        return self.verdict() == "accepted" and self.accepted() >= self.contracted


@dataclass
class Fault:
    """A defect."""

    item: str
    minor: bool
    state: str = "open"
    by_inspection: bool = False
    cured_by: str | None = None

    def holds(self) -> bool:
        return self.state != "closed" and not self.minor


@dataclass
class Site:
    """`stack`: the states before each step that stands, with the days they had."""

    state: str = "listed"
    stack: list[tuple[str, bool]] = field(default_factory=list)
    resume_to: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    public: bool = False
    planned: bool = False
    units: bool = False
    contract: bool = False
    audited: bool = False
    blocks: set[str] = field(default_factory=set)
    warranted: set[str] = field(default_factory=set)

    def built(self) -> dict[str, Item]:
        return {name: item for name, item in self.items.items() if not item.dropped}

    def shut(self, to: str) -> set[str]:
        """The gates before a state that are shut."""
        built = self.built()
        amiss = {
            "items_named": not built,
            "must_items_confirmed": any(not item.confirmed for item in built.values()),
            "approved_by_authority": "approval" not in self.papers,
            "parties_named": not self.units,
            "builder_contracted": not self.contract,
            "papers_there": not PAPERS.get(to, set()) <= self.papers,
            "disclosed": not self.public,
            "impacts_planned": not self.planned,
            "items_accepted": any(not item.done() for item in built.values()),
            "inspections_arrived": any(item.waiting() for item in built.values()),
            "defects_closed": any(fault.holds() for fault in self.faults.values()),
            "blocks_accepted": not {item.block for item in built.values()} <= self.blocks,
            "warranties_given": not built.keys() <= self.warranted,
            "contracts_audited": self.contract and not self.audited,
        }
        asked = {
            "approved": {"approved_by_authority"},
            "contracted": {"parties_named", "builder_contracted", "papers_there"},
            "started": {*list(amiss)[:8]},
            "accepted": {
                *("items_named", "blocks_accepted", "items_accepted", "inspections_arrived"),
                *("defects_closed", "papers_there"),
            },
            "audited": {"contracts_audited", "papers_there"},
            "handed_over": {"warranties_given", "contracts_audited", "papers_there", "defects_closed"},
        }
        return {gate for gate in asked.get(to, set()) if amiss[gate]}

    def next(self) -> str | None:
        if self.state == "suspended":
            return self.resume_to
        place = WAY.index(self.state) + 1
        return WAY[place] if place < len(WAY) else None

    def may_stop(self) -> bool:
        return self.state in WAY[: WAY.index("accepted")]

    def share(self) -> Decimal | None:
        contracted = sum((item.contracted for item in self.built().values()), Decimal(0))
        accepted = sum((min(item.accepted(), item.contracted) for item in self.built().values()), Decimal(0))
        return accepted / contracted if contracted else None
