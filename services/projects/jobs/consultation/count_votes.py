"""`closedloop consultation count`: from two files to a result. Either everything is counted, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.projects.domain.consultation.admission import Inadmissible, ItemOnBallot, Opening, inadmissible
from services.projects.domain.consultation.ballots import Ballot, VotedTwice, standing
from services.projects.domain.consultation.electorate import Electorate, Level
from services.projects.domain.consultation.record import ConsultationVote, record_of
from services.projects.domain.consultation.result import DecidedItem
from services.projects.files.consultation_rules import RulesOfVote, rules_of
from services.projects.jobs.consultation.ballots import read_ballots
from services.projects.jobs.consultation.columns import CountRefused, Faults, ListedTable, MomentOf
from services.projects.jobs.consultation.json_line import data_of
from services.projects.jobs.consultation.parts import area_of, read_parts
from services.projects.jobs.consultation.words import in_words

_REFUSED = {
    Inadmissible.NO_SUCH_PART: ("part_id", "{part} is no part of the parts file: whose vote is it? correct the id"),
    Inadmissible.NOT_CONCERNED: ("part_id", "{part} has no vote on {item}, which {where} alone decides: leave it out"),
    Inadmissible.NO_SUCH_ITEM: ("item", "{item} is not on the ballot: correct it"),
    Inadmissible.OTHER_TEXT: ("text_hash", "was given on another text of {item}: leave it out, and ask again"),
    Inadmissible.NO_TEXT: ("text_hash", "is blank: say on which text of {item} it was given"),
    Inadmissible.OTHER_ROUND: ("item", "belongs to another round: leave it out"),
    Inadmissible.BEFORE_OPENING: ("at", "{at} is before {opens}, when voting opened: leave it out, or correct it"),
    Inadmissible.AFTER_CLOSING: ("at", "{at} is after {closes}, when voting closed: leave it out, or correct it"),
    Inadmissible.NO_TIME: ("at", "is blank: say when it was given, because voting had a beginning or an end"),
    Inadmissible.NO_PROXY: ("proxy", "the rule knows no votes by proxy: leave it out"),
}


@dataclass(frozen=True, slots=True)
class HowToCount:
    """How to count. `rule`: a name or a file. `building`, `hallway`: those it concerns. `total_area`: in m²."""

    rule: str
    building: str | None = None
    hallway: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    total_area: str | None = None


@dataclass(frozen=True, slots=True)
class CountedFiles:
    vote: ConsultationVote
    decided: Sequence[DecidedItem]
    rows: Sequence[int]

    def lines(self) -> list[str]:
        """In Chinese and English."""
        return list(in_words(self.vote, self.decided, self.rows))

    def data(self) -> dict[str, Any]:
        return data_of(self.vote, self.decided, self.rows)

    def record(self) -> dict[str, Any]:
        """What `closedloop consultation verify` recounts."""
        return record_of(self.vote)


def count(parts: ListedTable, ballots: ListedTable, asked: HowToCount, moment_of: MomentOf) -> CountedFiles:
    """Raises CountRefused, and InvalidData for a rule that cannot be used."""
    rules = rules_of(asked.rule)
    of_parts, of_ballots = Faults(parts.name), Faults(ballots.name)
    electorate = read_parts(parts, of_parts, _total(asked.total_area))
    found, rows = read_ballots(ballots, of_ballots, moment_of)
    if electorate is None or of_ballots.sentences:
        raise CountRefused([*of_parts.sentences, *of_ballots.sentences])
    items = _items(rules, found, electorate, asked)
    opening = Opening(asked.opens, asked.closes)
    for ballot, reason in inadmissible(found, electorate, items, opening):
        of_ballots.add(rows[ballot.number - 1], *_explanation(ballot, reason, items, opening), reason.value)
    if of_ballots.sentences:
        raise CountRefused(of_ballots.sentences)
    vote = ConsultationVote(electorate, items, found, opening)
    _refuse_twice(vote, of_ballots, rows)
    return CountedFiles(vote, vote.decided(), rows)


def _total(written: str | None) -> int | None:
    if written is None:
        return None
    try:
        return area_of(written)
    except ValueError as error:
        raise CountRefused([f"--total-area: {error}"]) from None


def _items(
    rules: RulesOfVote, ballots: Sequence[Ballot], electorate: Electorate, asked: HowToCount
) -> dict[str, ItemOnBallot]:
    """Those of the rule's file, then those of the ballots; each with the building and hallway that decide it."""
    names = [*rules.items, *sorted({ballot.item for ballot in ballots} - rules.items.keys())]
    texts: dict[str, str] = {}
    for ballot in ballots:
        if ballot.text_hash:
            texts.setdefault(ballot.item, ballot.text_hash)
    items = {}
    for name in names:
        rule, row = rules.items.get(name, (rules.default, None))
        item = ItemOnBallot(
            name,
            rule,
            row.building if row and row.building else asked.building,
            row.hallway if row and row.hallway else asked.hallway,
            row.text_hash if row and row.text_hash else texts.get(name),
        )
        items[name] = _placed(item, electorate)
    return items


