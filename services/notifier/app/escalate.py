"""Begins chains with the first notices, and notifies the next step if nobody has read in time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer, start_all
from services.notifier.app.ports import ClosedTickets, Escalations, OfficerNotices, OfficersAtPosts, Sitting
from services.notifier.app.recipients import hub
from services.notifier.domain.confidence import may_hear
from services.notifier.domain.escalation import ChainTurn, Escalation, EscalationState
from services.notifier.domain.officer import OfficerChannel

ESCALATE: Final = "officers.escalate"
"""The kind of the deadlines of chains; their subject is the chain's id and the step that was notified last."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Each step once: the chain is locked, a deadline counts for the step after which it was set, and the next step,
    its notices and its deadline are written in the transaction in which that deadline fires. A unit that may no longer
    hear of the ticket is passed over like one where nobody sits.
    """

    officers: OfficersAtPosts
    notices: OfficerNotices
    escalations: Escalations
    closed: ClosedTickets

    def begin(self, work: Work, chains: Sequence[tuple[Escalation, int]]) -> None:
        """With the number of officers whom the first notices reach. A chain that has begun before stays as it is."""
        started = self.escalations.add(work, chains)
        _set_deadlines(work, [chain for chain, _ in chains if chain.escalation_id in started])

    def end(self, work: Work, acts: Collection[tuple[str, str]]) -> None:
        """Ends the chains that such acts (a subject's id, an event's type) are done by."""
        running = self.escalations.lock_about(work, {subject for subject, _ in acts})
        now = work.clock.now()
        done = [one for one in running if any((one.subject.subject_id, event) in acts for event in one.done_by)]
        self.escalations.save(work, [one.stopped(now, EscalationState.DONE) for one in done])

    def __call__(self, due: Sequence[Timer], work: Work) -> None:
        """Fires deadlines of chains."""
        self.go_on(work, {UUID(chain): int(step) for chain, step in (timer.subject.split("|") for timer in due)})

    def go_on(self, work: Work, asked: Mapping[UUID, int]) -> Sequence[Escalation]:
        """Tells what follows after these steps of these chains, and returns those that stood there and ran: others
        have gone on already.
        """
        locked = self.escalations.lock(work, asked)
        waiting = [chain for chain in locked if chain.awaits(asked[chain.escalation_id])]
        read = self.escalations.read_by_somebody(work, waiting)
        now = work.clock.now()
        stopped = [chain.stopped(now) for chain in waiting if chain.escalation_id in read]
        advanced = self._tell_next(work, [chain for chain in waiting if chain.escalation_id not in read])
        self.escalations.save(work, [*stopped, *advanced])
        _set_deadlines(work, advanced)
        return waiting

    def _tell_next(self, work: Work, chains: Sequence[Escalation]) -> list[Escalation]:
        turns = [chain.next_turn or ChainTurn((), chain.started_at - chain.started_at) for chain in chains]
        guards = self.closed.guards(work, {chain.subject.subject_id for chain in chains})
        units = {unit for turn in turns for unit, _ in turn.posts}
        sitting = self.officers.at(work, units) if units else {}
        now = work.clock.now()
        advanced, steps, notices = [], [], []
        for chain, turn in zip(chains, turns, strict=True):
            guard = guards.get(chain.subject.subject_id)
            posts = [(unit, post) for unit, post in turn.posts if guard is None or may_hear(unit, guard, hub())]
            there = {one.officer_id: (unit, one) for unit, post in posts for one in sitting.get((unit, post), ())}
            reached = reached_by(chain.telling.channels, [one for _, one in there.values()])
            after = chain.advanced(now, reached)
            advanced.append(after)
            if after.step > chain.step:
                steps.append((after, reached))
                notices += [after.notice(officer, unit, now) for officer, (unit, _) in there.items()]
        self.escalations.add_steps(work, steps)
        self.notices.add(work, notices)
        return advanced


def reached_by(allowed: Sequence[OfficerChannel] | None, sitting: Sequence[Sitting]) -> int:
    """To how many of them a way leads, of those that the rule allows."""
    return sum(any(allowed is None or channel in allowed for channel in one.channels) for one in sitting)


def _set_deadlines(work: Work, chains: Sequence[Escalation]) -> None:
    start_all(
        work,
        ESCALATE,
        [(f"{chain.escalation_id}|{chain.step}", chain.due_at) for chain in chains if chain.due_at is not None],
    )
