"""Intake knows estates by the register that projects publishes: imported, renamed, removed, in any order, twice."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from uuid import uuid4

from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.contracts.event import Envelope, Event
from services.contracts.ticket_events import Place
from services.intake.app.follow_register import FollowRegister
from services.intake.store.estates import SqlRegisterBook, estate_in, name_of_estate
from tests.integration.intake.conftest import NOW, Intake

HERE = "310109016"
THERE = "310109010"


def registered(version: int, name: str = "明月小区", estate: str = "moon-1", sub_district: str | None = HERE) -> Event:
    return EstateRegistered(version=version, estate_id=estate, estate_name=name, sub_district=sub_district)


def removed(version: int, estate: str = "moon-1") -> Event:
    return EstateRemoved(version=version, estate_id=estate)


def take(intake: Intake, *events: Event) -> None:
    envelopes = [Envelope(uuid4(), "/310109/projects", NOW, event) for event in events]
    with intake.workshop.open() as work:
        FollowRegister(SqlRegisterBook())(envelopes, work)


def found(intake: Intake, words: str) -> str | None:
    with intake.workshop.engine.begin() as connection:
        return estate_in(connection, words)


def name_of(intake: Intake, estate: str) -> str | None:
    with intake.workshop.engine.begin() as connection:
        return name_of_estate(connection, estate)


def classified(intake: Intake, **place: Any) -> dict[str, Any]:
    ticket_id = intake.file()
    intake.classify(ticket_id, place=Place(**place))
    return intake.show(ticket_id)


def test_an_estate_that_was_imported_is_found_by_the_next_call_before_any_ticket_named_it(intake: Intake) -> None:
    assert found(intake, "明月小区的楼顶漏雨") is None
    take(intake, registered(1))
    assert found(intake, "明月小区的楼顶漏雨") == "moon-1"
    shown = classified(intake, estate="moon-1", building="5")
    assert shown["place"] == {"sub_district": HERE, "estate": "moon-1", "estate_name": "明月小区", "building": "5"}
    assert shown["state"] == "dispatched"


def test_what_is_registered_goes_before_what_the_reader_knew(intake: Intake) -> None:
    old = {"sub_district": HERE, "estate": "moon-1", "estate_name": "月亮小区"}
    assert classified(intake, **old)["place"]["estate_name"] == "月亮小区"
    take(intake, registered(2, sub_district=THERE))
    place = classified(intake, **old)["place"]
    assert (place["estate_name"], place["sub_district"]) == ("明月小区", THERE)
    take(intake, registered(3, sub_district=None))
    assert classified(intake, **old)["place"]["sub_district"] == HERE


def test_a_renamed_estate_is_found_by_both_names_and_called_by_the_new_one(intake: Intake) -> None:
    take(intake, registered(1, "月亮小区"))
    classified(intake, sub_district=HERE, estate="moon-1", estate_name="月亮小区")
    take(intake, registered(2))
    assert (found(intake, "月亮小区漏雨"), found(intake, "明月小区漏雨")) == ("moon-1", "moon-1")
    assert name_of(intake, "moon-1") == "明月小区"
    take(intake, registered(1, "月亮小区", estate="other-1"))
    assert found(intake, "月亮小区漏雨") == "other-1"


def test_a_removed_estate_is_found_no_more_until_it_is_registered_again(intake: Intake) -> None:
    take(intake, registered(1))
    classified(intake, sub_district=HERE, estate="moon-1", estate_name="明月小区")
    take(intake, removed(2))
    assert (found(intake, "明月小区漏雨"), name_of(intake, "moon-1")) == (None, None)
    take(intake, registered(3))
    assert found(intake, "明月小区漏雨") == "moon-1"


def test_any_order_and_every_redelivery_come_to_the_newest_version(intake: Intake) -> None:
    for number, order in enumerate(permutations((1, 2, 3))):
        estate = f"moon-{number + 1}"
        events = {
            1: registered(1, f"旧名小区{number}", estate),
            2: removed(2, estate),
            3: registered(3, f"新名小区{number}号", estate, THERE),
        }
        for version in order:
            take(intake, events[version])
        take(intake, *(events[version] for version in (*order, *order)))
        assert name_of(intake, estate) == f"新名小区{number}号"
        assert found(intake, f"旧名小区{number}") is None
    for number, order in enumerate(permutations((1, 2))):
        estate = f"sun-{number + 1}"
        events = {1: registered(1, f"太阳小区{number}", estate), 2: removed(2, estate)}
        for version in order:
            take(intake, events[version])
        assert found(intake, f"太阳小区{number}") is None
