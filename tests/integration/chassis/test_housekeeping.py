"""A dead letter forgets its record when the record's topic has, and stays as what happened."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from sqlalchemy import Engine, insert

from services.chassis.database.housekeeping import Housekeeping
from services.chassis.database.tables import dead_letters
from tests.integration.chassis.conftest import Query


def test_a_letter_keeps_its_record_as_long_as_the_topic_does(engine: Engine, chassis_url: str, query: Query) -> None:
    with engine.begin() as connection:
        for topic in ("ticket-texts", "departments.housing.replies", "tickets"):
            for age in ("29 days", "31 days", "400 days"):
                letter = {"id": uuid4(), "event_id": uuid4(), "consumer": age, "topic": topic, "partition": 0}
                record = {"offset": 0, "key": b"k", "headers": b"[]", "value": b"said", "cause": "Reject"}
                connection.execute(insert(dead_letters).values(**letter, **record))
        connection.exec_driver_sql("UPDATE dead_letters SET rejected_at = now() - consumer::interval")
    with psycopg.connect(chassis_url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as session:
        Housekeeping().prune_when_due(session)
    kept = query("SELECT topic, consumer FROM dead_letters WHERE value IS NOT NULL AND key IS NOT NULL")
    assert sorted(kept) == [
        ("departments.housing.replies", "29 days"),
        ("ticket-texts", "29 days"),
        ("tickets", "29 days"),
        ("tickets", "31 days"),
        ("tickets", "400 days"),
    ]
    assert query("SELECT count(*) FROM dead_letters WHERE cause = 'Reject'") == [(9,)]
