"""Plans, announces and follows how works disturb residents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.chassis.commands import Conflict, Unfit, must_be_at
from services.chassis.database.work import Work
from services.chassis.working_days import SHANGHAI, Calendar
from services.contracts.impact_events import NoiseBan, WorksImpactChanged, WorksImpactsPlanned
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.works.desk import TOPIC, Site, Who, WorksDesk
from services.projects.app.works.impact_ports import ImpactBook, KeptPlan
from services.projects.domain.works.acts import Act
from services.projects.domain.works.disturbance import LONGEST, Disturbance, IllegalImpactStep, OutOfOrder
from services.projects.domain.works.impact import Breach, Impact, ImpactKind, ImpactPlan, ImpactState, breaches, days_of
from services.projects.domain.works.papers import PaperKind


class BreaksRules(Exception):
    """A disturbance that is still to come would break rules; it is not announced."""

    def __init__(self, kind: ImpactKind, found: Sequence[Breach], plan: ImpactPlan) -> None:
        super().__init__(", ".join(found))
        self.kind = kind
        self.found = found
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Announced:
    """`id` is the announcer's own, so that a repeated request finds one disturbance. `happened`: it is no
    announcement, but the report of what was begun without one."""

    id: str
    kind: ImpactKind
    blocks: frozenset[str]
    starts: datetime
    ends: datetime
    asked: frozenset[str] = frozenset()
    rescue: bool = False
    happened: bool = False


@dataclass(frozen=True, slots=True)
class ImpactStep:
    """`version`: as the person saw it. `at`: when it happened; None: now."""

    version: int
    to: ImpactState
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Disturb:
    desk: WorksDesk
    book: ImpactBook
    calendar: Calendar

    def plan_of(self, work: Work, project_id: str) -> KeptPlan:
        """What the project promised, or the usual, with the days without noise that hold for everybody."""
        kept = self.book.plan(work, project_id) or KeptPlan(self.desk.rules.usual_plan(), 0)
        return kept._replace(plan=replace(kept.plan, bans=(*self.desk.rules.bans_in_force(), *kept.plan.bans)))

    def plan(self, work: Work, project_id: str, plan: ImpactPlan, version: int, who: Who) -> int:
        """Takes a plan in place of the one of `version` (0: the first); returns the new version. Raises Conflict."""
        site = self.desk.open(work, project_id, who, Act.PLAN_IMPACTS)
        kept = self.book.plan(work, project_id)
        must_be_at(version, kept.version if kept else 0, site.project.state or "")
        if plan.permit is not None:
            _is_permit(site, plan.permit)
        for field, blocks in (("quiet", plan.quiet), ("scaffold_by_block", plan.scaffold_by_block)):
            for block in sorted(blocks):
                site.has_block(block, field)
        for kind, days in plan.notice_days.items():
            if days < (least := self.desk.rules.notice_days.get(kind, 0)):
                raise Unfit(f"notice_days.{kind}", f"is less than the {least} days that everybody is promised")
        event = _planned(site, plan, version + 1)
        self.book.save_plan(work, event)
        work.publish(TOPIC, event)
        return event.version

    def announce(self, work: Work, project_id: str, said: Announced, who: Who) -> Disturbance:
        """Announces a disturbance, or takes the report of one; one that is there already is answered.

        Raises BreaksRules for one that is still to come and may not be. Of what happened the breaches are findings.
        """
        site = self.desk.open(work, project_id, who, Act.ANNOUNCE_IMPACT)
        there = next((one for one in self.book.disturbances(work, project_id) if one.id == said.id), None)
        if there is not None:
            return there
        now = site.done.at
        if said.ends - said.starts > LONGEST:
            raise Unfit("ends", f"is more than {LONGEST.days} days after starts; correct the year")
        if said.happened and said.starts > now:
            raise Unfit("starts", "is still to come; announce it, or say when it began")
        if not said.happened and said.starts <= now:
            raise Unfit("starts", "is over; report it as happened, or say when it begins")
        for block in sorted(said.blocks):
            site.has_block(block, "blocks")
        must_be_free(self.desk.named_by, work, said.id, Named.DISTURBANCE)
        impact = Impact(
            said.kind,
            said.blocks,
            said.starts if said.happened else now,
            said.starts,
            said.ends,
            said.asked,
            said.rescue,
        )
        found = self._breaches(work, project_id, impact)
        if Breach.ENDS_BEFORE_IT_STARTS in found:
            raise Unfit("ends", "is not after starts; correct one of them")
        if said.happened:
            ended = said.ends <= now
            new = Disturbance(
                said.id,
                impact,
                ImpactState.ENDED if ended else ImpactState.ACTIVE,
                said.starts,
                said.ends if ended else None,
                found,
            )
        elif found:
            raise BreaksRules(said.kind, found, self.plan_of(work, project_id).plan)
        else:
            new = Disturbance(said.id, impact)
        self._keep(work, site, new)
        return new

    def step(self, work: Work, project_id: str, impact_id: str, step: ImpactStep, who: Who) -> Disturbance:
        """Begins, ends or cancels it. What it broke, as it went, is found again. Raises Conflict, Unfit."""
        site = self.desk.open(work, project_id, who, Act.STEP_IMPACT)
        one = next((one for one in self.book.disturbances(work, project_id) if one.id == impact_id), None)
        if one is None:
            raise Unfit("impact_id", "is no disturbance of these works; take an id of GET /projects/{id}/impacts")
        must_be_at(step.version, one.version, one.state)
        at = step.at or site.done.at
        if at > site.done.at:
            raise Unfit("at", "is still to come; say when it happened")
        try:
            taken = one.take(step.to, at)
        except IllegalImpactStep as error:
            raise Conflict(str(error), one.version, one.state) from None
        except OutOfOrder as error:
            raise Unfit("at", f"is before it began: {error}") from None
        if taken.state is not ImpactState.CANCELLED:
            taken = replace(taken, found=self._breaches(work, project_id, taken.happened()))
        self._keep(work, site, taken)
        return taken

    def _breaches(self, work: Work, project_id: str, impact: Impact) -> tuple[Breach, ...]:
        local = replace(
            impact,
            announced_at=impact.announced_at.astimezone(SHANGHAI),
            starts=impact.starts.astimezone(SHANGHAI),
            ends=impact.ends.astimezone(SHANGHAI),
        )
        works_on: Mapping[date, bool] = {day: self.calendar.is_working_day(day)[0] for day in days_of(local)}
        return tuple(breaches(local, self.plan_of(work, project_id).plan, works_on))

    def _keep(self, work: Work, site: Site, one: Disturbance) -> None:
        event = _changed(site, one)
        self.book.save(work, event)
        work.publish(TOPIC, event)


def _is_permit(site: Site, paper_id: str) -> None:
    if not any(one.id == paper_id and one.kind is PaperKind.NIGHT_WORK_PERMIT for one in site.works.papers):
        raise Unfit("permit", "is no permit of work at night among the papers; file it first")


def _planned(site: Site, plan: ImpactPlan, version: int) -> WorksImpactsPlanned:
    return WorksImpactsPlanned(
        version=version,
        project_id=site.project.id,
        noise_from=f"{plan.noise_from:%H:%M}",
        noise_to=f"{plan.noise_to:%H:%M}",
        notice_days=dict(plan.notice_days),
        scaffold_days=plan.scaffold_days,
        scaffold_by_block=dict(plan.scaffold_by_block),
        parking_replaced=plan.parking_replaced,
        permit=plan.permit,
        bans=tuple(NoiseBan(first=o.first, last=o.last, reason=o.reason, nights=o.nights) for o in plan.bans),
        quiet=tuple(sorted(plan.quiet)),
        **site.done._asdict(),
    )


def _changed(site: Site, one: Disturbance) -> WorksImpactChanged:
    impact = one.impact
    return WorksImpactChanged(
        version=one.version,
        project_id=site.project.id,
        impact_id=one.id,
        kind=impact.kind,
        state=one.state,
        lead=site.project.lead,
        place=site.project.place,
        blocks=tuple(sorted(impact.blocks)),
        announced_at=impact.announced_at,
        starts=impact.starts,
        ends=impact.ends,
        asked=tuple(sorted(impact.asked)),
        rescue=impact.rescue,
        begun_at=one.begun_at,
        ended_at=one.ended_at,
        breaches=one.found,
        **site.done._asdict(),
    )
