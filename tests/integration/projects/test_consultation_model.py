"""A consultation and its rounds, whatever people do in whatever order: as a plain model of the rules has it.

MODEL_EXAMPLES plays more of them; each is up to 40 steps.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
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
from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Workshop
from services.projects.app.authority import Authority
from services.projects.app.consultation.drafting import Draft, DraftItem
from services.projects.app.consultation.electors import AskedElectors
from services.projects.app.consultation.note_sales import SoldPart
from services.projects.app.consultation.ports import Delivery
from services.projects.app.share import DistrictShare
from services.projects.app.works.desk import Who
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.course import Announced, Consultation, ConsultationState
from services.projects.domain.consultation.electorate import OwnedPart
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.files.consultation_rules import shipped_rules
from services.projects.store.consultation_views import consultation_seen
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import wired
from tests.unit.projects.consultation.reference import Row, both_by_hand, met_by_hand

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "25"))
WHO = Who("model", Authority(DistrictShare(whole_district=True), is_hub=True))
RULE = "ordinary-silence"
OWNED = [
    OwnedPart(f"3-1-{number}01", "3", "1", 5000 + 333 * number, owner)
    for number, owner in enumerate(("a", "b", "b", "c", "d", "e"))
]
S = ConsultationState
ONWARD = {S.NOTICED: S.OPEN, S.OPEN: S.CLOSED, S.CLOSED: S.COUNTED, S.SEALED: S.COUNTED, S.COUNTED: S.PUBLISHED}
CHOICES = st.sampled_from([BallotChoice.AGREE, BallotChoice.DISAGREE, BallotChoice.ABSTAIN, BallotChoice.INVALID])


class Consulting(RuleBasedStateMachine):
    """The model: a state, the rows that must be in the chain, who was warned, and what was published."""

    workshop: Workshop
    project: str

    @initialize()
    def draft(self) -> None:
        self.acts = wired(self.workshop).voting
        self._rows: list[Row] = []
        self._warned: dict[str, datetime] = {}
        self._codes: dict[tuple[str, ...], str] = {}
        self._sold: dict[str, datetime] = {}
        self._words = 0
        self._published: Mapping[str, Any] | None = None
        self._state = S.DRAFTED
        with self.workshop.open() as work:
            draft = Draft(str(uuid4()), [self._item()], AskedElectors(OWNED))
            self._one = self.acts.drafts.draft(work, self.project, draft, WHO)

    @property
    def now(self) -> datetime:
        return self.workshop.clock.now()

    def _item(self) -> DraftItem:
        return DraftItem(RULE, f"wording {self._words}", "nothing", item="join")

    @rule(notice=st.sampled_from([14, 15, 16]), lasts=st.sampled_from([4, 5, 8]))
    def notice(self, notice: int, lasts: int) -> None:
        """Posted some days ago; it opens as many days after as the rule asks for, or is refused."""
        posted = self.now
        announced = Announced(
            posted, posted + timedelta(days=notice), posted + timedelta(days=notice + lasts), "a" * 64
        )
        allowed = self._state is S.DRAFTED and notice >= 15 and lasts >= 5
        with self.workshop.open() as work:
            if allowed:
                self._one = self.acts.steps.notice(work, self._one.id, self._one.version, announced, WHO)
                self._state = S.NOTICED
                self._codes, self._sold = {}, {}
                return
        with pytest.raises((Conflict, Unfit)), self.workshop.open() as work:
            self.acts.steps.notice(work, self._one.id, self._one.version, announced, WHO)

    @rule(days=st.sampled_from([None, None, 1, 4]))
    def time_passes(self, days: int | None) -> None:
        """Some days, or until voting opens or is over."""
        assert isinstance(self.workshop.clock, FixedClock)
        announced = self._one.announced
        moments = (announced.opens_at, announced.closes_at) if announced else ()
        onward = next((moment for moment in moments if moment > self.now), self.now)
        self.workshop.clock.advance((timedelta(days=days) if days else onward - self.now) + timedelta(seconds=1))

    @rule(to=st.sampled_from([None, None, None, S.OPEN, S.CLOSED, S.SEALED, S.SEALED, S.COUNTED, S.PUBLISHED]))
    def step(self, to: ConsultationState | None) -> None:
        """The next one, or any."""
        to = to or ONWARD.get(self._state, S.OPEN)
        announced = self._one.announced
        in_time = announced is not None and {
            S.OPEN: announced.opens_at <= self.now,
            S.CLOSED: announced.closes_at < self.now,
        }.get(to, True)
        sealing = self._state is S.CLOSED and to is S.SEALED
        if not (ONWARD.get(self._state) is to or sealing) or not in_time:
            with pytest.raises(Conflict), self.workshop.open() as work:
                self.acts.steps.step(work, self._one.id, self._one.version, to, None, WHO)
            return
        with self.workshop.open() as work:
            self._one = self.acts.steps.step(work, self._one.id, self._one.version, to, None, WHO)
        self._state = to
        if to is S.COUNTED:
            said = {row["part"] for row in self._rows}
            self._rows += [
                {"part": part, "choice": "empty", "origin": "", "at": None, "delivered": True}
                for part, at in sorted(self._warned.items())
                if part not in said and at >= self._sold.get(part, at)
            ]

    @rule(steps=st.integers(1, 2))
    def go_on(self, steps: int) -> None:
        """As it is meant to go: announced, and each step when its time has come."""
        for _ in range(steps):
            if self._state is S.DRAFTED:
                self.notice(15, 5)
            elif self._state in ONWARD:
                if self._state in (S.NOTICED, S.OPEN):
                    self.time_passes(None)
                self.step(None)

    @precondition(lambda self: self._state in (S.DRAFTED, S.NOTICED, S.OPEN, S.CLOSED))
    @rule(agreeing=st.integers(0, len(OWNED)), other=CHOICES, hours=st.integers(0, 20))
    def most_vote(self, agreeing: int, other: BallotChoice, hours: int) -> None:
        """It is opened if it is not yet; some agree, the next two say something else, the others nothing."""
        while self._state in (S.DRAFTED, S.NOTICED):
            self.go_on(1)
        self.time_passes(1)
        for number, part in enumerate(OWNED[: agreeing + 2]):
            self.import_a_ballot(part.id, BallotChoice.AGREE if number < agreeing else other, "paper", hours, True)

    @precondition(lambda self: self._state is not S.DRAFTED)
    @rule(
        part=st.sampled_from([one.id for one in OWNED]),
        choice=CHOICES,
        origin=st.sampled_from(["paper", "electronic"]),
        hours=st.integers(-3, 130),
        text_is_right=st.sampled_from([True, True, True, False]),
    )
    def import_a_ballot(self, part: str, choice: BallotChoice, origin: str, hours: int, text_is_right: bool) -> None:
        """In any order of its time; what is early, late, or on another text is named and left out."""
        announced = self._one.announced
        moment = (announced.opens_at if announced else self.now) + timedelta(hours=hours, seconds=len(self._rows))
        hashed = self._one.items[0].text.hash if text_is_right else "0" * 64
        ballot = Ballot(0, part, "join", choice, origin, moment, delivered=False, text_hash=hashed, evidence="b" * 64)
        if self._state not in (S.OPEN, S.CLOSED):
            with pytest.raises(Conflict), self.workshop.open() as work:
                self.acts.ballots.take(work, self._one.id, str(uuid4()), [ballot], WHO)
            return
        with self.workshop.open() as work:
            taken = self.acts.ballots.take(work, self._one.id, str(uuid4()), [ballot], WHO)
        assert announced
        late = self.now > announced.closes_at and origin != "paper"
        good = text_is_right and not late and announced.opens_at <= moment <= min(announced.closes_at, self.now)
        assert (taken.taken, len(taken.rejected)) == (int(good), int(not good))
        if good:
            self._rows.append({"part": part, "choice": choice, "origin": origin, "at": moment, "delivered": False})

    @precondition(lambda self: self._state in (S.NOTICED, S.OPEN))
    @rule(again=st.booleans())
    def issue_codes(self, again: bool) -> None:
        """Whoever has one that works keeps it, unless all are issued again."""
        with self.workshop.open() as work:
            slips = self.acts.codes.issue(work, self._one.id, [], "遗失" if again else None, WHO)
        for slip in slips:
            self._codes[tuple(part.id for part in slip.parts)] = slip.code

    @precondition(lambda self: self._state in (S.NOTICED, S.OPEN, S.CLOSED))
    @rule(part=st.sampled_from([one.id for one in OWNED]), hours=st.integers(0, 40))
    def sell(self, part: str, hours: int) -> None:
        """Some hours ago; a part is sold once here."""
        announced = self._one.announced
        assert announced
        moment = self.now - timedelta(hours=hours)
        sold = SoldPart(str(uuid4()), part, moment, "d" * 64)
        if part in self._sold or not announced.announced_at <= moment <= announced.closes_at:
            with suppress(Unfit), self.workshop.open() as work:
                self.acts.sales.note(work, self._one.id, sold, WHO)
                assert part in self._sold
                raise Unfit("at", "the model sells a part once")
            return
        with self.workshop.open() as work:
            self.acts.sales.note(work, self._one.id, sold, WHO)
        self._sold[part] = moment
        self._codes = {parts: code for parts, code in self._codes.items() if parts != (part,)}

    @precondition(lambda self: self._state is not S.DRAFTED and self._codes)
    @rule(which=st.integers(0, 9), choice=st.sampled_from([BallotChoice.AGREE, BallotChoice.DISAGREE]))
    def cast_by_code(self, which: int, choice: BallotChoice) -> None:
        """For all parts of the holder that were not sold since and have no answer, once."""
        held, code = sorted(self._codes.items())[which % len(self._codes)]
        announced = self._one.announced
        open_now = (
            self._state is S.OPEN and announced is not None and announced.opens_at <= self.now <= announced.closes_at
        )
        if not open_now:
            with suppress(Conflict, Unknown), self.workshop.open() as work:
                self.acts.ballots.cast(work, code, {"join": choice})
                raise AssertionError("it was cast while voting was not open")
            return
        mine = [part for part in held if part not in self._sold or (part,) == held]
        if not mine:
            with pytest.raises(Unknown), self.workshop.open() as work:
                self.acts.ballots.cast(work, code, {"join": choice})
            return
        answered = {row["part"] for row in self._rows if row["choice"] != "empty"}
        with self.workshop.open() as work:
            self.acts.ballots.cast(work, code, {"join": choice})
        self._rows += [
            {"part": part, "choice": choice, "origin": "electronic", "at": self.now, "delivered": True}
            for part in mine
            if part not in answered
        ]

    @precondition(lambda self: self._state in (S.NOTICED, S.OPEN, S.CLOSED))
    @rule(part=st.sampled_from([one.id for one in OWNED]), warned=st.booleans())
    def deliver(self, part: str, warned: bool) -> None:
        with self.workshop.open() as work:
            handed = Delivery(part, self.now, warned, "c" * 64)
            if self.acts.ballots.deliver(work, self._one.id, [handed], WHO) and warned:
                self._warned[part] = self.now

    @rule()
    def change_the_text(self) -> None:
        self._words += 1
        if self._state is S.DRAFTED:
            with self.workshop.open() as work:
                self._one = self.acts.drafts.rewrite(work, self._one.id, self._one.version, [self._item()], WHO)
            return
        with pytest.raises(Conflict), self.workshop.open() as work:
            self.acts.drafts.rewrite(work, self._one.id, self._one.version, [self._item()], WHO)
        self._words -= 1

    @precondition(lambda self: self._state in (S.PUBLISHED, S.ANNULLED))
    @rule()
    def open_a_further_round(self) -> None:
        self._words += 1
        with self.workshop.open() as work:
            before = self._one
            asked = AskedElectors(OWNED) if self._sold else None
            self._one = self.acts.drafts.again(work, before.id, before.version, [self._item()], asked, WHO)
        assert (self._one.round, self._one.changed) == (before.round + 1, ("join",))
        self._state, self._rows, self._warned = S.DRAFTED, [], {}

    @precondition(lambda self: self._state is not S.ANNULLED)
    @rule(sure=st.integers(1, 12))
    def annul(self, sure: int) -> None:
        if sure == 12:
            with self.workshop.open() as work:
                version = self._one.version
                self._one = self.acts.steps.step(work, self._one.id, version, S.ANNULLED, "wrong", WHO)
            self._state = S.ANNULLED

    @invariant()
    def it_stands_as_the_model_has_it(self) -> None:
        if not hasattr(self, "_one"):
            return
        with self.workshop.open() as work:
            found = consultation_seen(work.connection, self._one.id, shipped_rules())
            assert found
            assert found.state is self._state
            counted = self.acts.desk.book.results(work, found.id)
            chain = self.acts.desk.book.chain(work, found.id)
        assert chain.ballots == len(self._rows)
        if counted:
            self._compare(found, counted[0][0])
        else:
            assert self._state in (S.DRAFTED, S.NOTICED, S.OPEN, S.CLOSED, S.SEALED, S.ANNULLED)

    def _after_sale(self, row: Row) -> bool:
        """Whether it was given after its part was sold, by whom did not own it when another one voted before."""
        sold, valid = self._sold.get(row["part"]), ("agree", "disagree", "abstain")
        return bool(
            sold
            and row["choice"] in valid
            and row["at"] >= sold
            and any(one["part"] == row["part"] and one["choice"] in valid and one["at"] < sold for one in self._rows)
        )

    def _heads_moved(self) -> bool:
        """Whether a part that was sold votes apart from others that its seller kept: the reference knows no heads that
        move (the arithmetic of it is in the unit tests)."""
        kept = {one.owner for one in OWNED if one.id not in self._sold}
        return any(one.owner in kept for one in OWNED if one.id in self._sold)

    def _compare(self, found: Consultation, result: Mapping[str, Any]) -> None:
        parts = [{"id": one.id, "area": one.area, "owner": one.owner} for one in OWNED]
        rows = [row for row in self._rows if not self._after_sale(row)]
        if self._heads_moved():
            return
        cast, silent, follow = both_by_hand(parts, rows, invalid_takes_part=False)
        said = {row["part"] for row in self._rows if row["choice"] != "empty"}
        any_silent = any(row["delivered"] and row["part"] not in said for row in self._rows)
        deciding = silent if follow and any_silent else cast
        conditions = [one.model_dump(mode="json") for one in found.items[0].rule.conditions]
        assert result["passed"] == all(met_by_hand(one, deciding) for one in conditions)
        for name, by_hand in (("cast", cast), ("with_silence", silent if any_silent else cast)):
            sums = result[name]["electorates"]["estate"]
            for count in ("area", "heads", "contracts"):
                found_sums = tuple(sums[count][of] for of in ("all", "taking_part", "agreeing"))
                assert found_sums == by_hand[count], (name, count)


def test_a_consultation_is_what_a_plain_model_of_it_is(workshop: Workshop) -> None:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    issue = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
    Consulting.workshop = workshop
    Consulting.project = District(workshop).decide(issue, kind="project")["project_id"]
    assert workshop.clock.now() == NOW
    few = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None, database=None, phases=[Phase.generate])
    run_state_machine_as_test(Consulting, settings=few)  # type: ignore[no-untyped-call]
