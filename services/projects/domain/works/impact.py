"""Disturbance by works (施工扰民): what a project promised, what it announces, and what of it broke a rule.

Rules: docs/domain.md §4.5. A plan that breaks one is refused; what happened all the same is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class ImpactKind(StrEnum):
    WATER_CUT = "water_cut"
    POWER_CUT = "power_cut"
    GAS_CUT = "gas_cut"
    NOISE = "noise"
    SCAFFOLD = "scaffold"
    PARKING_CLOSED = "parking_closed"
    PATH_CLOSED = "path_closed"


class ImpactState(StrEnum):
    ANNOUNCED = "announced"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[ImpactState, frozenset[ImpactState]] = {
    ImpactState.ANNOUNCED: frozenset({ImpactState.ACTIVE, ImpactState.CANCELLED}),
    ImpactState.ACTIVE: frozenset({ImpactState.ENDED}),
    ImpactState.ENDED: frozenset(),
    ImpactState.CANCELLED: frozenset(),
}


class Breach(StrEnum):
    NOTICE_TOO_SHORT = "notice_too_short"
    AT_NIGHT = "at_night"
    OUTSIDE_HOURS = "outside_hours"
    NOT_A_WORKING_DAY = "not_a_working_day"
    IN_A_BAN_PERIOD = "in_a_ban_period"
    QUIET_NOT_ASKED = "quiet_not_asked"
    SCAFFOLD_TOO_LONG = "scaffold_too_long"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"


NIGHT_FROM, NIGHT_TO = time(22), time(6)
"""Noise Pollution Law, article 88."""


@dataclass(frozen=True, slots=True)
class BanPeriod:
    """Days on which noise is not allowed, `last` included: examinations, as the district announces them.

    `nights`: only in their nights, and then no permit helps. `reason`: a code. `yearly`: on these days of each year
    from the first on.
    """

    first: date
    last: date
    reason: str
    nights: bool = False
    yearly: bool = False

    def covers(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        ends = [(one.month, one.day) for one in (self.first, day, self.last)]
        return self.first <= day and ends == sorted(ends)


@dataclass(frozen=True, slots=True)
class ImpactPlan:
    """What a project promised. `noise_from` to `noise_to`: when noisy work is allowed, on working days.

    `notice_days`: whole days between the announcement and the beginning. `scaffold_days`: how long a block may stand
    behind one; `scaffold_by_block`: those for which another time was promised. `parking_replaced`: spaces found
    elsewhere. `permit`: the paper that permits work at night. `quiet`: blocks with people who need quiet, who are asked
    before noise begins.
    """

    notice_days: Mapping[ImpactKind, int]
    noise_from: time = time(8)
    noise_to: time = time(18)
    scaffold_days: int = 60
    bans: tuple[BanPeriod, ...] = ()
    permit: str | None = None
    quiet: frozenset[str] = frozenset()
    scaffold_by_block: Mapping[str, int] = field(default_factory=dict)
    parking_replaced: int = 0

    def scaffold_days_of(self, blocks: frozenset[str]) -> int:
        """The shortest time that was promised to any of the blocks."""
        return min(
            (self.scaffold_by_block.get(block, self.scaffold_days) for block in blocks), default=self.scaffold_days
        )


@dataclass(frozen=True, slots=True)
class Impact:
    """One disturbance of some blocks, from when to when. All times are the district's local time.

    No block: the whole estate. `asked`: the blocks whose people on the quiet list were asked. `rescue`: work to save
    people or property, which the ban of nights does not hold up (Noise Pollution Law, article 43).
    """

    kind: ImpactKind
    blocks: frozenset[str]
    announced_at: datetime
    starts: datetime
    ends: datetime
    asked: frozenset[str] = frozenset()
    rescue: bool = False


def breaches(impact: Impact, plan: ImpactPlan, is_working_day: Mapping[date, bool]) -> list[Breach]:
    """The rules that a disturbance breaks, each once. `is_working_day` holds each day of it."""
    found = {breach for breach, broken in _rules(impact, plan, is_working_day) if broken}
    return [breach for breach in Breach if breach in found]


def _rules(impact: Impact, plan: ImpactPlan, is_working_day: Mapping[date, bool]) -> Iterable[tuple[Breach, bool]]:
    yield Breach.ENDS_BEFORE_IT_STARTS, impact.ends <= impact.starts
    notice = (impact.starts.date() - impact.announced_at.date()).days
    yield Breach.NOTICE_TOO_SHORT, notice < plan.notice_days.get(impact.kind, 0)
    if impact.kind is ImpactKind.SCAFFOLD:
        yield (
            Breach.SCAFFOLD_TOO_LONG,
            impact.ends - impact.starts > timedelta(days=plan.scaffold_days_of(impact.blocks)),
        )
    if impact.kind is ImpactKind.NOISE:
        days = days_of(impact)
        at_night = _touches_night(impact)
        permitted = at_night and (plan.permit is not None or impact.rescue)
        yield Breach.AT_NIGHT, at_night and not permitted
        outside = impact.starts.time() < plan.noise_from or impact.ends.time() > plan.noise_to or len(days) > 1
        yield Breach.OUTSIDE_HOURS, outside and not permitted
        yield Breach.NOT_A_WORKING_DAY, not all(is_working_day[day] for day in days)
        quiet = plan.quiet & impact.blocks if impact.blocks else plan.quiet
        yield Breach.QUIET_NOT_ASKED, bool(quiet - impact.asked)
        bans = [ban for ban in plan.bans if at_night or not ban.nights]
        yield Breach.IN_A_BAN_PERIOD, any(ban.covers(day) for ban in bans for day in days)


def days_of(impact: Impact) -> list[date]:
    """The days that it touches; one that ends at midnight does not touch the next."""
    last = max(impact.starts, impact.ends - timedelta(microseconds=1)).date()
    return [impact.starts.date() + timedelta(days=n) for n in range((last - impact.starts.date()).days + 1)]


def _touches_night(impact: Impact) -> bool:
    """Whether a moment of it lies between 22:00 and 6:00."""
    evening = datetime.combine(impact.starts.date(), NIGHT_FROM, impact.starts.tzinfo)
    return impact.starts.time() < NIGHT_TO or impact.ends > evening
