"""Standards in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

from services.chassis.database.work import Work
from services.contracts.standard_events import StandardContent, StandardMenuRow
from services.projects.app.standards.publishing import content_fact
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import MenuContent
from services.projects.domain.standards.clause_checks import CheckMethod, CheckVerdict, StandardCheck
from services.projects.domain.standards.clauses import Clause, ClauseStatus
from services.projects.domain.standards.opinions import OpinionRole, StandardOpinion
from services.projects.domain.standards.rollout import Rollout, RolloutState
from services.projects.domain.standards.standard import (
    Edition,
    EditionContent,
    EditionState,
    FormTemplate,
    Retirement,
    Standard,
)
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.papers import PaperKind
from services.projects.store.standard_tables import (
    standard_checks,
    standard_editions,
    standard_opinions,
    standard_rollouts,
    standards,
)

_LOCK = select(standards).where(standards.c.id == bindparam("standard_id")).with_for_update()
_EDITIONS = select(standard_editions).order_by(standard_editions.c.number)
_ISSUED_ON = (
    select(standards)
    .where(
        standards.c.type_codes.overlap(bindparam("types", type_=ARRAY(Text))),
        standards.c.id.in_(select(standard_editions.c.standard_id).where(standard_editions.c.issued_at.is_not(None))),
    )
    .order_by(standards.c.id)
)
_LOCK_MENU = text("SELECT pg_advisory_xact_lock(hashtext('menu of standards'))")
_MENU = text(
    """
    SELECT given.code, max(given.version::int)
      FROM standard_editions, jsonb_each_text(menu_versions) AS given (code, version)
     GROUP BY given.code
    """
)
_ROLLOUT = ("standard_id", "sub_district", "version", "number", "adopted_on", "trained_on", "adopt_by", "overdue",
            "exempt_reason", "exempt_until")  # fmt: skip


def _upsert(table: Table, *keys: str) -> Insert:
    row = insert(table)
    return row.on_conflict_do_update(
        index_elements=list(keys), set_={column.name: row.excluded[column.name] for column in table.c}
    )


_SAVE = _upsert(standards, "id")
_SAVE_EDITIONS = _upsert(standard_editions, "standard_id", "number")
_SAVE_ROLLOUTS = _upsert(standard_rollouts, "standard_id", "sub_district")


def _owned(table: Table) -> ReturningInsert[tuple[str]]:
    """An id that is another standard's stays as it is."""
    row = insert(table)
    changed = row.on_conflict_do_update(
        index_elements=["id"],
        set_={column.name: row.excluded[column.name] for column in table.c},
        where=table.c.standard_id == row.excluded.standard_id,
    )
    return changed.returning(table.c.id)


_SAVE_OPINION, _SAVE_CHECK = _owned(standard_opinions), _owned(standard_checks)


class SqlStandardBook:
    """Implements the port StandardBook."""

    def lock(self, work: Work, standard_id: str) -> Standard | None:
        row = work.connection.execute(_LOCK, {"standard_id": standard_id}).one_or_none()
        return standard_of(row, editions_of(work.connection, [standard_id])[standard_id]) if row else None

    def save(self, work: Work, standard: Standard) -> None:
        work.connection.execute(_SAVE, _columns(standard))
        work.connection.execute(_SAVE_EDITIONS, [_edition_columns(standard.id, one) for one in standard.editions])

    def stands(self, work: Work, standard_id: str) -> bool:
        edition = standard_editions.c
        asked = (
            select(edition.number)
            .join(standards, standards.c.id == edition.standard_id)
            .where(edition.standard_id == standard_id, edition.issued_at.is_not(None), standards.c.retired_at.is_(None))
        )
        return work.connection.execute(asked.limit(1)).first() is not None

    def issued_on(self, work: Work, types: Collection[str]) -> list[Standard]:
        work.connection.execute(_LOCK_MENU)
        rows = work.connection.execute(_ISSUED_ON, {"types": list(types)}).all()
        editions = editions_of(work.connection, [row.id for row in rows]) if rows else {}
        return [standard_of(row, editions[row.id]) for row in rows]

    def lock_menu(self, work: Work) -> Mapping[str, int]:
        work.connection.execute(_LOCK_MENU)
        return {row[0]: row[1] for row in work.connection.execute(_MENU)}

    def opinions(self, work: Work, standard_id: str) -> list[StandardOpinion]:
        return opinions_of(work.connection, standard_id)

    def save_opinion(self, work: Work, standard_id: str, opinion: StandardOpinion) -> bool:
        columns = {name: getattr(opinion, name) for name in opinion.__slots__}
        saved = work.connection.execute(_SAVE_OPINION, {**columns, "standard_id": standard_id})
        return saved.first() is not None

    def rollouts(self, work: Work, standard_id: str) -> list[Rollout]:
        return rollouts_of(work.connection, standard_id)

    def save_rollouts(self, work: Work, rollouts: Sequence[Rollout]) -> None:
        work.connection.execute(
            _SAVE_ROLLOUTS,
            [{"state": one.state, **{name: getattr(one, name) for name in _ROLLOUT}} for one in rollouts],
        )

    def checks(self, work: Work, standard_id: str) -> list[tuple[StandardCheck, int, bool]]:
        return checks_of(work.connection, standard_id)

    def save_check(
        self, work: Work, standard_id: str, check: StandardCheck, version: int = 1, overdue: bool = False
    ) -> bool:
        columns = {name: getattr(check, name) for name in check.__slots__}
        row = {**columns, "standard_id": standard_id, "version": version, "overdue": overdue}
        return work.connection.execute(_SAVE_CHECK, row).first() is not None


