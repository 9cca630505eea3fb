"""Plans messages to callers in the transaction of the step that they report: once for each person and occasion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis import metrics
from services.chassis.database.work import Work
from services.intake.app.ports import (
    EarlierMessage,
    EarlierMessages,
    PlannedTelling,
    Tellings,
)
from services.intake.app.to_tell import (
    StageReached,
    StepTaken,
    ToTell,
    of_stage,
    of_step,
    of_works,
)
from services.intake.domain.occasion import Audience, Occasion
from services.intake.domain.occasion_rules import Occasions
from services.intake.domain.telling_plan import decide
from services.intake.domain.ticket import Ticket
from services.intake.domain.works_news import WorksNews


@dataclass(frozen=True, slots=True)
class TellCallers:
    """Plans are rows: also what is not to be sent, with its cause. Doing the same again plans nothing new.

    Two transactions that plan for the same person take turns: the second counts what the first has planned. One that
    plans several times calls `lock` for all of its persons first, so that two cannot wait for each other. `on_planned`
    is called after each transaction that has planned something.
    """

    table: Occasions
    tellings: Tellings
    on_planned: Callable[[], None] = lambda: None

    def lock(self, work: Work, persons: Collection[str]) -> None:
        if persons:
            self.tellings.lock(work, persons)

    def of_steps(self, work: Work, taken: Sequence[StepTaken]) -> None:
        """Plans messages to the callers of these tickets about these steps. Most steps notify nobody."""
        known = ((self.table.of_step(one.entry.step), one) for one in taken)
        self._plan(work, [of_step(occasion, one) for occasion, one in known if occasion])

    def of_stages(self, work: Work, reached: Sequence[StageReached]) -> None:
        """Plans messages to the callers of hot issues about their stages."""
        known = ((self._occasion(one), one) for one in reached)
        self._plan(work, [of_stage(occasion, one) for occasion, one in known if occasion])

    def of_works(self, work: Work, audience: Audience, news: WorksNews, tickets: Sequence[Ticket]) -> None:
        """Plans messages to the callers of these tickets about works. Most news notify nobody."""
        if tickets and (occasion := self.table.of_works(audience, news)):
            self._plan(work, [of_works(occasion, news, one) for one in tickets])

    def would(self, work: Work, candidate: ToTell) -> PlannedTelling:
        """What would be planned now. Nothing is stored."""
        (planned,) = self._decided(work, [candidate], self._earlier(work, [candidate]))
        return planned

    def _occasion(self, reached: StageReached) -> Occasion | None:
        state, decision = reached.issue.state, reached.issue.decision
        return self.table.of_stage(
            reached.stage,
            reached.before,
            state,
            decision,
            joining=reached.joining,
            scheduled=reached.start is not None,
        )

    def _plan(self, work: Work, candidates: Sequence[ToTell]) -> None:
        if not candidates:
            return
        self.tellings.lock(work, {one.person for one in candidates})
        earlier = self._earlier(work, candidates)
        known = {
            (person, message.occasion, message.occurrence)
            for person, one in earlier.items()
            for message in one.messages
        }
        fresh = list({one.key: one for one in candidates if one.key not in known}.values())
        if not fresh:
            return
        for planned in self.tellings.add(work, self._decided(work, fresh, earlier)):
            work.after_commit(metrics.TELLINGS.labels(planned.occasion, planned.state).inc)
        work.after_commit(self.on_planned)

    def _earlier(self, work: Work, candidates: Sequence[ToTell]) -> Mapping[str, EarlierMessages]:
        windows = (*self.table.limits.usual, *self.table.limits.urgent)
        since = work.clock.now() - timedelta(hours=max(window.hours for window in windows))
        return self.tellings.earlier(work, {one.person for one in candidates}, since)

    def _decided(
        self, work: Work, candidates: Sequence[ToTell], earlier: Mapping[str, EarlierMessages]
    ) -> list[PlannedTelling]:
        """Each sees what was decided before it."""
        now, planned = work.clock.now(), []
        decided: dict[tuple[str, bool], list[datetime]] = defaultdict(list)
        for one in candidates:
            before, urgent = earlier.get(one.person, EarlierMessages()), one.occasion.urgent
            lately = decided[one.person, urgent]
            times = [
                message.at
                for message in before.messages
                if self._is_urgent(message.occasion) == urgent and not self._overtaken(message, one)
            ]
            decision = decide(self.table, one.occasion, one.addressee(stopped=before.stopped), [*times, *lately], now)
            if decision.way:
                lately.append(decision.not_before)
            planned.append(one.planned(decision, now))
        return planned

    def _overtaken(self, message: EarlierMessage, by: ToTell) -> bool:
        """Whether a message that waits will be withheld because of a new one: it uses up no limit."""
        if by.hot_issue_id:
            same = message.occurrence.startswith(f"{by.hot_issue_id}|")
            return message.waits and same and message.occurrence != by.occurrence
        occasion = self.table.find(message.occasion)
        if occasion is None or not occasion.steps or message.ticket_id != by.ticket.id:
            return False
        return message.waits and by.ticket.state not in occasion.holds_in

    def _is_urgent(self, code: str) -> bool:
        occasion = self.table.find(code)
        return occasion is not None and occasion.urgent
