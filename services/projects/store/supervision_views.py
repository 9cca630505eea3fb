"""Supervision for display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import cast, literal

from services.chassis.web.cursors import Position
from services.contracts.supervision_events import SupervisingParty
from services.projects.app.supervision.seats import Seat
from services.projects.domain.supervision.opinions import OpinionState, SupervisionOpinion
from services.projects.domain.supervision.topics import SiteInspection, Suggestion, SupervisionTopic
from services.projects.store.supervision import inspection_of, opinion_of, suggestion_of, topic_of
from services.projects.store.supervision_tables import (
    supervision_inspections,
    supervision_opinions,
    supervision_steps,
    supervision_suggestions,
    supervision_topics,
)

_TOPICS, _OPINIONS = supervision_topics.c, supervision_opinions.c
_INSPECTIONS, _SUGGESTIONS = supervision_inspections.c, supervision_suggestions.c


@dataclass(frozen=True, slots=True)
class TopicSheet:
    """A topic with everything of it that the seat sees; of each opinion its steps, the first one first."""

    topic: SupervisionTopic
    inspections: Sequence[SiteInspection]
    opinions: Sequence[SupervisionOpinion]
    steps: dict[str, list[dict[str, object]]]


def page_of_topics(
    connection: Connection, seat: Seat, party: SupervisingParty | None, before: Position | None, limit: int
) -> list[SupervisionTopic]:
    """The newest first."""
    page = select(supervision_topics).where(_topics_seen(seat)).order_by(_TOPICS.opened_at.desc(), _TOPICS.id.desc())
    if party is not None:
        page = page.where(_TOPICS.party == party)
    if before is not None:
        page = page.where(tuple_(_TOPICS.opened_at, _TOPICS.id) < tuple_(*before))
    return [topic_of(row) for row in connection.execute(page.limit(limit))]


def topic_sheet(connection: Connection, topic_id: str, seat: Seat) -> TopicSheet | None:
    """None for one that does not exist or that the seat does not see."""
    row = connection.execute(select(supervision_topics).where(_TOPICS.id == topic_id, _topics_seen(seat))).one_or_none()
    if row is None:
        return None
    inspections = select(supervision_inspections).where(_INSPECTIONS.topic_id == topic_id, _inspections_seen(seat))
    opinions = opinions_seen(connection, seat, topic_id)
    ids = [one.id for one in opinions]
    lines = select(supervision_steps).where(supervision_steps.c.opinion_id.in_(ids))
    steps: dict[str, list[dict[str, object]]] = {one: [] for one in ids}
    for line in connection.execute(lines.order_by(supervision_steps.c.opinion_id, supervision_steps.c.version)):
        steps[line.opinion_id].append({name: line._mapping[name] for name in ("at", "actor", "step", "state", "note")})
    found = connection.execute(inspections.order_by(_INSPECTIONS.made_at, _INSPECTIONS.id))
    return TopicSheet(topic_of(row), [inspection_of(one) for one in found], opinions, steps)


def opinions_seen(
    connection: Connection, seat: Seat, topic_id: str | None = None, party: SupervisingParty | None = None
) -> list[SupervisionOpinion]:
    """In the order of their numbers; of all topics without `topic_id`."""
    found = select(supervision_opinions).where(_opinions_seen(seat)).order_by(_OPINIONS.topic_id, _OPINIONS.number)
    if topic_id is not None:
        found = found.where(_OPINIONS.topic_id == topic_id)
    if party is not None:
        found = found.where(_OPINIONS.party == party)
    return [opinion_of(row) for row in connection.execute(found)]


def page_of_suggestions(connection: Connection, seat: Seat, before: Position | None, limit: int) -> list[Suggestion]:
    """The newest first; a deputy sees their own, a unit none."""
    own = and_(_SUGGESTIONS.deputy == seat.actor, literal(seat.deputy))
    seen = true() if seat.looks_on else own
    page = select(supervision_suggestions).where(seen)
    if before is not None:
        page = page.where(tuple_(_SUGGESTIONS.received_at, _SUGGESTIONS.id) < tuple_(*before))
    order = page.order_by(_SUGGESTIONS.received_at.desc(), _SUGGESTIONS.id.desc()).limit(limit)
    return [suggestion_of(row) for row in connection.execute(order)]


def _party_seen(party: ColumnElement[str], seat: Seat) -> ColumnElement[bool]:
    if seat.looks_on:
        return true()
    return party == SupervisingParty.CONGRESS if seat.deputy else false()


def _opinions_seen(seat: Seat) -> ColumnElement[bool]:
    own = and_(_OPINIONS.lead.in_(sorted(seat.departments)), _OPINIONS.state != OpinionState.GIVEN)
    return or_(_party_seen(_OPINIONS.party, seat), own)


def _inspections_seen(seat: Seat) -> ColumnElement[bool]:
    named = (_INSPECTIONS.units.contains(cast([one], JSONB)) for one in sorted(seat.departments))
    return or_(_party_seen(_INSPECTIONS.party, seat), *named)


def _topics_seen(seat: Seat) -> ColumnElement[bool]:
    """A unit sees a topic by what of it concerns the unit."""
    opined = select(_OPINIONS.id).where(_OPINIONS.topic_id == _TOPICS.id, _opinions_seen(seat)).exists()
    inspected = select(_INSPECTIONS.id).where(_INSPECTIONS.topic_id == _TOPICS.id, _inspections_seen(seat)).exists()
    return or_(_party_seen(_TOPICS.party, seat), opined, inspected)
