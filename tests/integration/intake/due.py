"""Tickets in hand, and the moment by which they are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake
from tests.integration.intake.settling import ANSWER, PLANNED
from tests.integration.intake.settling import take as take_step

DUE = timedelta(days=7, hours=16)  # the settle clock of a repair type that begins on 2026-07-01


def dispatched(intake: Intake, count: int, type_code: str = "MJ01") -> Iterator[str]:
    for number in range(count):
        ticket_id = intake.file(caller={"phone": f"138123456{number:02}"})
        intake.classify(ticket_id, type_code=type_code, place=Place(sub_district="310109016"))
        yield ticket_id


def settle(intake: Intake, ticket_id: str, solved: bool = True) -> None:
    body = ANSWER if solved else PLANNED
    assert take_step(intake, ticket_id, "settlement", subject="plumber", **body).status_code == 200
