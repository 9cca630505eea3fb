"""The services on paper: the demo's own people against the bare rules, so that whole years pass in a second.

No process, no broker, no database: what is tried out is the demo, not the services.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.calls import Call
from demo.clockwork import midnight, steps
from demo.diary import Diary
from demo.district import District
from demo.housing import Housing
from demo.hub import Hub
from demo.residents import Residents
from demo.scene import Actors, Scenes
from demo.story import all_stories
from demo.truth import Judgement, judge
from demo.world import World
from services.contracts.department_events import HotIssueNotice, ProjectNotice
from services.contracts.effect import EffectVerdict
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place
from services.projects.domain import detection
from services.projects.domain.citywide import TypeDay, type_day
from services.projects.domain.effect.compared_months import look_over
from services.projects.domain.effect.controls import RegisteredKind, Treated, controls_for, neighbouring
from services.projects.domain.effect.panel import Callers, Panel, Repaired
from services.projects.domain.effect.verdict_facts import EstateVerdict
from services.projects.domain.months import ZONE, Month, months_later
from services.projects.files.effect_rules import effect_rules
from services.projects.files.rules import FILE, load_rules
from tests.unit.demo.desk import consulted, looked_up

Cell = tuple[str, str]
BOOK = load_rules(FILE)
RULES = BOOK.newest
EFFECT = effect_rules()
ENOUGH = 4  # fewer callers are never a hot issue


@dataclass
class Issue:
    cell: Cell
    state: str = "confirmed"
    project_id: str | None = None
    decided: datetime | None = None
    verdicts: list[EstateVerdict] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    started: datetime | None = None
    accepted: datetime | None = None
    until: datetime | None = None


class Paper:
    """Plays `months` with one seed; `issues` by cell and `judgement` are what came of it."""

    def __init__(self, seed: int, months: int = 40, **controls: bool) -> None:
        services: Any = self
        district, self._diary = District(seed), Diary()
        self.world = World(district, all_stories(), **controls)
        residents = Residents(services)
        scenes = Scenes((), lambda: Actors(services, district, residents, services, services, next(iter(steps(1)))))
        self._hub = Hub(services, district, self.world, residents, self._diary, scenes)
        self._housing = Housing(services, self.world, self._diary, self._hub.faults)
        self.issues: dict[Cell, Issue] = {}
        self._calls: dict[Cell, list[Call]] = defaultdict(list)
        self._callers_on: dict[TypeDay, dict[str, str]] = defaultdict(dict)
        self._events: set[TypeDay] = set()
        self._sub_district_of = {one.id: one.sub_district for one in district.estates}
        self._now = next(iter(steps(1)))
        self._play(months)
        everything = [call for calls in self._calls.values() for call in calls]
        self.calls = len(everything)
        self.judgement: Judgement = judge(self.world.faults, everything, map(_shown, self.issues.values()))

    def _play(self, months: int) -> None:
        since = midnight(self._now.date())
        for now in steps(months):
            self._now = now
            until = midnight(now.date())
            calls = self.world.calls(since, until)
            self._hub.act(now)
            self._diary.do(now)
            for call in calls:
                self._calls[call.estate or "", call.type_code].append(call)
                if call.estate:
                    self._note_day(call, call.estate)
            since = until
            self._look()

    def _look(self) -> None:
        for cell, calls in self._calls.items():
            issue = self.issues.get(cell)
            if issue is None and cell[0] and len(calls) >= ENOUGH and self._fulfilled(calls, None):
                self.issues[cell] = Issue(cell)
                self._enter(self.issues[cell], "confirmed")
            elif issue and issue.state in ("observing", "verified", "not shown") and self._came_back(issue, calls):
                self._enter(issue, "reopened")
            elif issue and issue.state == "observing" and issue.until and self._now > issue.until:
                self._judge(issue, issue.until)

    def _fulfilled(self, calls: list[Call], after: datetime | None) -> datetime | None:
        counted = [one for one in calls if not self._in_event(one) and (after is None or one.at > after)]
        counted_calls = [detection.Call("", one.phone, one.at) for one in counted]

        def past(begin: datetime, end: datetime) -> int:
            return sum(begin <= one.at < end for one in calls) if after is None else 0

        found = detection.first_hot(counted_calls, BOOK, None, past)
        return found.at if found else None

    def _note_day(self, call: Call, estate: str) -> None:
        """A day on which callers are everywhere, and those after it, count for nothing."""
        rule = RULES.detection.citywide
        assert rule
        day = type_day(call.type_code, call.at)
        places = self._callers_on[day]
        places[estate] = self._sub_district_of[estate]
        if len(places) >= rule.estates and len(set(places.values())) >= rule.sub_districts:
            self._events |= {day._replace(day=day.day + timedelta(days=n)) for n in range(rule.lasts_days)}

    def _in_event(self, one: Call) -> bool:
        return type_day(one.type_code, one.at) in self._events

    def _came_back(self, issue: Issue, calls: list[Call]) -> bool:
        assert issue.accepted
        again = self._fulfilled(calls, issue.accepted)
        assert issue.until
        return bool(again and again < months_later(issue.until, RULES.reopening.months))

    def _judge(self, issue: Issue, look: datetime) -> None:
        """As services.projects.app.cure does."""
        assert issue.decided
        assert issue.accepted
        estate, type_code = issue.cell
        works_start = (issue.started if issue.project_id else None) or issue.accepted
        through, types = Month.of(look).plus(-1), taxonomy().types
        treated = [
            Treated(one.cell[0], Month.of(one.started), Month.of(one.accepted) if one.accepted else None)
            for one in self.issues.values()
            if one.started and (one.project_id or one.cell[1] == type_code)
        ]
        register = {one.id: RegisteredKind(one.property_kind, one.built, None) for one in self.world.district.estates}
        span = (Month.of(issue.decided).plus(1), through)
        alike = controls_for([estate], register, treated, span, (), EFFECT.age_bands)
        beside = neighbouring([type_code], types, EFFECT.apart)
        days = (one.astimezone(ZONE).date() for one in (issue.decided, works_start, issue.accepted))
        repaired = Repaired(
            estate,
            type_code,
            self._callers(estate, [type_code]),
            *days,
            self._callers(estate, beside) if beside else None,
        )
        verdict = Panel([self._callers(one, [type_code]) for one in alike], through, EFFECT).estate(repaired)
        issue.verdicts.append(verdict)
        if verdict.finding is EffectVerdict.VERIFIED:
            self._enter(issue, "verified")
        elif verdict.finding is EffectVerdict.TOO_FEW or look >= look_over(issue.accepted, EFFECT.second):
            self._enter(issue, "not shown")
        else:
            issue.until = look_over(issue.accepted, EFFECT.second)

    def _callers(self, estate: str, types: Iterable[str]) -> Callers:
        called: dict[Month, set[str]] = defaultdict(set)
        for type_code in types:
            for one in self._calls.get((estate, type_code), ()):
                if one.phone:
                    called[Month.of(one.at)].add(one.phone)
        return {month: len(phones) for month, phones in called.items()}

    def _enter(self, issue: Issue, state: str) -> None:
        issue.state = state
        issue.states.append(state)
        estate, type_code = issue.cell
        self._hub.hear(
            HotIssueNotice.model_construct(
                hot_issue_id=f"{estate}/{type_code}",
                stage=f"hot_issue.{state.replace(' ', '_')}.v1",
                type_code=type_code,
                place=Place(estate=estate),
            )
        )

    # What the demo's people use of demo.interfaces.

    def as_role(self, role: str) -> Paper:
        return self

    def all_at_once(self, act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [act(item) for item in items]

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        return iter(())

    def get(self, service: str, path: str) -> dict[str, Any]:
        if known := looked_up(path):
            return known
        issue = self._issue(path)
        return {"version": 1, "project_id": issue.project_id}

    def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if answer := consulted(path, body):
            return answer
        issue = self._issue(path)
        if path.endswith("/decision"):
            self._decide(issue, body)
        elif path.endswith("/cure-done") or body.get("to") == "accepted":
            issue.accepted, issue.until = self._now, look_over(self._now, EFFECT.first)
            self._enter(issue, "observing")
        elif body.get("to") == "started":
            issue.started = self._now
            self._enter(issue, "in cure")
        return {}

    def step(self, service: str, thing: str, step: str, body: dict[str, Any], *, wanted: object) -> None:
        self.post(service, f"{thing}/{step}", body)

    def _decide(self, issue: Issue, body: dict[str, Any]) -> None:
        assert issue.state in ("confirmed", "reopened")
        issue.decided = self._now
        self._enter(issue, "explained" if body["kind"] == "explain" else "decided")
        if body["kind"] == "project":
            issue.project_id = "/".join(issue.cell)
            self._housing.hear(_project(issue), self._now)
        elif body["kind"] in ("service", "rule"):
            issue.started = self._now
            self._enter(issue, "in cure")

    def _issue(self, path: str) -> Issue:
        _, _, estate, type_code, *_ = path.split("/")
        return self.issues[estate, type_code]

    def named(self, key: str) -> Issue:
        """The issue of a story."""
        return self.issues[next(fault.cell for fault in self.world.faults if fault.story.key == key)]


def _shown(issue: Issue) -> dict[str, Any]:
    estate, type_code = issue.cell
    return {
        "hot_issue_id": "/".join(issue.cell),
        "number": "R26-00042-0",
        "state": issue.state,
        "type_code": type_code,
        "place": {"estate": estate},
    }


def _project(issue: Issue) -> ProjectNotice:
    return ProjectNotice.model_construct(
        project_id=issue.project_id,
        state="need",
        place=Place(estate=issue.cell[0]),
        hot_issues=("/".join(issue.cell),),
    )
