"""The shape of a record, checked before anything of it is believed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.projects.domain.consultation.admission import HeldIn, ItemOnBallot, Opening
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.electorate import Electorate, Part, Transfer
from services.projects.domain.consultation.record import ConsultationVote
from services.projects.domain.consultation.register_check import DifferenceKind
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.domain.consultation.sales import Sale


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _PartRow(_Row):
    id: str
    building: str
    hallway: str
    area: int
    head: int
    hash: str


class _ElectorateRow(_Row):
    hash: str
    parts: tuple[_PartRow, ...]


class _ItemRow(_Row):
    item: str
    rule: str
    building: str | None
    hallway: str | None
    text_hash: str | None


class _HeldInRow(_Row):
    system: str
    number: str
    evidence: str
    issued_on: date


class _OpeningRow(_Row):
    round: int
    opens: datetime | None
    closes: datetime | None
    held_in: _HeldInRow | None = None


class _TransferRow(_Row):
    part_id: str
    at: datetime
    evidence: str


class _BallotRow(_Row):
    number: int
    round: int
    part_id: str
    item: str
    choice: BallotChoice
    origin: str
    at: datetime | None
    delivered: bool
    text_hash: str | None
    evidence: str | None
    proxy: str | None
    entered_at: datetime | None = None
    entered_by: str | None = None
    previous: str
    hash: str

    def ballot(self) -> Ballot:
        return Ballot(**self.model_dump(exclude={"previous", "hash"}))


class _SaleRow(_Row):
    number: int
    part_id: str
    at: datetime
    evidence: str
    entered_at: datetime
    entered_by: str
    previous: str
    hash: str

    def sale(self) -> Sale:
        return Sale(**self.model_dump(exclude={"previous", "hash"}))


class _DifferenceRow(_Row):
    part_id: str
    kind: DifferenceKind
    registered: str | None
    given: str | None


class _RegisterRow(_Row):
    estate: str
    within: tuple[str, ...]
    hash: str
    why: str | None
    differences: tuple[_DifferenceRow, ...]


class _LookedRow(_Row):
    """`ballots`: how many there were by then."""

    at: datetime
    by: str
    ballots: int


class _SealRow(_Row):
    ballots: int
    last: str
    hash: str


class ConsultationRecord(_Row):
    """What `record_of` writes."""

    format: Literal["closedloop-consultation/1"]
    rules: tuple[ConsultationRule, ...]
    electorate: _ElectorateRow
    items: tuple[_ItemRow, ...]
    opening: _OpeningRow
    transfers: tuple[_TransferRow, ...]
    register_check: _RegisterRow | None = None
    begin: str
    ballots: tuple[_BallotRow, ...]
    sales: tuple[_SaleRow, ...] = ()
    looked: _LookedRow | None = None
    result: list[dict[str, Any]]
    seal: _SealRow

    def _held_in(self) -> HeldIn | None:
        return HeldIn(**self.opening.held_in.model_dump()) if self.opening.held_in else None

    def vote(self) -> ConsultationVote:
        """Raises BadElectorate, and KeyError for a rule that is not there."""
        rules = {rule.name: rule for rule in self.rules}
        items = {
            row.item: ItemOnBallot(row.item, rules[row.rule], row.building, row.hallway, row.text_hash)
            for row in self.items
        }
        parts = tuple(Part(row.id, row.building, row.hallway, row.area, row.head) for row in self.electorate.parts)
        return ConsultationVote(
            electorate=Electorate(parts),
            items=items,
            ballots=[row.ballot() for row in self.ballots],
            opening=Opening(self.opening.opens, self.opening.closes, self.opening.round, self._held_in()),
            transfers=[Transfer(row.part_id, row.at, row.evidence) for row in self.transfers],
            sales=[row.sale() for row in self.sales],
        )
