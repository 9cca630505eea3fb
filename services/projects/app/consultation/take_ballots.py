"""Takes ballots: by import with evidence, or cast by an owner with a personal code. They are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Work
from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.ports import OWNER, ChainedSale, Delivery, RejectedRow, Taken
from services.projects.app.consultation.steps import entered, linked
from services.projects.app.works.desk import Who
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.admission import Inadmissible, inadmissible
from services.projects.domain.consultation.ballots import Ballot, BallotChoice, standing
from services.projects.domain.consultation.chain import ballot_facts
from services.projects.domain.consultation.codes import Holder, code_hash
from services.projects.domain.consultation.course import (
    NOTES_DELIVERIES,
    TAKES_BALLOTS,
    Consultation,
    ConsultationState,
)
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.electorate import Electorate, Part
from services.projects.domain.consultation.rules import Again
from services.projects.domain.consultation.sales import of_first_owner
from services.projects.domain.consultation.voted_items import VotedItem

BY_CODE = "electronic"

_REFUSED: Mapping[Inadmissible, tuple[str, str]] = {
    Inadmissible.NO_SUCH_PART: ("part_id", "is no part of those who may vote: whose vote is it? correct the id"),
    Inadmissible.NOT_CONCERNED: ("part_id", "has no vote on this item: leave it out"),
    Inadmissible.NO_SUCH_ITEM: ("item", "is not on the ballot: correct it"),
    Inadmissible.OTHER_TEXT: ("text_hash", "was given on another text: leave it out, and ask again"),
    Inadmissible.NO_TEXT: ("text_hash", "is blank: say on which text it was given"),
    Inadmissible.OTHER_ROUND: ("round", "is another round: leave it out"),
    Inadmissible.BEFORE_OPENING: ("at", "is before voting opened: leave it out, or correct it"),
    Inadmissible.AFTER_CLOSING: ("at", "is after voting closed: leave it out, or correct it"),
    Inadmissible.NO_TIME: ("at", "is blank: say when it was given"),
    Inadmissible.ENTERED_LATE: ("origin", "is entered after closing: only paper handed in before is taken then"),
    Inadmissible.NO_PROXY: ("proxy", "is not known to the rule of this item: leave it out"),
}
_TWICE = "this part voted on this item already, and the rule takes one ballot: leave it out"


_SAYS_DELIVERED = "is no proof of delivery: leave the row out, and note who was handed the ballot, and warned"
"""Silence counts by the deliveries that were noted alone; each says when, how, and whether the ballot warned."""


@dataclass(frozen=True, slots=True)
class ToVote:
    """What the holder of a code is shown. `answers`: the ballots of theirs that count, by item; an owner of several
    parts may have one for each. `left`: items on which a part of theirs has no answer yet."""

    consultation: Consultation
    parts: tuple[Part, ...]
    items: tuple[VotedItem, ...]
    answers: Mapping[str, tuple[Ballot, ...]]
    left: frozenset[str]
    open_now: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """What became of answers given by code. `other`: by item, an answer that does not count because another does."""

    to_vote: ToVote
    other: Mapping[str, BallotChoice]


@dataclass(frozen=True, slots=True)
class TakeBallots:
    desk: ConsultationDesk

    def take(self, work: Work, consultation_id: str, import_id: str, rows: Sequence[Ballot], who: Who) -> Taken:
        """Adds the good rows of a batch and names the others. Sent again with the same id it adds nothing.

        Raises Conflict while no ballots are taken, and Unfit for an id that brought other rows before.
        """
        sitting = self.desk.open(work, consultation_id, who)
        consultation, book = sitting.consultation, self.desk.book
        sent = digest(list(map(ballot_facts, rows)))
        if known := book.import_of(work, consultation.id, import_id):
            if known[0] != sent:
                raise Unfit("id", "is that of other ballots; give each import an id of its own")
            return known[1]
        _must_be_in(TAKES_BALLOTS, consultation, "ballots")
        ballots = entered([replace(row, round=consultation.round) for row in rows], 0, sitting.done)
        rejected = self._rejected(work, consultation, ballots)
        good = [ballot for ballot in ballots if ballot.number not in rejected]
        self._append(work, consultation, good, sitting.done)
        taken = Taken(
            len(rows),
            len(good),
            tuple(RejectedRow(row, *wrong) for row, wrong in sorted(rejected.items())),
        )
        book.keep_import(work, consultation.id, import_id, sent, taken, sitting.done)
        return taken

    def deliver(self, work: Work, consultation_id: str, deliveries: Sequence[Delivery], who: Who) -> int:
        """Notes who was handed the ballot, from the notice on. The first delivery of a part stays.

        Raises Conflict before the notice and once entering has ended, Unfit for who cannot vote.
        """
        sitting = self.desk.open(work, consultation_id, who)
        consultation = sitting.consultation
        _must_be_in(NOTES_DELIVERIES, consultation, "deliveries")
        assert consultation.announced
        electorate = self.desk.book.electorate(work, consultation_id)
        for number, one in enumerate(deliveries):
            if one.part_id not in electorate:
                raise Unfit(f"deliveries.{number}.part_id", "is no part of those who may vote; correct it")
            if one.at > sitting.done.at:
                raise Unfit(f"deliveries.{number}.at", "is still to come")
            if one.at < consultation.announced.announced_at:
                raise Unfit(f"deliveries.{number}.at", "is before the notice: correct it, or leave it out")
        return self.desk.book.deliver(work, consultation_id, deliveries, sitting.done)

    def by_code(self, work: Work, code: str) -> ToVote:
        """What the owner with this code may vote on. Raises Unknown for a code that works nowhere."""
        book = self.desk.book
        found = book.of_code(work, code_hash(self.desk.keyed, code))
        consultation = found and book.lock(work, found[0])
        if found is None or not consultation or consultation.announced is None:
            raise Unknown
        electorate, sales = book.electorate(work, consultation.id), book.sales(work, consultation.id)
        parts = _held_by(found[1], found[2], electorate, sales)
        mine = [part.id for part in parts]
        concerned = {one.item: _concerned(one, electorate, mine) for one in consultation.items}
        answered = book.answered(work, consultation.id, mine)
        transfers = [one.sale.transfer for one in sales]
        answers: dict[str, tuple[Ballot, ...]] = {}
        for item in consultation.items:
            given = [ballot for part_id in mine for ballot in answered.get((part_id, item.item), [])]
            if votes := standing(of_first_owner(given, transfers)[0], item.rule.duplicates).votes:
                answers[item.item] = tuple(votes[part_id] for part_id in mine if part_id in votes)
        left = {item for item, asked in concerned.items() if asked and len(answers.get(item, ())) < len(asked)}
        now = work.clock.now()
        opening = consultation.opening
        in_time = all((not opening.opens or opening.opens <= now, not opening.closes or now <= opening.closes))
        open_now = consultation.state is ConsultationState.OPEN and in_time
        items = tuple(one for one in consultation.items if concerned[one.item])
        return ToVote(consultation, parts, items, answers, frozenset(left), open_now)

    def cast(self, work: Work, code: str, choices: Mapping[str, BallotChoice]) -> Cast:
        """Records an owner's answers for all their parts that have none, and for the others, too, where the rule takes
        the last of several.

        Raises Unknown, Conflict while voting is not open, and Unfit for an item that the owner does not decide.
        """
        to_vote = self.by_code(work, code)
        consultation = to_vote.consultation
        if not to_vote.open_now:
            raise Conflict("voting is not open", consultation.version, consultation.state)
        now = work.clock.now()
        electorate = self.desk.book.electorate(work, consultation.id)
        items = {one.item: one for one in to_vote.items}
        ballots: list[Ballot] = []
        for name, choice in choices.items():
            item = items.get(name)
            if item is None:
                raise Unfit("item", f"{name} is not for you to decide; reload the page")
            answered = {ballot.part_id for ballot in to_vote.answers.get(name, ())}
            again = item.rule.duplicates.again is Again.LAST
            ballots += [
                _cast(consultation, item, part_id, choice, now)
                for part_id in _concerned(item, electorate, [part.id for part in to_vote.parts])
                if again or part_id not in answered
            ]
        self._append(work, consultation, ballots, Done(OWNER, now))
        after = self.by_code(work, code)
        other = {
            name: choice
            for name, choice in choices.items()
            if any(ballot.choice is not choice for ballot in after.answers[name])
        }
        return Cast(after, other)

    def _append(self, work: Work, consultation: Consultation, ballots: list[Ballot], done: Done) -> None:
        if not ballots:
            return
        chain = self.desk.book.chain(work, consultation.id)
        assert chain.begin
        links = linked(entered(ballots, chain.ballots, done), chain.last or chain.begin)
        self.desk.book.append(work, consultation.id, links, done)

    def _rejected(
        self, work: Work, consultation: Consultation, ballots: list[Ballot]
    ) -> dict[int, tuple[str, str, str]]:
        """By the number of the row: field, why, and the reason as a code."""
        electorate = self.desk.book.electorate(work, consultation.id)
        items = {one.item: one.on_ballot for one in consultation.items}
        found = {
            ballot.number: (*_REFUSED[reason], reason.value)
            for ballot, reason in inadmissible(ballots, electorate, items, consultation.opening)
        }
        found |= {
            ballot.number: ("at", "is still to come: correct it", "to_come")
            for ballot in ballots
            if ballot.at and ballot.at > work.clock.now() and ballot.number not in found
        }
        found |= {
            ballot.number: ("delivered", _SAYS_DELIVERED, "delivery_apart")
            for ballot in ballots
            if ballot.choice is BallotChoice.EMPTY and ballot.delivered and ballot.number not in found
        }
        once = {one.item for one in consultation.items if one.rule.duplicates.again is Again.REFUSE}
        if once:
            good = [one for one in ballots if one.number not in found and one.item in once]
            known = self.desk.book.answered(work, consultation.id, {one.part_id for one in good})
            found |= dict.fromkeys(_again(good, known), ("part_id", _TWICE, "voted_twice"))
        return found


def _held_by(
    holder: Holder, issued_at: datetime | None, electorate: Electorate, sales: Sequence[ChainedSale]
) -> tuple[Part, ...]:
    """The parts that a holder votes for. Raises Unknown for none: sold since, or sold on."""
    sold = {one.sale.part_id: one.sale.entered_at for one in sales}
    if holder.part_id:
        current = issued_at is not None and holder.part_id in sold and issued_at >= sold[holder.part_id]
        parts = tuple(part for part in electorate.parts if current and part.id == holder.part_id)
    else:
        parts = tuple(part for part in electorate.parts if part.head == holder.head and part.id not in sold)
    if not parts:
        raise Unknown
    return parts


def _concerned(item: VotedItem, electorate: Electorate, part_ids: Sequence[str]) -> list[str]:
    """Which of these parts have a vote on the item."""
    asked = item.on_ballot
    concerned = {
        part.id for level in item.rule.levels for part in electorate.within(level, asked.building, asked.hallway)
    }
    return [part_id for part_id in part_ids if part_id in concerned]


def _again(ballots: Sequence[Ballot], known: Mapping[tuple[str, str], list[Ballot]]) -> Iterator[int]:
    """The rows that answer once more what was answered in the same way."""
    seen = {(part, item, one.origin) for (part, item), answers in known.items() for one in answers}
    for ballot in ballots:
        if ballot.choice is BallotChoice.EMPTY:
            continue
        key = (ballot.part_id, ballot.item, ballot.origin)
        if key in seen:
            yield ballot.number
        seen.add(key)


def _cast(consultation: Consultation, item: VotedItem, part_id: str, choice: BallotChoice, now: datetime) -> Ballot:
    return Ballot(
        number=0,
        part_id=part_id,
        item=item.item,
        choice=choice,
        origin=BY_CODE,
        at=now,
        delivered=True,
        text_hash=item.text.hash,
        evidence="personal code",
        round=consultation.round,
    )


def _must_be_in(states: frozenset[ConsultationState], consultation: Consultation, what: str) -> None:
    if consultation.state not in states:
        why = f"it is {consultation.state}; {what} are entered while it is {', '.join(sorted(states))}"
        raise Conflict(why, consultation.version, consultation.state)
