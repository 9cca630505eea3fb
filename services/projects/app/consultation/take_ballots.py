"""Takes ballots: by import with evidence, or cast by an owner with a personal code. They are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Work
from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.ports import Delivery, RejectedRow, Taken
from services.projects.app.consultation.steps import linked, numbered
from services.projects.app.works.desk import Who
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.admission import Inadmissible, inadmissible
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.chain import ballot_facts
from services.projects.domain.consultation.codes import code_hash
from services.projects.domain.consultation.course import TAKES_BALLOTS, Consultation, ConsultationState
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.electorate import Electorate
from services.projects.domain.consultation.rules import Again
from services.projects.domain.consultation.voted_items import VotedItem

BY_CODE = "electronic"
OWNER = "owner"
"""Who acts when an owner votes by a code: nobody is named."""

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
    Inadmissible.NO_PROXY: ("proxy", "is not known to the rule of this item: leave it out"),
}
_TWICE = "this part voted on this item already, and the rule takes one ballot: leave it out"


@dataclass(frozen=True, slots=True)
class ToVote:
    """What the owner with a code is shown. `answers`: what is recorded of theirs, by item; the first stands."""

    consultation: Consultation
    parts: tuple[str, ...]
    items: tuple[VotedItem, ...]
    answers: Mapping[str, BallotChoice]
    open_now: bool


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
        _must_take(consultation)
        ballots = [replace(row, number=number, round=consultation.round) for number, row in enumerate(rows, start=1)]
        rejected = self._rejected(work, consultation, ballots)
        good = [ballot for ballot in ballots if ballot.number not in rejected]
        self._append(work, consultation, good, sitting.done)
        taken = Taken(
            len(rows),
            len(good),
            tuple(RejectedRow(row, field, why) for row, (field, why) in sorted(rejected.items())),
        )
        book.keep_import(work, consultation.id, import_id, sent, taken, sitting.done)
        return taken

    def deliver(self, work: Work, consultation_id: str, deliveries: Sequence[Delivery], who: Who) -> int:
        """Notes who was handed the ballot. The first delivery of a part stays. Raises Unfit for who cannot vote."""
        sitting = self.desk.open(work, consultation_id, who)
        _must_take(sitting.consultation)
        electorate = self.desk.book.electorate(work, consultation_id)
        for number, one in enumerate(deliveries):
            if one.part_id not in electorate:
                raise Unfit(f"deliveries.{number}.part_id", "is no part of those who may vote; correct it")
            if one.at > sitting.done.at:
                raise Unfit(f"deliveries.{number}.at", "is still to come")
        return self.desk.book.deliver(work, consultation_id, deliveries, sitting.done)

    def by_code(self, work: Work, code: str) -> ToVote:
        """What the owner with this code may vote on. Raises Unknown for a code that works nowhere."""
        found = self.desk.book.of_code(work, code_hash(self.desk.keyed, code))
        consultation = found and self.desk.book.lock(work, found[0])
        if found is None or not consultation or consultation.announced is None:
            raise Unknown
        electorate = self.desk.book.electorate(work, consultation.id)
        mine = tuple(part.id for part in electorate.parts if part.head == found[1])
        concerned = [(one, _concerned(one, electorate, mine)) for one in consultation.items]
        answered = self.desk.book.answered(work, consultation.id, mine)
        answers = {item: ballots[0].choice for (_, item), ballots in answered.items()}
        now = work.clock.now()
        opening = consultation.opening
        in_time = all((not opening.opens or opening.opens <= now, not opening.closes or now <= opening.closes))
        open_now = consultation.state is ConsultationState.OPEN and in_time
        return ToVote(consultation, mine, tuple(one for one, parts in concerned if parts), answers, open_now)

    def cast(self, work: Work, code: str, choices: Mapping[str, BallotChoice]) -> ToVote:
        """Records an owner's answers for all their parts. What was answered before stays as it was.

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
            ballots += [
                _cast(consultation, item, part_id, choice, now)
                for part_id in _concerned(item, electorate, to_vote.parts)
                if name not in to_vote.answers
            ]
        self._append(work, consultation, ballots, Done(OWNER, now))
        return replace(to_vote, answers={**choices, **to_vote.answers})

    def _append(self, work: Work, consultation: Consultation, ballots: list[Ballot], done: Done) -> None:
        if not ballots:
            return
        chain = self.desk.book.chain(work, consultation.id)
        assert chain.begin
        links = linked(numbered(ballots, chain.ballots), chain.last or chain.begin)
        self.desk.book.append(work, consultation.id, links, done)

    def _rejected(self, work: Work, consultation: Consultation, ballots: list[Ballot]) -> dict[int, tuple[str, str]]:
        """By the number of the row."""
        electorate = self.desk.book.electorate(work, consultation.id)
        items = {one.item: one.on_ballot for one in consultation.items}
        found = {
            ballot.number: _REFUSED[reason]
            for ballot, reason in inadmissible(ballots, electorate, items, consultation.opening)
        }
        found |= {
            ballot.number: ("at", "is still to come: correct it")
            for ballot in ballots
            if ballot.at and ballot.at > work.clock.now() and ballot.number not in found
        }
        once = {one.item for one in consultation.items if one.rule.duplicates.again is Again.REFUSE}
        if once:
            good = [one for one in ballots if one.number not in found and one.item in once]
            known = self.desk.book.answered(work, consultation.id, {one.part_id for one in good})
            found |= dict.fromkeys(_again(good, known), ("part_id", _TWICE))
        return found


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


def _must_take(consultation: Consultation) -> None:
    if consultation.state not in TAKES_BALLOTS:
        states = ", ".join(sorted(TAKES_BALLOTS))
        why = f"it is {consultation.state}; ballots are entered while it is {states}"
        raise Conflict(why, consultation.version, consultation.state)
