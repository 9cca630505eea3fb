"""Works that are contracted, inspected in any order, mended, accepted, stopped and taken back: as a plain model has it.

MODEL_EXAMPLES plays more of them; each is up to 60 steps.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.chassis.clock import FixedClock
from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Workshop
from services.contracts.event import deterministic_id
from services.projects.app.authority import Authority
from services.projects.app.repair import ProjectStep
from services.projects.app.reverse_step import Reversal
from services.projects.app.share import DistrictShare
from services.projects.app.works.accept_block import BlockAcceptance
from services.projects.app.works.contract_items import Change, Picked
from services.projects.app.works.desk import Who
from services.projects.app.works.inspect_item import Inspected
from services.projects.app.works.mend_defect import DefectStep, FoundDefect
from services.projects.domain.works.contracts import Audit, Contract
from services.projects.domain.works.defects import DefectState, Severity, WorksParty
from services.projects.domain.works.gates import GatesShut
from services.projects.domain.works.papers import Paper, PaperKind
from services.projects.domain.works.parties import WorksUnit
from services.projects.domain.works.repair_project import Pause, Plan, ProjectState
from tests.harness.consulting import meet
from tests.harness.works import UNITS as UNIT_NAMES
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import ROOF, empty
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import wired
from tests.integration.projects.works_model import UNDER_WAY, Fault, Item, Seen, Site

HUB = Authority(DistrictShare(whole_district=True), is_hub=True)
REFUSED = (Conflict, Unfit)
WHO = Who("hub", HUB)
GOOD: dict[str, Decimal | bool] = {
    "water_test_hours": Decimal(24),
    "ponding": Decimal(2),
    "overlap": Decimal(100),
    "leak_free": True,
}
CODES = ("M01-A", "M01-B")
BLOCKS = ("3", "5")
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "12"))
OTHER = {"construction": "residents", "residents": "supervisor", "supervisor": "construction"}


class Repairs(RuleBasedStateMachine):
    """`pocket`: inspections that their inspector has written down, and that are not uploaded yet."""

    workshop: Workshop
    made = 0

    def __init__(self) -> None:
        super().__init__()
        empty(self.workshop)
        clock = self.workshop.clock
        assert isinstance(clock, FixedClock)
        clock.advance(NOW - clock.now())
        take(self.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
        district = District(self.workshop)
        self.project: str = district.decide(ROOF, kind="project")["project_id"]
        district.advance(self.project, "listed")
        meet(district.hub, self.project, "review", NOW)
        self.acts, self.repair, self.reverse = (
            wired(self.workshop).works,
            wired(self.workshop).repair,
            wired(self.workshop).reverse,
        )
        self.site = Site()
        self.pocket: list[tuple[str, Seen]] = []
        self.papers: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.signed = self.id()

    def id(self) -> str:
        """Higher than all before, over all examples."""
        Repairs.made += 1
        return str(UUID(int=Repairs.made))

    def version(self) -> int:
        with self.workshop.open() as work:
            project = self.repair.projects.lock(work, self.project)
            assert project
            return project.version

    @initialize(ready=st.sampled_from([True, True, True, False]))
    def begin(self, ready: bool) -> None:
        """Most begin with works that have started; else few walks would come so far."""
        if not ready:
            return
        for code, block in zip(CODES, BLOCKS, strict=True):
            self.contract(code, block, 4)
        self.file_all_papers()
        for name in sorted(self.site.items):
            self._confirm(name)
        self.go_public_and_agree()
        self.sign()
        while self.site.state != "building":
            self.go_on()

    # --- what is contracted -----------------------------------------------------------------------------------------

    @rule(code=st.sampled_from(CODES), block=st.sampled_from(BLOCKS), quantity=st.integers(1, 5))
    def contract(self, code: str, block: str, quantity: int) -> None:
        there = any((name.split("|")[0], item.block) == (code, block) for name, item in self.site.built().items())
        ordered = self.site.state not in UNDER_WAY or "change_order" in self.papers
        over = self.site.state in ("accepted", "audited", "handed_over", "warranty") or block in self.site.blocks
        allowed = ordered and not there and not over
        try:
            with self.workshop.open() as work:
                (item,) = self.acts.items.contract(
                    work,
                    self.project,
                    [Picked(code, block, Decimal(quantity), 100)],
                    self.papers.get("change_order"),
                    WHO,
                )
        except REFUSED:
            assert not allowed
            return
        assert allowed
        name = f"{code}|{len(self.site.items)}"
        dropped = [one for other, one in self.site.items.items() if (other.split("|")[0], one.block) == (code, block)]
        spent = any(one.confirmed or one.spent for one in dropped)
        self.site.items[name], self.ids[name] = Item(Decimal(quantity), block, spent=spent), item.id

    @precondition(lambda self: self.site.items and "approval" in self.papers)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        self._confirm(data.draw(st.sampled_from(sorted(self.site.items))))

    def _confirm(self, name: str) -> None:
        allowed = self.site.state not in ("accepted", "audited", "handed_over", "warranty")
        allowed = allowed and not self.site.items[name].spent
        try:
            with self.workshop.open() as work:
                self.acts.items.confirm(work, self.project, [self.ids[name]], self.papers["approval"], WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        self.site.items[name].confirmed = True
        self.site.items[name].version += 1

    @precondition(lambda self: self.site.items)
    @rule(data=st.data(), drop=st.booleans(), stale=st.booleans())
    def change(self, data: st.DataObject, drop: bool, stale: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.site.items)))
        item, quantity = self.site.items[name], Decimal(data.draw(st.integers(1, 5)))
        ordered = self.site.state not in UNDER_WAY or "change_order" in self.papers
        allowed = ordered and not stale and self.site.state not in ("accepted", "audited", "handed_over", "warranty")
        if item.dropped or (not drop and quantity < item.accepted()):
            allowed = False
        said = Change(
            item.version - stale,
            None if drop else quantity,
            dropped="no money" if drop else None,
            change_order=self.papers.get("change_order"),
        )
        try:
            with self.workshop.open() as work:
                self.acts.items.change(work, self.project, self.ids[name], said, WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        item.version += 1
        if drop:
            item.dropped = True
        else:
            item.contracted = quantity

    # --- inspections ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.site.items)
    @rule(data=st.data(), fits=st.lists(st.sampled_from([True, True, False, None]), min_size=1, max_size=3))
    def write_down(self, data: st.DataObject, fits: list[bool | None]) -> None:
        """The first on some of those that were uploaded, each further one on the one before."""
        name = data.draw(st.sampled_from(sorted(self.site.items)))
        item = self.site.items[name]
        known = sorted(one.id for one in item.heads())
        bases = frozenset(data.draw(st.sets(st.sampled_from(known)))) if known else frozenset()
        for one in fits:
            accepted = Decimal(data.draw(st.integers(0, int(item.contracted))))
            self.pocket.append((name, Seen(self.id(), bases, one, accepted)))
            bases = frozenset({self.pocket[-1][1].id})

    @precondition(lambda self: self.pocket)
    @rule(data=st.data(), again=st.booleans())
    def upload(self, data: st.DataObject, again: bool) -> None:
        """Any of the pocket, in any order; perhaps once more."""
        self._upload(*data.draw(st.sampled_from(self.pocket)), again)

    @precondition(lambda self: self.site.items and self.site.state in UNDER_WAY)
    @rule(data=st.data(), fits=st.lists(st.sampled_from([True, True, False, None]), min_size=2, max_size=3))
    def come_back_from_cellars(self, data: st.DataObject, fits: list[bool | None]) -> None:
        """Several on the same base, and a chain that is uploaded from its end."""
        name = data.draw(st.sampled_from(sorted(self.site.items)))
        item = self.site.items[name]
        bases = frozenset(one.id for one in item.heads())
        chain = data.draw(st.booleans())
        written = []
        for one in fits:
            written.append(Seen(self.id(), bases, one, item.contracted))
            bases = frozenset({written[-1].id}) if chain else bases
        self.pocket += [(name, seen) for seen in written]
        for seen in reversed(written[data.draw(st.integers(0, 1)) :]):
            self._upload(name, seen, again=False)

    def _upload(self, name: str, seen: Seen, again: bool) -> None:
        allowed = self.site.state in UNDER_WAY and seen.accepted <= self.site.items[name].contracted
        readings = {**GOOD, "leak_free": False} if seen.fits is False else dict(GOOD)
        if seen.fits is None:
            del readings["ponding"]
        said = Inspected(
            seen.id,
            self.ids[name],
            seen.bases,
            ("roof", 1),
            readings,
            seen.accepted,
            NOW + timedelta(seconds=int(UUID(seen.id).int)),
        )
        try:
            for _ in range(1 + again):
                with self.workshop.open() as work:
                    self.acts.inspect(work, self.project, said, WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        self.pocket.remove((name, seen))
        self.site.items[name].seen[seen.id] = seen
        self._shows_a_defect(name, seen)

    def _shows_a_defect(self, name: str, seen: Seen) -> None:
        """What is accepted with its block stays so; what refuses it afterwards is a defect, one at a time."""
        item = self.site.items[name]
        known = (one for one in self.site.faults.values() if one.item == name and one.by_inspection)
        handed = item.block in self.site.blocks and not item.dropped
        if seen.fits is False and handed and all(one.state == "closed" for one in known):
            number = str(deterministic_id("works", seen.id, "works.defect"))
            self.site.faults[number] = Fault(name, minor=False, by_inspection=True)

    @precondition(lambda self: self.site.items and self.site.state in UNDER_WAY)
    @rule(data=st.data())
    def inspect_well(self, data: st.DataObject) -> None:
        """On all that is known, with the whole quantity good."""
        self._inspect_well(data.draw(st.sampled_from(sorted(self.site.items))))

    def _inspect_well(self, name: str) -> None:
        item = self.site.items[name]
        seen = Seen(self.id(), frozenset(one.id for one in (*item.heads(), *item.waiting())), True, item.contracted)
        late = NOW + timedelta(hours=23)
        said = Inspected(seen.id, self.ids[name], seen.bases, ("roof", 1), GOOD, seen.accepted, late)
        with self.workshop.open() as work:
            self.acts.inspect(work, self.project, said, WHO)
        item.seen[seen.id] = seen

    @precondition(lambda self: self.site.state in ("started", "building"))
    @rule()
    def finish(self) -> None:
        """What waits for an inspection that never comes is gone on from."""
        for name in sorted(self.site.items):
            self._inspect_well(name)
        for block in BLOCKS:
            self.accept_block(block)

    # --- defects ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.site.items)
    @rule(data=st.data(), minor=st.booleans())
    def find_defect(self, data: st.DataObject, minor: bool) -> None:
        name, number = data.draw(st.sampled_from(sorted(self.site.items))), self.id()
        allowed = self.site.state in (*UNDER_WAY, "accepted", "audited", "handed_over", "warranty")
        found = FoundDefect(number, self.ids[name], Severity.MINOR if minor else Severity.MAJOR, "hollow")
        try:
            with self.workshop.open() as work:
                self.acts.defects.find(work, self.project, found, WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        self.site.faults[number] = Fault(name, minor)

    @precondition(lambda self: self.site.faults)
    @rule(data=st.data(), to=st.sampled_from(DefectState), party=st.sampled_from(sorted(OTHER)))
    def step_defect(self, data: st.DataObject, to: DefectState, party: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.site.faults)))
        fault = self.site.faults[number]
        open_ = self.site.state in (*UNDER_WAY, "accepted", "audited", "handed_over", "warranty")
        ways = {("open", "cured"), ("cured", "closed"), ("cured", "open"), ("closed", "open")}
        itself = fault.state == "cured" and party == fault.cured_by
        allowed = open_ and (fault.state, to.value) in ways and not itself
        allowed = allowed and not (to is DefectState.CLOSED and party == "construction")
        step = DefectStep(DefectState(fault.state), to, WorksParty(party), "seen")
        try:
            with self.workshop.open() as work:
                self.acts.defects.step(work, self.project, number, step, WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        fault.state, fault.cured_by = to.value, party if to is DefectState.CURED else None

    # --- papers, units, money ---------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(PaperKind))
    def file_paper(self, kind: PaperKind) -> None:
        if kind in self.papers:
            return
        number = self.id()
        with self.workshop.open() as work:
            unit = "housing" if kind is PaperKind.APPROVAL else None
            self.acts.papers.file(work, self.project, Paper(number, kind, kind, f"{Repairs.made:064x}", unit), WHO)
        self.papers[kind] = number
        self.site.papers.add(kind)

    @rule()
    def file_all_papers(self) -> None:
        for kind in PaperKind:
            self.file_paper(kind)

    @rule()
    def go_public_and_agree(self) -> None:
        if self.site.state not in ("accepted", "audited", "handed_over", "warranty"):
            with self.workshop.open() as work:
                self.acts.papers.disclose(work, self.project, sorted(self.acts.desk.rules.disclosed), WHO)
                for role, (name, code) in UNIT_NAMES.items():
                    version = 0 if not self.site.units else 1
                    self.acts.name_party(work, self.project, WorksUnit(WorksParty(role), name, code, version), WHO)
                disturb = self.acts.disturb
                version = disturb.plan_of(work, self.project).version
                disturb.plan(work, self.project, self.acts.desk.rules.usual_plan(), version, WHO)
            self.site.public = self.site.units = self.site.planned = True

    @precondition(lambda self: self.site.units and "contract" in self.papers)
    @rule()
    def sign(self) -> None:
        allowed = self.site.contract or self.site.state not in ("accepted", "audited", "handed_over", "warranty")
        contract = Contract(
            self.signed,
            WorksParty.CONSTRUCTION,
            self.papers["contract"],
            1000,
            date(2026, 7, 1),
            date(2027, 7, 1),
        )
        try:
            with self.workshop.open() as work:
                self.acts.contracts.sign(work, self.project, contract, WHO)
        except REFUSED:
            assert self.site.state not in (*UNDER_WAY, "listed")
            return
        assert allowed
        self.site.contract = True

    @precondition(lambda self: self.site.contract and "audit_report" in self.papers)
    @rule()
    def audit(self) -> None:
        allowed = self.site.state in ("accepted", "audited") and not self.site.audited
        audited = Audit(self.papers["audit_report"], 900)
        try:
            with self.workshop.open() as work:
                self.acts.contracts.audit(work, self.project, self.signed, 1, audited, WHO)
        except REFUSED:
            assert not allowed
            return
        assert allowed
        self.site.audited = True

    @precondition(lambda self: self.site.items)
    @rule(block=st.sampled_from(BLOCKS))
    def accept_block(self, block: str) -> None:
        of_block = {name: item for name, item in self.site.built().items() if item.block == block}
        held = any(fault.holds() and self.site.items[fault.item].block == block for fault in self.site.faults.values())
        allowed = (
            self.site.state in ("started", "building")
            and bool(of_block)
            and block not in self.site.blocks
            and all(item.done() and not item.waiting() for item in of_block.values())
            and not held
        )
        try:
            with self.workshop.open() as work:
                self.acts.accept(work, self.project, BlockAcceptance(block, NOW.date(), 3, {}), WHO)
        except (*REFUSED, GatesShut):
            assert not allowed
            return
        assert allowed
        self.site.blocks.add(block)
        self.site.warranted |= of_block.keys()

    # --- the project ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.site.next())
    @rule()
    def go_on(self) -> None:
        to = self.site.next()
        assert to
        resumed = self.site.state == "suspended"
        shut = self.site.shut(to)
        step = ProjectStep(
            self.version(), ProjectState(to), "hub", "as agreed", Plan(floor_area_m2=80.0, planned_end=date(2027, 5, 1))
        )
        try:
            with self.workshop.open() as work:
                self.repair.step(work, self.project, step, HUB)
        except GatesShut as error:
            held = {hold.gate.value for hold in error.holds}
        else:
            held = set()
        assert held == shut
        if held:
            return
        self.site.stack.append((self.site.state, resumed))
        self.site.state, self.site.resume_to = to, None

    @rule()
    def go_on_and_on(self) -> None:
        for _ in range(4):
            if self.site.next():
                self.go_on()

    @rule()
    def stop(self) -> None:
        allowed = self.site.may_stop() if self.site.state != "suspended" else False
        step = ProjectStep(
            self.version(), ProjectState.SUSPENDED, "hub", "frost", pause=Pause("housing", date(2027, 1, 4))
        )
        try:
            with self.workshop.open() as work:
                self.repair.step(work, self.project, step, HUB)
        except Conflict:
            assert not allowed
            return
        assert allowed
        self.site.stack.append((self.site.state, False))
        self.site.resume_to, self.site.state = self.site.state, "suspended"

    @rule()
    def take_back(self) -> None:
        stands = bool(self.site.stack) and self.site.state != "suspended" and not self.site.stack[-1][1]
        before_model = not self.site.stack and self.site.state == "listed"
        if before_model:
            return
        try:
            with self.workshop.open() as work:
                self.reverse(work, self.project, Reversal(self.version(), "hub", "a slip"), HUB)
        except Conflict:
            assert not stands
            return
        assert stands
        self.site.state, _ = self.site.stack.pop()

    @invariant()
    def is_as_expected(self) -> None:
        with self.workshop.open() as work:
            works = self.acts.desk.works_of(work, self.project)
            project = self.repair.projects.lock(work, self.project)
        assert project
        assert (project.state, project.resume_to) == (self.site.state, self.site.resume_to)
        items = {self.ids[name]: item for name, item in self.site.items.items()}
        assert {item.id: (item.contracted, item.confirmed, item.dropped is not None) for item in works.items} == {
            name: (item.contracted, item.confirmed, item.dropped) for name, item in items.items()
        }
        for name, item in items.items():
            found: Any = works.standings.get(name)
            if item.seen:
                assert (found.verdict, found.accepted, len(found.heads), len(found.waiting)) == (
                    item.verdict(),
                    item.accepted(),
                    len(item.heads()),
                    len(item.waiting()),
                )
        assert {one.id: one.state.value for one in works.defects} == {
            name: fault.state for name, fault in self.site.faults.items()
        }
        assert works.accepted == self.site.blocks
        assert {one.item for one in works.warranties} == {self.ids[name] for name in self.site.warranted}


def test_works_are_those_of_a_plain_model(workshop: Workshop) -> None:
    Repairs.workshop = workshop
    run_state_machine_as_test(
        Repairs,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
