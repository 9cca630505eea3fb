"""Supervision against a plain reference: whoever tries whatever step, in any order, while time passes.

MODEL_EXAMPLES plays more of them; each is up to 50 steps.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown
from services.chassis.messaging.timers import Timer
from services.chassis.working_days import SHANGHAI
from services.contracts.event import Event
from services.contracts.supervision_events import SupervisingParty, SupervisionOpinionChanged
from services.contracts.ticket_events import Place
from services.projects.app.supervision.opinions import At, RatingSaid
from services.projects.app.supervision.topics import NewClause, NewSuggestion, NewTopic
from services.projects.app.supervision.watch import SUPERVISION
from services.projects.domain.supervision.indicators import indicators
from services.projects.domain.supervision.topics import (
    InspectorGroup,
    InspectorRole,
    SiteFinding,
    SiteInspection,
    SupervisionArea,
)
from services.projects.domain.supervision.unit_answers import Contentment, ReplyClass, UnitAnswer
from tests.unit.projects.supervision.books import DEPUTY, FIRE, HOUSING, OTHERS, PARTY, Desk

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "12"))
WHO = st.sampled_from((*4 * ["whose it is"], "party", "others", "housing", "fire", "deputy"))
STALE = st.sampled_from((False, False, False, True))
SEATS = {"party": PARTY, "others": OTHERS, "housing": HOUSING, "fire": FIRE, "deputy": DEPUTY}
GRADES = {"good": Contentment.MOSTLY, "bad": Contentment.DISSATISFIED}
ENDED = ("carried_out", "not_possible", "withdrawn")


@dataclass
class Followed:
    """What the reference knows of a clause. `due`: of the answer, or the promise."""

    topic: str
    unit: str
    suggested: bool
    state: str = "given"
    version: int = 1
    agreed: bool | None = None
    done: date | None = None
    extension: str | None = None
    back_until: datetime | None = None
    returns: int = 0
    due: datetime | None = None
    promise: date | None = None
    last_class: str = ""
    answered: list[bool] = field(default_factory=list)
    rated: list[bool] = field(default_factory=list)
    kept: list[bool] = field(default_factory=list)


class Supervised(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.clauses: dict[str, Followed] = {}
        self.topics: dict[str, str] = {}
        self.made = 0
        self.suggestion = self._new_id()
        said = NewSuggestion(self.suggestion, SupervisingParty.CONGRESS, "充电", "车棚不够", "利用空地")
        self.desk.acts.topics.suggest(self.desk.work, said, DEPUTY)

    @initialize()
    def begin(self) -> None:
        """A topic with a clause that waits."""
        self.set_topic()
        (topic,) = self.topics
        clause = NewClause(self._new_id(), "年内完成", "housing", self.suggestion)
        self.desk.acts.topics.opine(self.desk.work, topic, [clause], PARTY)
        self.clauses[clause.id], self.topics[topic] = Followed(topic, "housing", True), "opined"

    @property
    def now(self) -> datetime:
        return self.desk.memory.clock.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def _new_id(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))

    def any_clause(self, data: st.DataObject, *states: str) -> tuple[str, Followed]:
        """Mostly one in these states."""
        fitting = sorted(key for key, one in self.clauses.items() if one.state in states)
        chosen = data.draw(st.sampled_from(3 * fitting + sorted(self.clauses)), label="clause")
        return chosen, self.clauses[chosen]

    def tried(self, expected: str | None, act: Callable[[], Any]) -> bool:
        """Whether it was done; `expected` names what it is refused as."""
        refused: str | None = None
        try:
            act()
        except (Unknown, Forbidden, Conflict, Unfit) as error:
            refused = type(error).__name__
        assert refused == expected
        return refused is None

    def expect(self, clause: Followed, who: str, by: set[str], states: set[str], stale: bool) -> str | None:
        """How such a step is refused, whatever the step."""
        if who in ("housing", "fire") and (clause.unit != who or clause.state == "given"):
            return "Unknown"
        side = {"party": "party", "deputy": "deputy" if clause.suggested else "nobody", "others": "nobody"}.get(
            who, "unit"
        )
        if side not in by:
            return "Forbidden"
        return "Conflict" if stale or clause.state not in states else None

    # --- topics -----------------------------------------------------------------------------------------------------

    @rule()
    def set_one_more(self) -> None:
        if len(self.topics) < 2:
            self.set_topic()

    def set_topic(self) -> None:
        topic = self._new_id()
        new = NewTopic(topic, SupervisingParty.CONGRESS, SupervisionArea.HOME, "屋面渗漏", "反复投诉")
        for _ in range(2):
            self.desk.acts.topics.set(self.desk.work, new, PARTY)
        self.topics[topic] = "set"

    @precondition(lambda self: self.topics)
    @rule(data=st.data(), own=st.booleans(), who=st.sampled_from(("party", "others")))
    def inspect(self, data: st.DataObject, own: bool, who: str) -> None:
        topic = data.draw(st.sampled_from(sorted(self.topics)))
        people = (InspectorGroup(InspectorRole.OFFICIAL, "housing" if own else "construction", 2),)
        findings = (SiteFinding("渗水", ()),)
        place = Place(sub_district="310109010")
        seen = SiteInspection(self._new_id(), topic, place, ("housing",), people, self.now, findings)
        expected = "Forbidden" if who == "others" else "Conflict" if self.topics[topic] == "closed" else None
        act = lambda: self.desk.acts.topics.inspect(self.desk.work, seen, SEATS[who])  # noqa: E731
        if self.tried(expected or ("Unfit" if own else None), act) and self.topics[topic] == "set":
            self.topics[topic] = "inspected"

    @precondition(lambda self: self.topics)
    @rule(data=st.data(), unit=st.sampled_from(("housing", "fire")), suggested=st.booleans())
    def give(self, data: st.DataObject, unit: str, suggested: bool) -> None:
        topic = data.draw(st.sampled_from(sorted(self.topics)))
        clause = NewClause(self._new_id(), "年内完成", unit, self.suggestion if suggested else None)
        expected = "Conflict" if self.topics[topic] == "closed" else None
        if self.tried(expected, lambda: self.desk.acts.topics.opine(self.desk.work, topic, [clause], PARTY)):
            self.clauses[clause.id] = Followed(topic, unit, suggested)
            self.topics[topic] = "opined"

    @precondition(lambda self: self.topics)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        topic = data.draw(st.sampled_from(sorted(self.topics)))
        version = self.desk.book.topics[topic]["version"]
        waits = any(one.topic == topic and one.state not in ENDED for one in self.clauses.values())
        expected = "Conflict" if waits or self.topics[topic] == "closed" else None
        if self.tried(expected, lambda: self.desk.acts.topics.close(self.desk.work, topic, version, "完", PARTY)):
            self.topics[topic] = "closed"

    # --- clauses ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.clauses)
    @rule(
        data=st.data(),
        who=WHO,
        stale=STALE,
        unit=st.sampled_from(("housing", "fire")),
    )
    def hand_over(self, data: st.DataObject, who: str, stale: bool, unit: str) -> None:
        key, clause = self.any_clause(data, "given", "returned")
        who = "party" if who == "whose it is" else who
        expected = self.expect(clause, who, {"party"}, {"given", "returned"}, stale)
        at = At(key, clause.version - stale)
        if self.tried(expected, lambda: self.desk.acts.opinions.hand_over(self.desk.work, at, unit, SEATS[who])):
            clause.state, clause.unit, clause.extension = "handed_over", unit, None
            *back, answer = self.stored(key).clocks
            assert len(back) == (clause.returns < 2)
            clause.back_until, clause.due = (back[0].due if back else self.now), answer.due
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO, stale=STALE)
    def send_back(self, data: st.DataObject, who: str, stale: bool) -> None:
        key, clause = self.any_clause(data, "handed_over")
        who = clause.unit if who == "whose it is" else who
        expected = self.expect(clause, who, {"unit"}, {"handed_over"}, stale)
        if expected is None and clause.back_until and self.now >= clause.back_until:
            expected = "Conflict"
        at = At(key, clause.version - stale)
        if self.tried(expected, lambda: self.desk.acts.opinions.send_back(self.desk.work, at, "非本职", SEATS[who])):
            clause.state, clause.due, clause.returns = "returned", None, clause.returns + 1
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO, days=st.integers(-5, 110))
    def ask_extension(self, data: st.DataObject, who: str, days: int) -> None:
        key, clause = self.any_clause(data, "handed_over")
        who = clause.unit if who == "whose it is" else who
        expected = self.expect(clause, who, {"unit"}, {"handed_over"}, False)
        until = (clause.due or self.now).astimezone(SHANGHAI).date() + timedelta(days=days)
        if expected is None:
            clock = self.stored(key).answer_clock
            assert clock
            if days < 0 or until < self.today or until > self.desk.acts.limits.latest_extension(clock):
                expected = "Unfit"
            elif clause.extension in ("asked", "granted"):
                expected = "Conflict"
        at = At(key, clause.version)
        act = lambda: self.desk.acts.opinions.ask_extension(self.desk.work, at, "招标", until, SEATS[who])  # noqa: E731
        if self.tried(expected, act):
            clause.extension = "asked"
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO, granted=st.booleans())
    def decide_extension(self, data: st.DataObject, who: str, granted: bool) -> None:
        key, clause = self.any_clause(data, "handed_over")
        who = "party" if who == "whose it is" else who
        expected = self.expect(clause, who, {"party"}, {"handed_over"}, False)
        if expected is None and clause.extension != "asked":
            expected = "Conflict"
        at = At(key, clause.version)
        act = lambda: self.desk.acts.opinions.decide_extension(self.desk.work, at, granted, None, SEATS[who])  # noqa: E731
        if self.tried(expected, act):
            clause.extension = "granted" if granted else "refused"
            if granted:
                clock = self.stored(key).answer_clock
                assert clock
                assert clause.due
                assert clock.due > clause.due
                clause.due = clock.due
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(
        data=st.data(),
        who=WHO,
        stale=STALE,
        kind=st.sampled_from(ReplyClass),
        days=st.one_of(st.none(), st.integers(-30, 400), st.sampled_from((-1, 1, 30))),
        signed=st.sampled_from((-3, -1, 0, 0, 1)),
    )
    def reply(
        self, data: st.DataObject, who: str, stale: bool, kind: ReplyClass, days: int | None, signed: int
    ) -> None:
        key, clause = self.any_clause(data, "handed_over", "redo")
        who = clause.unit if who == "whose it is" else who
        expected = self.expect(clause, who, {"unit"}, {"handed_over", "redo"}, stale)
        on = None if days is None else self.today + timedelta(days=days)
        fits = {
            "A": days is not None and days <= 0,
            "B": on is not None and self.today <= on <= date(self.today.year, 12, 31),
            "C": days is not None and days > 0,
            "D": days is None,
        }[kind.value]
        if expected is None and (not fits or signed > 0):
            expected = "Unfit"
        at = At(key, clause.version - stale)
        answer = UnitAnswer(kind, "答复", on, self.today + timedelta(days=signed), "a" * 64)
        if self.tried(expected, lambda: self.desk.acts.opinions.reply(self.desk.work, at, answer, SEATS[who])):
            assert clause.due
            clause.answered.append(self.now < clause.due)
            clause.state, clause.agreed, clause.due = "replied", kind.value != "D", None
            clause.last_class, clause.promise = kind.value, on if kind.value in "BC" else None
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(
        data=st.data(),
        who=WHO,
        stale=STALE,
        manner=st.sampled_from(("good", "good", "bad")),
        result=st.sampled_from(("good", "good", "bad")),
        why=st.sampled_from((True, True, True, False)),
    )
    def rate(self, data: st.DataObject, who: str, stale: bool, manner: str, result: str, why: bool) -> None:
        key, clause = self.any_clause(data, "replied")
        who = "party" if who == "whose it is" else who
        expected = self.expect(clause, who, {"party", "deputy"}, {"replied"}, stale)
        bad = "bad" in (manner, result)
        if expected is None and bad and not why:
            expected = "Unfit"
        at, said = At(key, clause.version - stale), RatingSaid(GRADES[manner], GRADES[result], "不清" if why else None)
        if self.tried(expected, lambda: self.desk.acts.opinions.rate(self.desk.work, at, said, SEATS[who])):
            clause.rated.append(not bad)
            clause.state = "redo" if bad else "not_possible" if clause.last_class == "D" else "tracking"
            if clause.state == "redo":
                clause.promise = None
            clocks = self.stored(key).clocks
            clause.due = clocks[0].due if clocks else None
            assert (clause.due is None) == (clause.state != "redo" and clause.promise is None)
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO, stale=STALE, days=st.integers(-40, 1))
    def carry_out(self, data: st.DataObject, who: str, stale: bool, days: int) -> None:
        key, clause = self.any_clause(data, "tracking")
        who = "party" if who == "whose it is" else who
        on = self.today + timedelta(days=days)
        expected = self.expect(clause, who, {"party"}, {"tracking"}, stale)
        if days > 0 or (expected is None and on < self.stored(key).given_at.astimezone(SHANGHAI).date()):
            expected = "Unfit"
        at = At(key, clause.version - stale)
        if self.tried(expected, lambda: self.desk.acts.opinions.carry_out(self.desk.work, at, on, None, SEATS[who])):
            clause.state, clause.done, clause.due = "carried_out", on, None
            if clause.promise:
                clause.kept.append(on <= clause.promise)
            clause.promise = None
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO, stale=STALE)
    def miss(self, data: st.DataObject, who: str, stale: bool) -> None:
        key, clause = self.any_clause(data, "tracking")
        who = "party" if who == "whose it is" else who
        expected = self.expect(clause, who, {"party"}, {"tracking"}, stale)
        at = At(key, clause.version - stale)
        if self.tried(expected, lambda: self.desk.acts.opinions.miss(self.desk.work, at, "未做", SEATS[who])):
            if clause.promise:
                clause.kept.append(False)
            clause.state, clause.promise = "redo", None
            clause.due = self.stored(key).clocks[0].due
            clause.version += 1

    @precondition(lambda self: self.clauses)
    @rule(data=st.data(), who=WHO)
    def withdraw(self, data: st.DataObject, who: str) -> None:
        key, clause = self.any_clause(data, "given", "returned")
        who = "party" if who == "whose it is" else who
        expected = self.expect(clause, who, {"party"}, {"given", "returned", "handed_over"}, False)
        at = At(key, clause.version)
        if self.tried(expected, lambda: self.desk.acts.opinions.withdraw(self.desk.work, at, "误发", SEATS[who])):
            clause.state, clause.due = "withdrawn", None
            clause.version += 1

    @rule(days=st.integers(1, 60))
    def pass_time(self, days: int) -> None:
        """Deadlines fire; firing them once more changes nothing."""
        self.desk.memory.clock.advance(timedelta(days=days))
        for key, clause in self.clauses.items():
            for _ in range(2):
                timer = Timer(UUID(int=0), SUPERVISION, key, self.now)
                self.desk.acts.clocks.on_due(timer, self.desk.work)
            clause.version = self.stored(key).version

    # --- what always holds ------------------------------------------------------------------------------------------

    def stored(self, key: str) -> Any:
        return self.desk.book.opinion(self.desk.work, key)

    @invariant()
    def each_clause_is_as_the_reference_has_it(self) -> None:
        for key, clause in self.clauses.items():
            one = self.stored(key)
            assert (one.state.value, one.lead, one.version, one.agreed) == (
                clause.state,
                clause.unit,
                clause.version,
                clause.agreed,
            )
            assert one.carried_out_on == clause.done
            assert one.promised_on == (clause.promise if clause.state == "tracking" else None)
        assert {key: kept["state"] for key, kept in self.desk.book.topics.items()} == self.topics

    @invariant()
    def the_indicators_count_what_happened(self) -> None:
        found = indicators([self.stored(key) for key in self.clauses], self.now)
        late = [one for one in self.clauses.values() if one.due and self.now >= one.due]
        answered = [part for one in self.clauses.values() for part in one.answered]
        kept = [part for one in self.clauses.values() for part in one.kept]
        rated = [part for one in self.clauses.values() for part in one.rated]
        open_answers = sum(one.state in ("handed_over", "redo") for one in late)
        open_promises = sum(one.state == "tracking" and one.promise is not None for one in late)
        assert (found.answered_in_time.part, found.answered_in_time.whole) == (
            sum(answered),
            len(answered) + open_answers,
        )
        assert (found.promises_kept.part, found.promises_kept.whole) == (sum(kept), len(kept) + open_promises)
        assert (found.satisfied.part, found.satisfied.whole) == (sum(rated), len(rated))

    @invariant()
    def every_event_has_a_version_of_its_own_and_the_newest_is_what_is_stored(self) -> None:
        newest: dict[str, Event] = {}
        for event in self.desk.memory.events:
            known = newest.get(event.aggregate_id)
            assert known is None or known.version < event.version
            newest[event.aggregate_id] = event
        latest = {one.opinion_id: one.state for one in newest.values() if isinstance(one, SupervisionOpinionChanged)}
        assert latest == {key: clause.state for key, clause in self.clauses.items()}


Supervised.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=50, deadline=None)
TestSupervised = Supervised.TestCase
