"""Holds each cured hot issue against estates without works, on the service's own counts (docs/effect.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from services.chassis.database.work import Work
from services.contracts.effect import JudgedEffect
from services.contracts.taxonomy import Taxonomy
from services.projects.app.effect.ports import CallerBook
from services.projects.app.ports import HotIssues
from services.projects.domain.effect.compared_months import windows
from services.projects.domain.effect.controls import RegisteredKind, Treated, adjoining, controls_for, neighbouring
from services.projects.domain.effect.panel import Callers, Panel, Repaired
from services.projects.domain.effect.published_facts import facts_of
from services.projects.domain.effect.rules import EffectRules
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.months import ZONE, Month
from services.projects.domain.unplaced import IN_PLACE_OF_ESTATE


class Case(NamedTuple):
    """A cured issue with what it is judged by. `nuisance`: callers a month about the works, while they lasted."""

    issue: HotIssue
    repaired: Repaired
    panel: Panel
    nuisance: int
    floor_area: float | None

    def judged(self) -> JudgedEffect:
        return facts_of(self.panel.estate(self.repaired), self.nuisance, self.floor_area)


@dataclass(frozen=True, slots=True)
class JudgeEffect:
    """Reads what several issues have in common once for all of them."""

    book: CallerBook
    issues: HotIssues
    rules: EffectRules
    taxonomy: Taxonomy

    def cases(self, work: Work, issues: Sequence[HotIssue], through: Month) -> list[Case]:
        """Of issues that were cured. `through`: the last month of which all calls are known."""
        if not issues:
            return []
        scopes = self._scopes(work, issues)
        begin = min(Month.on(_days_of(issue)[0]) for issue in issues)
        estates = frozenset(estate for scope in scopes.values() for estate in scope.estates)
        counts = _Counts(self.book, work, begin, through, estates)
        return [self._case(counts, issue, scopes[issue.id], through) for issue in issues]

    def callers(self, work: Work, issue: HotIssue, begin: Month, end: Month) -> list[int]:
        """Distinct callers of an issue's types in its estates, month by month."""
        scope = self._scopes(work, [issue])[issue.id]
        found = _Counts(self.book, work, begin, end, scope.estates).of(scope.estates, scope.types)
        months = [begin]
        while months[-1] < end:
            months.append(months[-1].plus(1))
        return [found.get(month, 0) for month in months]

    def _case(self, counts: _Counts, issue: HotIssue, scope: _Scope, through: Month) -> Case:
        estates, types = scope
        decided, started, accepted = _days_of(issue)
        compared = windows(decided, started, accepted, self.rules)
        everywhere = counts.everywhere(types)
        beside = neighbouring(types, self.taxonomy.types, self.rules.apart)
        near = adjoining(estates, counts.register, self.rules.adjoining_m)
        neighbours = [everywhere.get(estate, {}) for estate in near]
        if beside:
            neighbours.append(counts.of(estates, beside))
        repaired = Repaired(
            estate=issue.cell.estate,
            kind=issue.cell.type_code,
            callers=counts.of(estates, types),
            decided=decided,
            works_start=started,
            accepted=accepted,
            neighbours=_together(neighbours) if neighbours else None,
        )
        span = (min((*compared.before, Month.on(started))), min(Month.on(accepted).plus(self.rules.second), through))
        alike = controls_for(estates, counts.register, counts.treated(types), span, near, self.rules.age_bands)
        controls = [everywhere.get(estate, {}) for estate in alike]
        works = counts.of(estates, self.rules.apart)
        nuisance = sum(n for month, n in works.items() if Month.on(started) <= month <= Month.on(accepted))
        known = counts.register.get(issue.cell.estate)
        return Case(issue, repaired, Panel(controls, through, self.rules), nuisance, known and known.floor_area)

    def _scopes(self, work: Work, issues: Sequence[HotIssue]) -> Mapping[str, _Scope]:
        """Estates and types of each issue and of what was merged into it; complaints about works are no part of it."""
        found, scopes = self.issues.cells(work, [issue.id for issue in issues]), {}
        for issue in issues:
            cells = [one for one in found[issue.id] if one.type_code not in self.rules.apart] or [issue.cell]
            scopes[issue.id] = _Scope(frozenset(one.estate for one in cells), frozenset(one.type_code for one in cells))
        return scopes


class _Scope(NamedTuple):
    estates: frozenset[str]
    types: frozenset[str]


@dataclass(slots=True)
class _Counts:
    """What was read so far, by the types that it is about. `among`: the estates that were cured."""

    book: CallerBook
    work: Work
    begin: Month
    end: Month
    among: frozenset[str]
    _everywhere: dict[frozenset[str], Mapping[str, Callers]] = field(default_factory=dict)
    _among: dict[frozenset[str], Mapping[str, Callers]] = field(default_factory=dict)
    _treated: dict[frozenset[str], list[Treated]] = field(default_factory=dict)
    _register: Mapping[str, RegisteredKind] | None = None

    @property
    def register(self) -> Mapping[str, RegisteredKind]:
        if self._register is None:
            self._register = self.book.register(self.work)
        return self._register

    def everywhere(self, types: frozenset[str]) -> Mapping[str, Callers]:
        if types not in self._everywhere:
            self._everywhere[types] = self.book.callers(self.work, types, self.begin, self.end)
        return self._everywhere[types]

    def treated(self, types: frozenset[str]) -> list[Treated]:
        if types not in self._treated:
            self._treated[types] = self.book.treated(self.work, types)
        return self._treated[types]

    def of(self, estates: Collection[str], types: frozenset[str]) -> Callers:
        """Of several estates together; a matter stands for what its place and types are."""
        if types not in self._among and types in self._everywhere:
            self._among[types] = self._everywhere[types]
        elif types not in self._among:
            self._among[types] = self.book.callers(self.work, types, self.begin, self.end, self.among)
        matters = sorted(one for one in estates if one.startswith(IN_PLACE_OF_ESTATE))
        counted = [self._among[types].get(one, {}) for one in estates if one not in matters]
        if matters:
            counted += self.book.of_matters(self.work, matters, self.begin, self.end).values()
        return _together(counted)


def _together(counted: Sequence[Callers]) -> Callers:
    months = {month for one in counted for month in one}
    return {month: sum(one.get(month, 0) for one in counted) for month in months}


def _days_of(issue: HotIssue) -> tuple[date, date, date]:
    """Decided, works started, accepted. What needs no works changes nothing until it is in place."""
    assert issue.decided_at
    assert issue.accepted_at
    started = issue.cure_started_at if issue.project_id else None
    return _day(issue.decided_at), _day(started or issue.accepted_at), _day(issue.accepted_at)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
