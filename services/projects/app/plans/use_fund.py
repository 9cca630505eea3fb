"""The maintenance fund in an emergency: asked for, answered in time or repaired on the committee's behalf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.contracts.districts import SHANGHAI
from services.contracts.plan_events import FundUseChanged
from services.projects.app.cure import CLOCK
from services.projects.app.needs.ports import NeedBook
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.plans.ports import FundUses
from services.projects.app.ports import CurrentRules
from services.projects.app.works.desk import Who
from services.projects.domain.fund_use import FundUse, FundUseState, IllegalFundStep, answer_by
from services.projects.domain.plan_rules import EmergencyRule

TOPIC = "projects"
FUND_ANSWER = "fund-answer"


@dataclass(frozen=True, slots=True)
class FundRequest:
    """`id` is the asker's own, so that the same request again is one."""

    id: str
    estate: str
    kind: str
    element: str | None
    cost_fen: int
    safety: bool


@dataclass(frozen=True, slots=True)
class UseFund:
    uses: FundUses
    needs: NeedBook
    rule: EmergencyRule
    rules: CurrentRules

    def ask(self, work: Work, asked: FundRequest, who: Who) -> FundUse:
        """Raises Unfit."""
        now = work.clock.now()
        lead = self.rules.book().at(now).project.lead
        place = self.needs.places(work, {asked.estate}).get(asked.estate)
        if place is None or not who.authority.share.holds(lead, place.sub_district):
            raise Unfit("estate", "is not registered: take an id of GET /estates, or import it first")
        if asked.kind not in self.rule.kinds:
            raise Unfit("kind", f"is no emergency of the rules: take one of {', '.join(sorted(self.rule.kinds))}")
        known = self.uses.lock(work, asked.id)
        if known:
            if (known.place.estate, known.kind, known.cost_fen) != (asked.estate, asked.kind, asked.cost_fen):
                raise Unfit("id", "is that of another request: give each its own")
            return known
        must_be_free(self.needs.named_by, work, asked.id, Named.FUND_USE)
        due = answer_by(now, self.rule.answer_days)
        use = FundUse(asked.id, place, lead, asked.kind, asked.element, asked.cost_fen, asked.safety, now, due)
        timers.start(work, FUND_ANSWER, use.id, due)
        self._keep(work, use, who.actor)
        return use

    def step(self, work: Work, use_id: str, version: int, to: FundUseState, who: Who) -> FundUse:
        """Raises Unknown, Forbidden, and Conflict."""
        use = admitted(self.uses.lock(work, use_id), who.authority.act_on)
        must_be_at(version, use.version, use.state)
        if to not in use.may_become():
            allowed = ", ".join(sorted(use.may_become())) or "nothing"
            raise Conflict(f"it is {use.state} and may become {allowed}", use.version, use.state)
        self._take(work, use, to, who.actor)
        return use

    def on_answer_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer FUND_ANSWER: nobody answered in time."""
        use = self.uses.lock(work, timer.subject)
        if use and use.state is FundUseState.ASKED and use.answer_by == timer.due_at:
            self._take(work, use, FundUseState.UNANSWERED, CLOCK)

    def _take(self, work: Work, use: FundUse, to: FundUseState, actor: str) -> None:
        try:
            use.take(to, work.clock.now().astimezone(SHANGHAI).date())
        except IllegalFundStep as error:
            raise Conflict(str(error), use.version, use.state) from None
        self._keep(work, use, actor)

    def _keep(self, work: Work, use: FundUse, actor: str) -> None:
        self.uses.save(work, use)
        work.publish(TOPIC, FundUseChanged(**fund_use_facts(use), actor=actor))


def fund_use_facts(use: FundUse) -> dict[str, Any]:
    """Its public state, as its events carry it."""
    return {
        "version": use.version,
        "fund_use_id": use.id,
        "place": use.place,
        "lead": use.lead,
        "kind": use.kind,
        "element": use.element,
        "cost_fen": use.cost_fen,
        "safety": use.safety,
        "state": use.state,
        "asked_at": use.asked_at,
        "answer_by": use.answer_by,
        "done_on": use.done_on,
    }
