"""The use cases of cases and standards on books in memory, for tests without a database."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from services.chassis.clock import FixedClock
from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer
from services.projects.app.authority import Authority
from services.projects.app.cases.case_clocks import CaseClocks
from services.projects.app.cases.ports import HeldIssue
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.app.cases_and_standards import RulesOfTypes
from services.projects.app.share import DistrictShare
from services.projects.app.standards.acts import StandardActs
from services.projects.app.standards.desk import StandardDesk
from services.projects.app.standards.draft_standard import DraftStandard
from services.projects.app.standards.issue_standard import IssueStandard
from services.projects.app.standards.roll_out import RollOut
from services.projects.app.standards.standard_clocks import StandardClocks
from services.projects.app.works.desk import Who
from services.projects.domain.cases.proposal import Standing
from services.projects.domain.cases.typical_case import TypicalCase
from services.projects.domain.standards.clause_checks import StandardCheck
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.rollout import Rollout
from services.projects.domain.standards.standard import Standard
from services.projects.files.standard_rules import standard_rules
from tests.unit.projects.planning import MemoryWork

START = datetime(2026, 7, 1, tzinfo=UTC)
HUB = Who("hub", Authority(DistrictShare(True, hub=True), is_hub=True))
TYPE = "MJ01"
ISSUE, TICKET = str(UUID(int=1)), str(UUID(int=2))


class MemoryTimers:
    """Stands for the connection: the deadlines that were set; the same one is set once."""

    def __init__(self) -> None:
        self.waiting: dict[UUID, Timer] = {}
        self.fired: set[UUID] = set()

    def execute(self, _statement: Any, columns: Mapping[str, Sequence[Any]]) -> None:
        rows = zip(columns["id"], columns["kind"], columns["subject"], columns["due_at"], strict=True)
        self.waiting |= {row[0]: Timer(*row) for row in rows if row[0] not in self.fired}


@dataclass
class MemoryCases:
    kept: dict[str, TypicalCase] = field(default_factory=dict)

    def lock_type(self, work: Work, type_code: str) -> TypicalCase | None:
        return copy.deepcopy(max(self.kept.values(), key=lambda one: one.ordinal, default=None))

    def lock(self, work: Work, case_id: str) -> TypicalCase | None:
        return copy.deepcopy(self.kept.get(case_id))

    def standing(self, work: Work, type_code: str) -> list[Standing]:
        return []

    def issues(self, work: Work, ids: Collection[str]) -> list[HeldIssue]:
        return [HeldIssue(ISSUE, TYPE, "housing", "a-1", "310109010")] if ISSUE in ids else []

    def tickets_of_type(self, work: Work, type_code: str, ids: Collection[str]) -> set[str]:
        return set(ids) & {TICKET}

    def of_pilot(self, work: Work, project_id: str) -> list[str]:
        return [one.id for one in self.kept.values() if one.pilot == project_id]

    def save(self, work: Work, case: TypicalCase) -> None:
        self.kept[case.id] = copy.deepcopy(case)


@dataclass
class MemoryStandards:
    kept: dict[str, Standard] = field(default_factory=dict)
    said: dict[str, list[StandardOpinion]] = field(default_factory=dict)
    rolled: dict[tuple[str, str], Rollout] = field(default_factory=dict)
    checked: dict[str, list[tuple[StandardCheck, int, bool]]] = field(default_factory=dict)

    def lock(self, work: Work, standard_id: str) -> Standard | None:
        return copy.deepcopy(self.kept.get(standard_id))

    def save(self, work: Work, standard: Standard) -> None:
        self.kept[standard.id] = copy.deepcopy(standard)

    def stands(self, work: Work, standard_id: str) -> bool:
        return bool(self.kept[standard_id].issued()) and not self.kept[standard_id].retirement

    def issued_on(self, work: Work, types: Collection[str]) -> list[Standard]:
        return [copy.deepcopy(one) for one in self.kept.values() if one.issued() and {*one.types} & {*types}]

    def lock_menu(self, work: Work) -> Mapping[str, int]:
        return {}

    def opinions(self, work: Work, standard_id: str) -> list[StandardOpinion]:
        return list(self.said.get(standard_id, []))

    def save_opinion(self, work: Work, standard_id: str, opinion: StandardOpinion) -> bool:
        others = [one for one in self.opinions(work, standard_id) if one.id != opinion.id]
        self.said[standard_id] = [*others, opinion]
        return True

    def rollouts(self, work: Work, standard_id: str) -> list[Rollout]:
        return [copy.deepcopy(one) for (of, _), one in sorted(self.rolled.items()) if of == standard_id]

    def save_rollouts(self, work: Work, rollouts: Sequence[Rollout]) -> None:
        self.rolled |= {(one.standard_id, one.sub_district): copy.deepcopy(one) for one in rollouts}

    def checks(self, work: Work, standard_id: str) -> list[tuple[StandardCheck, int, bool]]:
        return list(self.checked.get(standard_id, []))

    def save_check(
        self, work: Work, standard_id: str, check: StandardCheck, version: int = 1, overdue: bool = False
    ) -> bool:
        others = [one for one in self.checks(work, standard_id) if one[0].id != check.id]
        self.checked[standard_id] = [*others, (check, version, overdue)]
        return True


class Ruling:
    """Everybody at one desk, with the clocks; `pass_days` fires what is due meanwhile, in its order."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.timers = MemoryTimers()
        self.memory = MemoryWork(self.clock)
        self.memory.connection = self.timers  # type: ignore[attr-defined]
        self.work = cast(Work, self.memory)
        self.made = 0
        self.cases, self.standards = MemoryCases(), MemoryStandards()
        rules = standard_rules()
        on_cases = WorkOnCase(self.cases, cast(Any, None), self.standards.stands, rules.pilot_days, self.new_id)
        desk = StandardDesk(self.standards, rules, self.new_id)
        self.acts = StandardActs(
            DraftStandard(desk, on_cases.link_standard),
            IssueStandard(desk, (), on_cases.free),
            RollOut(desk),
            StandardClocks(self.standards),
        )
        clocks = CaseClocks(self.cases, self.standards.stands, rules.pilot_days)
        self.types = RulesOfTypes(on_cases, clocks, self.acts)

    def new_id(self) -> str:
        self.made += 1
        return str(UUID(int=1000 + self.made))

    def until(self, moment: datetime) -> None:
        while due := [one for one in self.timers.waiting.values() if one.due_at < moment]:
            first = min(due, key=lambda one: (one.due_at, str(one.id)))
            self.clock.advance(max(first.due_at - self.clock.now(), first.due_at - first.due_at))
            del self.timers.waiting[first.id]
            self.timers.fired.add(first.id)
            self.types.timers[first.kind]([first], self.work)
        self.clock.advance(moment - self.clock.now())