def _placed(item: ItemOnBallot, electorate: Electorate) -> ItemOnBallot:
    """With the one building and hallway there are, where none is named. Raises CountRefused."""
    levels = item.rule.levels
    if Level.BUILDING not in levels and Level.HALLWAY not in levels:
        if item.building or item.hallway:
            why = "leave building and hallway out, or take a rule of a building or hallway"
            raise CountRefused([f"item {item.item}: the rule {item.rule.name} asks the whole estate: {why}"])
        return item
    building = _one(item, "building", item.building, {part.building for part in electorate.parts})
    if Level.HALLWAY not in levels:
        if item.hallway:
            why = "leave hallway out, or take a rule of a hallway"
            raise CountRefused([f"item {item.item}: the rule {item.rule.name} asks the whole building: {why}"])
        return replace(item, building=building)
    hallways = {part.hallway for part in electorate.within(Level.BUILDING, building)}
    return replace(item, building=building, hallway=_one(item, "hallway", item.hallway, hallways))


def _one(item: ItemOnBallot, what: str, named: str | None, there_are: set[str]) -> str:
    blank = "" in there_are
    listed = ", ".join(sorted(there_are - {""}))
    if blank:
        raise CountRefused([f"item {item.item}: some parts have no {what}, and {item.rule.name} needs it: fill it in"])
    if named is None and len(there_are) == 1:
        return next(iter(there_are))
    if named is None:
        raise CountRefused([f"item {item.item}: {item.rule.name} needs --{what}: say which of {listed}"])
    if named not in there_are:
        raise CountRefused([f"item {item.item}: there is no {what} {named}: say which of {listed}"])
    return named


def _explanation(
    ballot: Ballot, reason: Inadmissible, items: Mapping[str, ItemOnBallot], opening: Opening
) -> tuple[str, str]:
    column, why = _REFUSED[reason]
    item = items[ballot.item]
    where = f"building {item.building}" + (f", hallway {item.hallway}" if item.hallway else "")
    shown = {
        "part": ballot.part_id,
        "item": ballot.item,
        "where": where,
        "at": ballot.at and ballot.at.isoformat(" "),
        "opens": opening.opens and opening.opens.isoformat(" "),
        "closes": opening.closes and opening.closes.isoformat(" "),
    }
    return column, why.format(**shown)


def _refuse_twice(vote: ConsultationVote, faults: Faults, rows: Sequence[int]) -> None:
    by_item: dict[str, list[Ballot]] = {name: [] for name in vote.items}
    for ballot in vote.ballots:
        by_item[ballot.item].append(ballot)
    for name, item in vote.items.items():
        try:
            standing(by_item[name], item.rule.duplicates)
        except VotedTwice as error:
            first, other = sorted((rows[error.one.number - 1], rows[error.other.number - 1]))
            why = f"{error.one.part_id} votes on {name} in row {first}, too, and the rule takes one ballot a part"
            faults.add(other, "part_id", f"{why}: leave one out", "twice")
    if faults.sentences:
        raise CountRefused(faults.sentences)
