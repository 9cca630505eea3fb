"""Data for the counting party of a consultation alone: voters, ballots in their chain, codes, deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC
from typing import Any

from sqlalchemy import BindParameter, Boolean, and_, bindparam, delete, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.projects.app.consultation.electors import Electors
from services.projects.app.consultation.ports import (
    OWNER,
    ByHand,
    Chain,
    ChainedBallot,
    DeliveredBy,
    Delivery,
    RejectedRow,
    Taken,
)
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.admission import PAPER
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.electorate import Electorate, OwnedPart, Part
from services.projects.store.consultation_codes import SqlCodes
from services.projects.store.consultation_sales import SqlSales
from services.projects.store.consultation_tables import (
    consultation_ballots,
    consultation_chains,
    consultation_deliveries,
    consultation_imports,
    consultation_parts,
)

_PARTS = insert_rows(
    consultation_parts, "consultation_id", "part_id", "building", "hallway", "area", "head", "owner_ref"
)
_BALLOT = (
    *("number", "part_id", "item", "choice", "origin", "cast_at", "delivered", "text_hash", "evidence", "proxy"),
    "round",
)
_BALLOTS = insert_rows(
    consultation_ballots, "consultation_id", *_BALLOT, "previous", "hash", "actor", "at", "entry_bound"
)
_DELIVER = (
    insert_rows(
        consultation_deliveries,
        *("consultation_id", "part_id", "delivered_at", "warned", "evidence", "how", "actor", "at"),
    )
    .on_conflict_do_nothing()
    .returning(consultation_deliveries.c.part_id)
)
_COUNTED = 7
"""So many columns, from the first, are all that a count needs."""
_columns = [consultation_ballots.c[name] for name in _BALLOT]
_of_id: BindParameter[str] = bindparam("id")
_CAST = (
    select(*_columns[:_COUNTED])
    .where(consultation_ballots.c.consultation_id == _of_id)
    .order_by(consultation_ballots.c.number)
)
_CAST_ALL = (
    f"SELECT {', '.join(_BALLOT[:_COUNTED])} FROM consultation_ballots"  # noqa: S608 - constants
    " WHERE consultation_id = %s ORDER BY number"
)
"""For the driver itself: of a hundred thousand rows, those of SQLAlchemy cost as much as the count."""
_LINKS = (
    select(
        *_columns,
        *(consultation_ballots.c[name] for name in ("previous", "hash", "actor", "at", "entry_bound")),
    )
    .where(consultation_ballots.c.consultation_id == _of_id)
    .order_by(consultation_ballots.c.number)
)
_CHAIN = select(consultation_chains).where(consultation_chains.c.consultation_id == _of_id)
_IMPORT = select(consultation_imports).where(
    consultation_imports.c.consultation_id == _of_id, consultation_imports.c.id == bindparam("import_id")
)
_PARTS_OF = select(consultation_parts).where(consultation_parts.c.consultation_id == _of_id)
_DELIVERED = (
    select(consultation_deliveries)
    .where(consultation_deliveries.c.consultation_id == _of_id)
    .order_by(consultation_deliveries.c.part_id)
)
_ENTERED = select(*_columns, consultation_ballots.c.at, consultation_ballots.c.actor)
_LATEST = (
    _ENTERED.where(
        consultation_ballots.c.consultation_id == _of_id, consultation_ballots.c.choice != BallotChoice.EMPTY
    )
    .order_by(consultation_ballots.c.number.desc())
    .limit(bindparam("most"))
)
_BY_HAND = (
    _ENTERED.where(
        consultation_ballots.c.consultation_id == _of_id,
        consultation_ballots.c.choice != BallotChoice.EMPTY,
        consultation_ballots.c.actor != OWNER,
        or_(
            consultation_ballots.c.number > bindparam("more_than"),
            and_(
                consultation_ballots.c.at > bindparam("after"),
                or_(consultation_ballots.c.origin == PAPER, not_(bindparam("held_elsewhere", type_=Boolean))),
            ),
        ),
    )
    .order_by(consultation_ballots.c.number)
    .limit(bindparam("most"))
)
_CHOICES = {choice.value: choice for choice in BallotChoice}


class SqlBallots(SqlSales, SqlCodes):
    """The part of the port ConsultationBook that a rebuild does not give back."""

    __slots__ = ()

    def keep_electors(self, work: Work, consultation_id: str, electors: Electors) -> None:
        of_it = consultation_parts.c.consultation_id == consultation_id
        work.connection.execute(delete(consultation_parts).where(of_it))
        rows = [
            {
                "consultation_id": consultation_id,
                "part_id": one.id,
                "building": one.building,
                "hallway": one.hallway,
                "area": one.area,
                "head": electors.electorate[one.id].head,
                "owner_ref": one.owner,
            }
            for one in electors.owned
        ]
        work.connection.execute(_PARTS, by_column(rows))
        self.keep_differences(work, consultation_id, electors.differences)

    def electors(self, work: Work, consultation: Consultation) -> Electors:
        rows = work.connection.execute(_PARTS_OF, {"id": consultation.id})
        owned = [OwnedPart(row.part_id, row.building, row.hallway, row.area, row.owner_ref) for row in rows]
        found = self.differences(work, consultation.id)
        return Electors(owned, Electorate.of(owned), consultation.register, found)

    def electorate(self, work: Work, consultation_id: str) -> Electorate:
        rows = work.connection.execute(_PARTS_OF, {"id": consultation_id})
        return Electorate(tuple(Part(row.part_id, row.building, row.hallway, row.area, row.head) for row in rows))

    def chain(self, work: Work, consultation_id: str) -> Chain:
        row = work.connection.execute(_CHAIN, {"id": consultation_id}).one_or_none()
        return Chain(row.begin, row.ballots, row.last) if row else Chain(None, 0, None)

    def begin_chain(self, work: Work, consultation: Consultation, begin: str) -> None:
        row = {
            "consultation_id": consultation.id,
            "begin": begin,
            "ballots": 0,
            "rules": {item.rule.name: item.rule.model_dump(mode="json") for item in consultation.items},
        }
        work.connection.execute(insert(consultation_chains), row)

    def append(self, work: Work, consultation_id: str, links: Sequence[ChainedBallot], done: Done) -> None:
        rows = [
            {
                "consultation_id": consultation_id,
                **_columns_of(link.ballot),
                "previous": link.previous,
                "hash": link.hash,
                **done._asdict(),
                "entry_bound": True,
            }
            for link in links
        ]
        work.connection.execute(_BALLOTS, by_column(rows))
        end = {"ballots": links[-1].ballot.number, "last": links[-1].hash}
        of_it = consultation_chains.c.consultation_id == consultation_id
        work.connection.execute(update(consultation_chains).where(of_it).values(end))

    def ballots(self, work: Work, consultation_id: str) -> list[Ballot]:
        cursor = work.connection.connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]
        return [
            Ballot(number, part_id, item, _CHOICES[choice], origin, at, delivered)
            for number, part_id, item, choice, origin, at, delivered in cursor.execute(
                _CAST_ALL, [consultation_id]
            ).fetchall()
        ]

    def links(self, work: Work, consultation_id: str) -> list[ChainedBallot]:
        rows = work.connection.execute(_LINKS, {"id": consultation_id})
        return [ChainedBallot(_bound(row), row.previous, row.hash) for row in rows]

    def entered_by_hand(self, work: Work, consultation_id: str, asked: ByHand) -> list[Ballot]:
        known = {"id": consultation_id, **asked._asdict()}
        return [_entered(row) for row in work.connection.execute(_BY_HAND, known)]

    def latest(self, work: Work, consultation_id: str, most: int) -> list[Ballot]:
        known = {"id": consultation_id, "most": most}
        return [_entered(row) for row in work.connection.execute(_LATEST, known)]

    def answered(
        self, work: Work, consultation_id: str, part_ids: Collection[str]
    ) -> dict[tuple[str, str], list[Ballot]]:
        asked = _CAST.where(
            consultation_ballots.c.part_id.in_(part_ids), consultation_ballots.c.choice != BallotChoice.EMPTY
        )
        found = defaultdict[tuple[str, str], list[Ballot]](list)
        for row in work.connection.execute(asked, {"id": consultation_id}):
            found[row.part_id, row.item].append(_ballot_of(row))
        return found

    def import_of(self, work: Work, consultation_id: str, import_id: str) -> tuple[str, Taken] | None:
        row = work.connection.execute(_IMPORT, {"id": consultation_id, "import_id": import_id}).one_or_none()
        if row is None:
            return None
        return row.sent, Taken(row.rows, row.taken, tuple(RejectedRow(**one) for one in row.rejected))

    def keep_import(
        self, work: Work, consultation_id: str, import_id: str, sent: str, taken: Taken, done: Done
    ) -> None:
        row = {
            "consultation_id": consultation_id,
            "id": import_id,
            "sent": sent,
            "rows": taken.rows,
            "taken": taken.taken,
            "rejected": [asdict(one) for one in taken.rejected],
            **done._asdict(),
        }
        work.connection.execute(insert(consultation_imports), row)

    def deliver(self, work: Work, consultation_id: str, deliveries: Sequence[Delivery], done: Done) -> int:
        rows = [
            {
                "consultation_id": consultation_id,
                "part_id": one.part_id,
                "delivered_at": one.at,
                "warned": one.warned,
                "evidence": one.evidence,
                "how": one.how,
                **done._asdict(),
            }
            for one in {one.part_id: one for one in reversed(deliveries)}.values()
        ]
        return len(work.connection.execute(_DELIVER, by_column(rows)).all()) if rows else 0

    def deliveries(self, work: Work, consultation_id: str) -> list[Delivery]:
        rows = work.connection.execute(_DELIVERED, {"id": consultation_id})
        return [Delivery(row.part_id, row.delivered_at, row.warned, row.evidence, DeliveredBy(row.how)) for row in rows]

    def warned(self, work: Work, consultation_id: str) -> list[Delivery]:
        return [one for one in self.deliveries(work, consultation_id) if one.warned]


def _columns_of(ballot: Ballot) -> dict[str, Any]:
    return {
        "number": ballot.number,
        "part_id": ballot.part_id,
        "item": ballot.item,
        "choice": ballot.choice.value,
        "origin": ballot.origin,
        "cast_at": ballot.at,
        "delivered": ballot.delivered,
        "text_hash": ballot.text_hash,
        "evidence": ballot.evidence,
        "proxy": ballot.proxy,
        "round": ballot.round,
    }


def _bound(row: Any) -> Ballot:
    """With its entry, where the hash binds it."""
    return _entered(row) if row.entry_bound else _ballot_of(row)


def _entered(row: Any) -> Ballot:
    return replace(_ballot_of(row), entered_at=row.at.astimezone(UTC), entered_by=row.actor)


def _ballot_of(row: Sequence[Any]) -> Ballot:
    """Moments in UTC, as they were hashed."""
    number, part_id, item, choice, origin, at, *rest = row[: len(_BALLOT)]
    return Ballot(number, part_id, item, _CHOICES[choice], origin, at and at.astimezone(UTC), *rest)
