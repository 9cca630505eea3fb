"""Takes the steps of a consultation: notice, opening, closing, count, publication, annulment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC

from services.chassis.commands import Conflict
from services.chassis.database.work import Work
from services.projects.app.consultation import event_facts
from services.projects.app.consultation.desk import TOPIC, ConsultationDesk, Sitting, lawful
from services.projects.app.consultation.ports import ChainedBallot, Look
from services.projects.app.consultation.recording import meanwhile_of, vote_of
from services.projects.app.works.desk import Who
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.chain import chained
from services.projects.domain.consultation.course import Announced, Consultation, ConsultationState
from services.projects.domain.consultation.record import begin_of, question_of, seal_of
from services.projects.domain.consultation.result import DecidedItem
from services.projects.domain.consultation.result_facts import facts_of


@dataclass(frozen=True, slots=True)
class StepConsultation:
    desk: ConsultationDesk

    def notice(self, work: Work, consultation_id: str, version: int, announced: Announced, who: Who) -> Consultation:
        """Freezes what is voted on, by whom and when."""
        sitting = self.desk.open(work, consultation_id, who, version)
        consultation = sitting.consultation
        with lawful(consultation):
            consultation.notice(announced, sitting.done.at, who.actor)
        asked = question_of(vote_of(work, self.desk.book, consultation, []))
        self.desk.book.begin_chain(work, consultation, begin_of(asked))
        work.publish(TOPIC, event_facts.noticed(consultation, sitting.done))
        self.desk.book.save(work, consultation)
        return consultation

    def step(
        self, work: Work, consultation_id: str, version: int, to: ConsultationState, reason: str | None, who: Who
    ) -> Consultation:
        """Any step after the notice. Raises Conflict for one that the table lacks or whose time has not come."""
        sitting = self.desk.open(work, consultation_id, who, version)
        consultation, before = sitting.consultation, sitting.consultation.state
        with lawful(consultation):
            consultation.take(to, sitting.done.at, who.actor, reason)
        if to is ConsultationState.COUNTED:
            self._count(work, sitting)
        if to is ConsultationState.PUBLISHED:
            self._publish(work, sitting)
        elif before is not ConsultationState.DRAFTED:
            work.publish(TOPIC, event_facts.advanced(consultation, before, sitting.done))
        self.desk.book.save(work, consultation)
        return consultation

    def standing(self, work: Work, consultation_id: str, who: Who) -> list[DecidedItem]:
        """As it would be counted now, for the counting party alone; each look while voting is open is noted.

        Raises Conflict before voting is open, and after it until entering has ended.
        """
        consultation, book, now = self.desk.look(work, consultation_id, who), self.desk.book, work.clock.now()
        if not consultation.shows_standing(now):
            why = "how it stands is seen while voting is open, and after entering has ended (to: sealed)"
            raise Conflict(why, consultation.version, consultation.state)
        if consultation.state is ConsultationState.OPEN:
            book.note_look(work, consultation.id, Look(now, who.actor, book.chain(work, consultation.id).ballots))
        return vote_of(work, book, consultation, book.ballots(work, consultation.id)).decided()

    def _count(self, work: Work, sitting: Sitting) -> None:
        consultation, book = sitting.consultation, self.desk.book
        ballots = book.ballots(work, consultation.id)
        silent = self._silent(work, consultation, ballots)
        chain = book.chain(work, consultation.id)
        assert chain.begin
        links = linked(entered(silent, chain.ballots, sitting.done), chain.last or chain.begin)
        if links:
            book.append(work, consultation.id, links, sitting.done)
        results = [facts_of(one) for one in vote_of(work, book, consultation, [*ballots, *silent]).decided()]
        last = links[-1].hash if links else chain.last or chain.begin
        meanwhile = meanwhile_of(work, book, consultation.id).facts()
        seal = seal_of(chain.ballots + len(links), last, results, meanwhile)
        book.keep_results(work, consultation.id, results, seal)

    def _silent(self, work: Work, consultation: Consultation, ballots: list[Ballot]) -> list[Ballot]:
        """A line for each ballot that was delivered with its warning and not answered. What was delivered before a sale
        binds the buyer to nothing."""
        book = self.desk.book
        sold = {one.sale.part_id: one.sale.at for one in book.sales(work, consultation.id)}
        delivered = {
            one.part_id: one
            for one in book.warned(work, consultation.id)
            if one.part_id not in sold or one.at >= sold[one.part_id]
        }
        if not delivered:
            return []
        answered = defaultdict[str, set[str]](set)
        for ballot in ballots:
            if ballot.choice is not BallotChoice.EMPTY or ballot.delivered:
                answered[ballot.item].add(ballot.part_id)
        electorate = book.electorate(work, consultation.id)
        found: list[Ballot] = []
        for item in consultation.items:
            asked = item.on_ballot
            concerned = {
                part.id
                for level in item.rule.levels
                for part in electorate.within(level, asked.building, asked.hallway)
            }
            found += [
                Ballot(
                    number=len(ballots) + len(found) + place,
                    part_id=part_id,
                    item=item.item,
                    choice=BallotChoice.EMPTY,
                    delivered=True,
                    evidence=delivered[part_id].evidence,
                    round=consultation.round,
                )
                for place, part_id in enumerate(sorted(concerned & delivered.keys() - answered[item.item]), start=1)
            ]
        return found

    def _publish(self, work: Work, sitting: Sitting) -> None:
        counted = self.desk.book.results(work, sitting.consultation.id)
        assert counted
        results, seal = counted
        sitting.consultation.seal = seal["hash"]
        work.publish(TOPIC, event_facts.published(sitting.consultation, results, seal, sitting.done))


def linked(ballots: list[Ballot], last: str) -> list[ChainedBallot]:
    """The ballots chained to the last one that stands. They are numbered by their place in the chain."""
    return [
        ChainedBallot(ballot, link["previous"], link["hash"])
        for ballot, link in zip(ballots, chained(ballots, last), strict=True)
    ]


def entered(ballots: list[Ballot], after: int, done: Done) -> list[Ballot]:
    """Numbered, with who enters them and when. Moments in UTC, as hashes are made of them."""
    at = done.at.astimezone(UTC)
    return [
        replace(
            ballot,
            number=after + place,
            at=ballot.at and ballot.at.astimezone(UTC),
            entered_at=at,
            entered_by=done.actor,
        )
        for place, ballot in enumerate(ballots, start=1)
    ]
