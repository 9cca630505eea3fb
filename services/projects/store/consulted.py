"""What consultations of a project came to, for the gates of its steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from sqlalchemy import Connection, func, select

from services.projects.domain.consultation.course import ConsultationState
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.works.consulted import Consulted, VotedResult, VotedWorks, held
from services.projects.domain.works.repair_project import ProjectState
from services.projects.store.consultation_tables import (
    consultation_items,
    consultation_meetings,
    consultation_opinions,
    consultation_results,
    consultation_steps,
    consultations,
)
from services.projects.store.tables import repair_project_history
from services.projects.store.works import works_of

_NOT_UNDER_WAY = frozenset({ConsultationState.DRAFTED, ConsultationState.PUBLISHED, ConsultationState.ANNULLED})
_PUBLISHED = (
    select(
        consultations.c.id,
        consultation_items.c.menu_item,
        consultation_items.c.menu_version,
        consultation_items.c.block,
        consultation_results.c.passed,
    )
    .join(consultation_results, consultation_results.c.consultation_id == consultations.c.id)
    .join(
        consultation_items,
        (consultation_items.c.consultation_id == consultations.c.id)
        & (consultation_items.c.item == consultation_results.c.item),
    )
    .join(
        consultation_steps,
        (consultation_steps.c.consultation_id == consultations.c.id)
        & (consultation_steps.c.version == consultations.c.version),
    )
    .where(consultations.c.state == ConsultationState.PUBLISHED)
    .order_by(consultation_steps.c.at, consultations.c.ordinal)
)
"""A published consultation has taken no step since: the last one is its publication."""


_SCHEME_PUBLIC = select(func.max(repair_project_history.c.at)).where(
    repair_project_history.c.state == ProjectState.SCHEME_PUBLIC,
    repair_project_history.c.from_state == ProjectState.DESIGNED,
)
"""A scheme that was taken back is made public once more; works that go on after a stop are not. Its day is that of UTC,
by which meetings are held, too."""


def consulted_of(connection: Connection, project_id: str) -> Consulted:
    of_project = consultations.c.project_id == project_id
    latest, agreed = {}, set()
    for place, row in enumerate(connection.execute(_PUBLISHED.where(of_project))):
        if row.passed:
            agreed.add(row.id)
        if row.menu_item:
            latest[VotedWorks(row.menu_item, row.block)] = VotedResult(row.id, row.menu_version, row.passed, place)
    states = connection.execute(select(consultations.c.id, consultations.c.state).where(of_project)).all()
    meetings = select(consultation_meetings.c.kind, consultation_meetings.c.held_on).where(
        consultation_meetings.c.project_id == project_id
    )
    scheme_public = connection.execute(_SCHEME_PUBLIC.where(repair_project_history.c.project_id == project_id)).scalar()
    unanswered = select(consultation_opinions.c.id).where(
        consultation_opinions.c.project_id == project_id, consultation_opinions.c.adopted.is_(None)
    )
    return Consulted(
        latest,
        frozenset(agreed),
        under_way=frozenset(row.id for row in states if row.state not in _NOT_UNDER_WAY),
        annulled=frozenset(row.id for row in states if row.state == ConsultationState.ANNULLED),
        meetings=held(
            ((MeetingKind(row.kind), row.held_on) for row in connection.execute(meetings)),
            scheme_public and scheme_public.astimezone(UTC).date(),
        ),
        unanswered=frozenset(connection.execute(unanswered).scalars()),
    )


def rests_on_a_fallen_result(connection: Connection, project_id: str) -> bool:
    """Whether residents agree to nothing any more, or an item was confirmed by what was annulled or refused since."""
    works = replace(works_of(connection, project_id), consulted=consulted_of(connection, project_id))
    none_left = bool(works.consulted.annulled) and not works.consulted.agreed
    return none_left or any(map(works.lost, works.built()))
