"""What a bulletin says of supervision: each line is one step of one clause."""

from __future__ import annotations

from sqlalchemy import Connection, select

from services.projects.domain.bulletin import Span
from services.projects.domain.supervision.opinions import OpinionStep
from services.projects.store.bulletin_line import BulletinLine
from services.projects.store.supervision_tables import supervision_opinions, supervision_steps, supervision_topics

STEPS = (
    OpinionStep.HAND_OVER,
    OpinionStep.RETURN,
    OpinionStep.REPLY,
    OpinionStep.RATE,
    OpinionStep.BREACH,
    OpinionStep.CARRY_OUT,
    OpinionStep.MISS,
)
"""The steps that others notice; the rest are on the topic's sheet."""


def supervision_lines(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
    """Of the whole district: a clause has no place."""
    step, opinion, topic = supervision_steps.c, supervision_opinions.c, supervision_topics.c
    asked = (
        select(step.step, step.at, opinion.topic_id, opinion.number, opinion.lead, topic.title, topic.type_code)
        .join(supervision_opinions, opinion.id == step.opinion_id)
        .join(supervision_topics, topic.id == opinion.topic_id)
        .where(step.step.in_(STEPS), step.at >= span.begin, step.at < span.end)
        .order_by(step.opinion_id, step.version)
    )
    return [
        BulletinLine(
            "supervision",
            row.topic_id,
            str(row.number),
            sub_district,
            None,
            None,
            row.type_code,
            row.step,
            row.lead,
            row.at,
            title=row.title,
        )
        for row in connection.execute(asked)
    ]