def editions_of(connection: Connection, standard_ids: Sequence[str]) -> Mapping[str, list[Edition]]:
    """By standard, in their order."""
    found: dict[str, list[Edition]] = {}
    for row in connection.execute(_EDITIONS.where(standard_editions.c.standard_id.in_(standard_ids))):
        found.setdefault(row.standard_id, []).append(_edition_of(row))
    return found


def standard_of(row: Row[Any], editions: list[Edition]) -> Standard:
    retired = Retirement(row.retired_on, row.retired_at, row.retired_why) if row.retired_at else None
    return Standard(
        row.id,
        row.title,
        row.lead,
        tuple(row.type_codes),
        row.opened_at,
        row.case_id,
        editions,
        retired,
        row.review_on,
        row.review_overdue,
        row.version,
    )


def content_of(content: StandardContent) -> EditionContent:
    """As the topic and the table carry it."""
    return EditionContent(
        content.wording,
        tuple(Clause(one.id, one.wording, ClauseStatus(one.status), one.successor) for one in content.clauses),
        content.elements,
        tuple(_menu_of(row) for row in content.menu),
        {Gated(step): frozenset(map(PaperKind, kinds)) for step, kinds in content.papers.items()},
        {Gated(step): frozenset(map(MeetingKind, kinds)) for step, kinds in content.meetings.items()},
        tuple(FormTemplate(one.title, one.sha256) for one in content.templates),
    )


def _menu_of(row: StandardMenuRow) -> MenuContent:
    said = row.model_dump()
    return MenuContent.model_validate(said | {"name_cn": said.pop("title_cn"), "name_en": said.pop("title_en")})


def opinions_of(connection: Connection, standard_id: str) -> list[StandardOpinion]:
    table = standard_opinions.c
    asked = select(standard_opinions).where(table.standard_id == standard_id).order_by(table.number, table.id)
    return [
        StandardOpinion(
            *(row.id, row.number, OpinionRole(row.role), row.clause),
            *(row.words, row.adopted, row.why, row.version, row.on_text),
        )
        for row in connection.execute(asked)
    ]


def rollouts_of(connection: Connection, standard_id: str) -> list[Rollout]:
    table = standard_rollouts.c
    asked = select(standard_rollouts).where(table.standard_id == standard_id).order_by(table.sub_district)
    return [
        Rollout(state=RolloutState(row.state), **{name: row._mapping[name] for name in _ROLLOUT})
        for row in connection.execute(asked)
    ]


def checks_of(connection: Connection, standard_id: str) -> list[tuple[StandardCheck, int, bool]]:
    """By sub-district and clause, the oldest first."""
    table = standard_checks.c
    asked = select(standard_checks).where(table.standard_id == standard_id)
    order = asked.order_by(table.sub_district, table.clause, table.checked_on, table.id)
    return [
        (
            StandardCheck(
                row.id,
                row.sub_district,
                row.clause,
                row.number,
                CheckMethod(row.method),
                row.evidence,
                row.checked_on,
                row.valid_until,
                CheckVerdict(row.verdict),
                row.mend_by,
                row.noted_at,
            ),
            row.version,
            row.overdue,
        )
        for row in connection.execute(order)
    ]


def _edition_of(row: Row[Any]) -> Edition:
    return Edition(
        row.number,
        content_of(StandardContent.model_validate(row.content)),
        EditionState(row.state),
        row.supersedes,
        row.effective_from,
        row.effective_to,
        row.adopt_by,
        row.issued_at,
        row.issued_by,
        dict(row.menu_versions),
    )


def _columns(standard: Standard) -> dict[str, Any]:
    retired = standard.retirement
    return {
        "id": standard.id,
        "version": standard.version,
        "title": standard.title,
        "lead": standard.lead,
        "type_codes": list(standard.types),
        "case_id": standard.case_id,
        "state": standard.state,
        "opened_at": standard.opened_at,
        "retired_on": retired.last if retired else None,
        "retired_at": retired.at if retired else None,
        "retired_why": retired.reason if retired else None,
        "review_on": standard.review_on,
        "review_overdue": standard.review_overdue,
    }


def _edition_columns(standard_id: str, edition: Edition) -> dict[str, Any]:
    return {
        "standard_id": standard_id,
        "number": edition.number,
        "state": edition.state,
        "content": content_fact(edition.content).model_dump(mode="json", exclude_none=True),
        "supersedes": edition.supersedes,
        "effective_from": edition.effective_from,
        "effective_to": edition.effective_to,
        "adopt_by": edition.adopt_by,
        "issued_at": edition.issued_at,
        "issued_by": edition.issued_by,
        "menu_versions": dict(edition.menu_versions),
    }
