"""The use cases of needs and plans on books in memory, for tests without a database."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from services.chassis.clock import FixedClock
from services.chassis.database.work import Work
from services.contracts.event import Event
from services.contracts.need_events import NeedsSurveyed, NeedsSurveyWithdrawn
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place
from services.projects.app.authority import Authority
from services.projects.app.needs.gather import GatherNeeds
from services.projects.app.needs.ports import NeedKey
from services.projects.app.own_ids import Named
from services.projects.app.plans.draft_plan import DraftPlan
from services.projects.app.plans.ports import Candidate
from services.projects.app.plans.publish_plan import PublishPlan
from services.projects.app.plans.rank_estates import RankEstates
from services.projects.app.share import DistrictShare
from services.projects.app.works.desk import Who
from services.projects.domain.needs import PLANNABLE, Need
from services.projects.domain.surveys import NeedsSurvey
from services.projects.domain.yearly_plan import PlanEntry, YearlyPlan
from services.projects.files.plan_rules import plan_rules
from services.projects.files.rules import FILE, RulesInForce

START = datetime(2026, 7, 1, tzinfo=UTC)
HUB = Who("hub", Authority(DistrictShare(True, hub=True), is_hub=True))
ESTATES = {name: Place(sub_district="310109010", estate=name) for name in ("a-1", "b-1", "c-1")}


class MemoryWork:
    """A unit of work without a database: what is published, in order."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.events: list[Event] = []

    def publish(self, topic: str, event: Event, event_id: UUID | None = None) -> None:
        self.events.append(event)


@dataclass
class MemoryNeeds:
    kept: dict[str, Need] = field(default_factory=dict)

    def newest(self, work: Work, estates: Collection[str]) -> dict[NeedKey, Need]:
        found: dict[NeedKey, Need] = {}
        for need in sorted(self.kept.values(), key=lambda one: one.ordinal):
            if need.place.estate in estates:
                found[NeedKey(need.place.estate or "", need.element)] = copy.deepcopy(need)
        return found

    def lock(self, work: Work, need_ids: Collection[str]) -> dict[str, Need]:
        return {one: copy.deepcopy(self.kept[one]) for one in need_ids if one in self.kept}

    def of_project(self, work: Work, project_id: str) -> list[Need]:
        return [copy.deepcopy(one) for one in self.kept.values() if one.project_id == project_id]

    def save(self, work: Work, needs: Sequence[Need]) -> None:
        self.kept.update({need.id: copy.deepcopy(need) for need in needs})

    def named_by(self, work: Work, id: str) -> Named | None:
        return None

    def asked_by(self, work: Work, ref: str) -> list[Need]:
        return [one for one in self.kept.values() if any(source.ref == ref for source in one.sources)]

    def places(self, work: Work, estates: Collection[str]) -> Mapping[str, Place]:
        return {one: ESTATES[one] for one in estates if one in ESTATES}

    def survey(self, work: Work, survey_id: str) -> NeedsSurvey | None:
        return None

    def add_survey(self, work: Work, event: NeedsSurveyed) -> None:
        raise NotImplementedError

    def withdraw_survey(self, work: Work, event: NeedsSurveyWithdrawn) -> None:
        raise NotImplementedError


@dataclass
class MemoryPlans:
    needs: MemoryNeeds
    plans: dict[str, YearlyPlan] = field(default_factory=dict)
    kept: dict[tuple[str, str], PlanEntry] = field(default_factory=dict)

    def lock_year(self, work: Work, year: int) -> list[YearlyPlan]:
        of_year = [copy.deepcopy(one) for one in self.plans.values() if one.year == year]
        return sorted(of_year, key=lambda one: one.number)

    def year_of(self, work: Work, plan_id: str) -> int | None:
        return self.plans[plan_id].year if plan_id in self.plans else None

    def entries(self, work: Work, plan_id: str) -> list[PlanEntry]:
        return [copy.deepcopy(one) for (of, _), one in sorted(self.kept.items()) if of == plan_id]

    def save(self, work: Work, plans: Sequence[YearlyPlan]) -> None:
        self.plans.update({plan.id: copy.deepcopy(plan) for plan in plans})

    def save_entries(self, work: Work, entries: Sequence[PlanEntry]) -> None:
        self.kept.update({(one.plan_id, one.place.estate or ""): copy.deepcopy(one) for one in entries})

    def candidates(self, work: Work) -> list[Candidate]:
        found = []
        for estate, place in ESTATES.items():
            open_needs = sorted(
                one.id for one in self.needs.kept.values() if one.place.estate == estate and one.state in PLANNABLE
            )
            if open_needs:
                found.append(Candidate(place, tuple(open_needs), "sold-public", 1980))
        return found

    def begun(self, work: Work, year: int) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for need in self.needs.kept.values():
            if need.project_id and need.plan_id in {one.id for one in self.plans.values() if one.year == year}:
                found.setdefault(need.place.estate or "", set()).add(need.project_id)
        return {estate: tuple(sorted(projects)) for estate, projects in found.items()}

    def needs_of(self, work: Work, plan_id: str) -> list[str]:
        return [one.id for one in self.needs.kept.values() if one.plan_id == plan_id]


class Desk:
    """One district: the use cases, the books, and what was published."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.memory = MemoryWork(self.clock)
        self.work = cast(Work, self.memory)
        self.needs = MemoryNeeds()
        self.plans = MemoryPlans(self.needs)
        rules = RulesInForce(FILE)
        self.gather = GatherNeeds(self.needs, rules)
        ranker = RankEstates(cast(Any, None), taxonomy())
        self.draft = DraftPlan(self.plans, ranker, plan_rules(), rules, self._new_id)
        self.publish = PublishPlan(self.plans, self.gather)
        self._ids = 0

    def _new_id(self) -> str:
        self._ids += 1
        return str(UUID(int=self._ids))

    def pass_time(self) -> None:
        self.clock.advance(timedelta(days=1))
